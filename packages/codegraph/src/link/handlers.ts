// Handler clauses of a module: callbacks that take messages, states of a state machine, `receive`.

import { pushAll } from "@elixirscope/base";
import { isCall, keyword, walk, type Node } from "@elixirscope/syntax";
import type { FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import type { HandlerSite, Protocol } from "./link-facts.ts";
import { printShape } from "./shape.ts";
import type { SiteOf } from "./sites.ts";
import { patternShape } from "./term-shape.ts";
import type { Values } from "./values.ts";
import type { Visited } from "./walk-calls.ts";

type Callback = {
  readonly kind: HandlerSite["kind"];
  readonly protocol: Protocol;
  /** position of the pattern of the message */
  readonly message: number;
  /** position of the pattern of a state machine's event type, -1 for none */
  readonly eventType: number;
};

const callbacks: ReadonlyMap<string, Callback> = new Map([
  ["handle_call/3", { kind: "call", protocol: "gen_server", message: 0, eventType: -1 }],
  ["handle_cast/2", { kind: "cast", protocol: "gen_server", message: 0, eventType: -1 }],
  ["handle_info/2", { kind: "info", protocol: "gen_server", message: 0, eventType: -1 }],
  ["handle_continue/2", { kind: "continue", protocol: "gen_server", message: 0, eventType: -1 }],
]);

const eventCallbacks: ReadonlyMap<string, Callback> = new Map([
  ["handle_event/2", { kind: "event", protocol: "gen_event", message: 0, eventType: -1 }],
  ["handle_call/2", { kind: "call", protocol: "gen_event", message: 0, eventType: -1 }],
  ["handle_info/2", { kind: "info", protocol: "gen_event", message: 0, eventType: -1 }],
]);

/** Events that a browser sends: LiveView and channels. */
const browserCallbacks: ReadonlyMap<string, Callback> = new Map([
  ["handle_event/3", { kind: "event", protocol: "plain", message: 0, eventType: -1 }],
  ["handle_in/3", { kind: "event", protocol: "plain", message: 0, eventType: -1 }],
]);

const stateCallback: Callback = { kind: "event", protocol: "gen_statem", message: 1, eventType: 0 };

export function isStateMachine(module: ModuleSyntax): boolean {
  return (
    module.data.behaviours.includes(":gen_statem") ||
    module.data.uses.some((use) => use.module === "GenStateMachine")
  );
}

/** Handlers that are functions; `receive` clauses come from `receiveHandlers`. */
export function callbackHandlers(values: Values, siteOf: SiteOf): HandlerSite[] {
  const { module } = values;
  const callbackOf = callbackFinder(module);
  return module.functions.flatMap((fun) => {
    const callback = callbackOf(fun);
    if (callback === undefined) return [];
    return fun.clauses.flatMap((clause, clauseIndex): HandlerSite[] => {
      values.enter(clause);
      const message = clause.patterns[callback.message];
      const eventType = clause.patterns[callback.eventType];
      if (message === undefined) return [];
      return [
        {
          ...siteOf(clause.node, { fun, clause, clauseIndex }),
          kind: callback.kind,
          protocol: callback.protocol,
          shape: printShape(patternShape(message, values)),
          eventType: eventType === undefined ? null : printShape(patternShape(eventType, values)),
          guarded: clause.guard !== null || otherPatternsMayRefuse(clause.patterns, callback),
          group: fun.data.key,
          order: clauseIndex,
        },
      ];
    });
  });
}

/** `handle_call(:get, _, %{ready: true})`: whether the clause takes the message is up to the state too. */
function otherPatternsMayRefuse(patterns: readonly Node[], callback: Callback): boolean {
  return patterns.some(
    (pattern, at) =>
      at !== callback.message && at !== callback.eventType && !takesAnything(pattern),
  );
}

/** Names alone, or in what every `from` and most states are: a pair, a map, a struct. */
function takesAnything(pattern: Node): boolean {
  const open = [pattern];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "variable") continue;
    if (node.kind === "pair") open.push(node.left, node.right);
    else if (isCall(node, "=", 2)) pushAll(open, node.args);
    else if (isCall(node, "%", 2)) pushAll(open, node.args.slice(1));
    else if (isCall(node, "%{}") && node.args.every((entry) => entry.kind === "pair")) {
      for (const entry of node.args) if (entry.kind === "pair") open.push(entry.right);
    } else return false;
  }
  return true;
}

function callbackFinder(module: ModuleSyntax): (fun: FunctionSyntax) => Callback | undefined {
  const { behaviours, uses } = module.data;
  const isEventHandler = behaviours.includes(":gen_event") || behaviours.includes("GenEvent");
  const states = isStateMachine(module) ? stateNames(module) : null;
  const isWeb = [...behaviours, ...uses.map((use) => use.module)].some((name) =>
    /^Phoenix\.|Web$/.test(name),
  );
  return ({ data }) => {
    if (data.kind !== "def") return undefined;
    const key = `${data.name}/${data.arity}`;
    if (states !== null) {
      if (key === "handle_event/4") return stateCallback;
      return data.arity === 3 && states.has(data.name) ? stateCallback : undefined;
    }
    if (isEventHandler) return eventCallbacks.get(key);
    return callbacks.get(key) ?? (isWeb ? browserCallbacks.get(key) : undefined);
  };
}

/** Functions that are states: what `{:next_state, …}` and `init` of a `:state_functions` machine name. */
function stateNames(module: ModuleSyntax): ReadonlySet<string> {
  const names = new Set<string>();
  const tags: ReadonlySet<string> = new Set(["ok", "next_state", "repeat_state"]);
  for (const { clauses } of module.functions) {
    for (const { body } of clauses) {
      if (body === null) continue;
      walk(body, (node) => {
        if (!isCall(node, "{}") || node.args.length < 3) return;
        const [tag, state] = node.args;
        if (tag?.kind === "atom" && tags.has(tag.name) && state?.kind === "atom") {
          names.add(state.name);
        }
      });
    }
  }
  return names;
}

/** The clauses of a `receive`, none for any other call. */
export function receiveHandlers(call: Visited, values: Values, siteOf: SiteOf): HandlerSite[] {
  if (!isCall(call.node, "receive")) return [];
  const clauses = keyword(call.node.args.at(-1), "do");
  if (clauses?.kind !== "list") return [];
  const { nodeId } = siteOf(call.node, call);
  return clauses.items.flatMap((clause, order): HandlerSite[] => {
    const head = isCall(clause, "->", 2) ? clause.args[0] : undefined;
    const written = head?.kind === "list" ? head.items[0] : undefined;
    if (written === undefined) return [];
    const [pattern, guard] = isCall(written, "when", 2) ? written.args : [written, undefined];
    if (pattern === undefined) return [];
    return [
      {
        ...siteOf(clause, call),
        kind: "receive",
        protocol: "plain",
        shape: printShape(patternShape(pattern, values)),
        eventType: null,
        guarded: guard !== undefined,
        group: nodeId,
        order,
      },
    ];
  });
}
