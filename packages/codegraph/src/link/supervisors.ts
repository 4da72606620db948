// Supervisor sites of a module: where children are listed, with strategy and name.

import { expressions, isCall, type Node } from "@elixirscope/syntax";
import { childrenOf, type Children } from "./child-specs.ts";
import type { SupervisorSite } from "./link-facts.ts";
import { receiverOf } from "./receiver.ts";
import type { SiteOf } from "./sites.ts";
import { receiverName } from "./spawns.ts";
import type { Values } from "./values.ts";
import type { Place, Visited } from "./walk-calls.ts";

const noChildren: Children = { children: [], complete: true };

/** The supervisor that a call sets up, null when it sets up none. */
export function supervisorSite(
  call: Visited,
  values: Values,
  siteOf: SiteOf,
): SupervisorSite | null {
  const made = (found: Children, options: Node | undefined, dynamic: boolean): SupervisorSite => {
    const name = values.option(options, "name");
    const strategy = values.option(options, "strategy");
    return {
      ...siteOf(call.node, call),
      supervisor: values.module.data.name,
      name: name === undefined ? null : receiverName(receiverOf(name, values)),
      strategy: strategy?.kind === "atom" ? strategy.name : dynamic ? "one_for_one" : null,
      dynamic,
      ...found,
    };
  };
  const [first, second] = call.args;
  switch (call.target) {
    case "Supervisor.init/2":
    case "Supervisor.Spec.supervise/2":
      return first === undefined ? null : made(childrenOf(first, values), second, false);
    case "DynamicSupervisor.init/1":
    case "DynamicSupervisor.start_link/1":
    case "Task.Supervisor.start_link/1":
      return made(noChildren, first, true);
    case "Supervisor.start_link/2": {
      if (first === undefined) return null;
      const list = values.resolve(first).node;
      const isModule = values.module.names.moduleOf(list) !== null;
      return isModule ? null : made(childrenOf(first, values), second, false);
    }
    case null:
    default:
      return null;
  }
}

/** What `init/1` of a module with Erlang's `:supervisor` behaviour returns: `{:ok, {flags, children}}`. */
export function erlangSupervisors(values: Values, siteOf: SiteOf): SupervisorSite[] {
  const { module } = values;
  if (!module.data.behaviours.includes(":supervisor")) return [];
  const init = module.functions.find(({ data }) => data.name === "init" && data.arity === 1);
  return (init?.clauses ?? []).flatMap((clause, clauseIndex) => {
    if (init === undefined || clause.body === null) return [];
    const place: Place = { fun: init, clause, clauseIndex };
    values.enter(clause);
    const result = values.resolve(expressions(clause.body).at(-1) ?? clause.body).node;
    const inner = result.kind === "pair" ? values.resolve(result.right).node : undefined;
    if (inner?.kind !== "pair") return [];
    return [
      {
        ...siteOf(result, place),
        supervisor: module.data.name,
        name: null,
        strategy: erlangStrategy(values.resolve(inner.left).node),
        dynamic: false,
        ...childrenOf(inner.right, values),
      },
    ];
  });
}

/** Of `{:one_for_one, 3, 5}` or `%{strategy: :one_for_one}`. */
function erlangStrategy(flags: Node): string | null {
  if (isCall(flags, "{}")) return flags.args[0]?.kind === "atom" ? flags.args[0].name : null;
  if (!isCall(flags, "%{}")) return null;
  for (const entry of flags.args) {
    if (entry.kind !== "pair" || entry.left.kind !== "atom") continue;
    if (entry.left.name === "strategy" && entry.right.kind === "atom") return entry.right.name;
  }
  return null;
}
