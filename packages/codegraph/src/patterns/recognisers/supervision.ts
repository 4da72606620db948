// Recognisers of how processes are kept and found: strategies, registries, pools, a process per thing.

import { isCall, keyword, type Node } from "@elixirscope/syntax";
import { tupleItems, type Call } from "../code/call.ts";
import { definedAs } from "../code/defined-as.ts";
import type { FileCode } from "../code/file-code.ts";
import { isLiteral } from "../code/literals.ts";
import type { FileRule } from "../rule.ts";
import { listed } from "./places.ts";

const MEANING: Readonly<Record<string, string>> = {
  one_for_one: "only the child that ended is started again",
  one_for_all: "when one child ends, all are started again",
  rest_for_one: "when a child ends, it and those started after it are started again",
  simple_one_for_one: "all children are of one kind and are started on demand",
};

const supervisionStrategy: FileRule = {
  id: "supervision-strategy",
  category: "behaviour",
  severity: "info",
  title: "A supervision strategy",
  about: "Supervisor.init, Supervisor.start_link and DynamicSupervisor.init with a strategy",
  inTests: true,
  check: (code, report) => {
    for (const name of ["init", "start_link"]) {
      for (const call of code.calls(name)) {
        const strategy = strategyOf(call, code);
        if (strategy === null) continue;
        const children = childrenOf(call, code);
        const of = children.length === 0 ? "" : ` Children: ${listed(children)}.`;
        report(call.node, {
          explanation: `Strategy \`:${strategy}\`: ${MEANING[strategy] ?? "unknown"}.${of}`,
          confidence: 1,
        });
      }
    }
  },
};

function strategyOf(call: Call, code: FileCode): string | null {
  const module = code.moduleOf(call);
  if (module !== "Supervisor" && module !== "DynamicSupervisor") return null;
  const options = call.args.at(-1);
  if (options === undefined) return null;
  for (const value of definedAs(options, code)) {
    const strategy = keyword(value, "strategy");
    if (strategy?.kind === "atom") return strategy.name;
  }
  return null;
}

/** Modules of the child specifications that are written down, also in lists joined by `++`. */
function childrenOf(call: Call, code: FileCode): readonly string[] {
  const found: string[] = [];
  const pending = call.args.slice(0, 1);
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const node of definedAs(at, code)) {
      if (isCall(node, "++", 2)) pending.push(...node.args.toReversed());
      else if (node.kind === "list")
        found.push(...node.items.flatMap((item) => childName(item, code)));
    }
  }
  return found;
}

function childName(item: Node, code: FileCode): readonly string[] {
  if (item.kind === "pair" && item.left.kind === "atom") return [];
  return [code.text(tupleItems(item)?.[0] ?? item, 30)];
}

const registryUse: FileRule = {
  id: "registry-use",
  category: "behaviour",
  severity: "info",
  title: "A registry of processes",
  about: "Calls of Registry, names by {:via, Registry, …}, and registries under a supervisor",
  inTests: true,
  check: (code, report) => {
    for (const name of [
      "start_link",
      "register",
      "lookup",
      "dispatch",
      "keys",
      "unregister",
      "select",
      "whereis_name",
      "values",
      "match",
    ]) {
      for (const call of code.calls(name)) {
        if (call.receiver === null || code.moduleOf(call) !== "Registry") continue;
        report(call.node, {
          explanation: `\`${code.text(call.node, 50)}\` uses the registry ${registryName(call.args[0], code)}.`,
          confidence: 1,
        });
      }
    }
    for (const node of code.nodes) {
      const items = tupleItems(node);
      if (items === null) continue;
      const [first, second, third] = items;
      if (
        first?.kind === "atom" &&
        first.name === "via" &&
        second !== undefined &&
        code.moduleNamed(second) === "Registry"
      ) {
        const name = tupleItems(third)?.[0];
        report(node, {
          explanation: `The process is named through the registry ${registryName(name, code)}, so it is found by key and not by pid.`,
          confidence: 1,
        });
      } else if (
        first !== undefined &&
        isCall(first, "__aliases__") &&
        code.moduleNamed(first) === "Registry" &&
        keyword(second, "keys") !== undefined
      ) {
        report(node, {
          explanation: `The registry ${registryName(keyword(second, "name"), code)} runs under this supervisor.`,
          confidence: 1,
        });
      }
    }
  },
};

function registryName(node: Node | undefined, code: FileCode): string {
  return node === undefined ? "" : `\`${code.text(node, 40)}\``;
}

const processPerEntity: FileRule = {
  id: "process-per-entity",
  category: "messaging",
  severity: "info",
  title: "A process per thing",
  about:
    "start_link that names its process by a key that the caller gives, or start_child of one per key",
  inTests: true,
  check: (code, report) => {
    for (const call of code.calls("start_link")) {
      const place = code.placeOf(call.node);
      if (place === null || place.function === null || call.args.length < 2) continue;
      const options = call.args.at(-1);
      const name = options === undefined ? undefined : keyword(options, "name");
      if (name === undefined || !isKeyed(name, code)) continue;
      report(call.node, {
        explanation: `${place.module.data.name} runs once per \`${code.text(name, 50)}\`: each thing has a process of its own, found by its key.`,
        confidence: 0.9,
      });
    }
  },
};

/** `{:via, Registry, {R, id}}`, `{:global, {:cart, id}}` or `via(id)`, with something in it that is no literal. */
function isKeyed(name: Node, code: FileCode): boolean {
  const items = tupleItems(name);
  if (items !== null) {
    const [kind, , key] = items;
    if (kind?.kind !== "atom") return false;
    if (kind.name === "global")
      return items[1] !== undefined && !isLiteral(items[1]) && tupleItems(items[1]) !== null;
    if (kind.name !== "via") return false;
    const last = tupleItems(key)?.at(-1) ?? key;
    return last !== undefined && !isLiteral(last) && !isModuleName(last);
  }
  if (name.kind !== "call" || typeof name.callee !== "string" || name.args.length === 0)
    return false;
  const local = code.localFunction({
    node: name,
    inner: name,
    receiver: null,
    name: name.callee,
    args: name.args,
  });
  return local?.clauses.some(({ body }) => body !== null && isKeyed(body, code)) === true;
}

function isModuleName(node: Node): boolean {
  return node.kind === "variable" && node.name === "__MODULE__";
}

const workerPool: FileRule = {
  id: "worker-pool",
  category: "messaging",
  severity: "info",
  title: "A pool of workers",
  about: "poolboy, NimblePool, PartitionSupervisor, and numbered workers under a supervisor",
  inTests: true,
  check: (code, report) => {
    for (const name of ["child_spec", "transaction", "checkout!", "checkout", "checkin"]) {
      for (const call of code.calls(name)) {
        const module = code.moduleOf(call);
        if (module === ":poolboy" || module === "NimblePool") {
          report(call.node, {
            explanation: `\`${code.text(call.node, 50)}\` takes a worker from a pool, so that a bounded number works at once.`,
            confidence: 1,
          });
        }
      }
    }
    for (const node of code.nodes) {
      const items = tupleItems(node);
      const [first, second] = items ?? [];
      if (first === undefined || !isCall(first, "__aliases__")) continue;
      const module = code.moduleNamed(first);
      if (
        (module === "PartitionSupervisor" && keyword(second, "child_spec") !== undefined) ||
        (module === "NimblePool" && keyword(second, "worker") !== undefined)
      ) {
        report(node, {
          explanation: `${module} starts several workers of one kind, among which the work is divided.`,
          confidence: 1,
        });
      }
    }
    for (const call of code.callsTo("Supervisor", "child_spec")) {
      const loop = [...code.ancestors(call.node)].find(
        (node) => isCall(node, "for") || isCall(node, "fn"),
      );
      const id = keyword(call.args[1], "id");
      if (loop === undefined || id === undefined || isLiteral(id)) continue;
      report(call.node, {
        explanation: `One worker \`${code.text(call.args[0] ?? call.node, 40)}\` is started for each \`${code.text(id, 30)}\`: a pool of fixed size.`,
        confidence: 0.85,
      });
    }
  },
};

export const SUPERVISION_RECOGNISERS: readonly FileRule[] = [
  supervisionStrategy,
  registryUse,
  processPerEntity,
  workerPool,
];
