// Many patterns at once. They are filed by the name of the call that they begin with, so a file's
// calls are looked up in a table and only the few patterns of that name are tried.

import type { Node } from "@elixirscope/syntax";
import { callOf } from "../code/call.ts";
import type { FileCode } from "../code/file-code.ts";
import { Bindings, matches } from "./match.ts";
import type { Match, Pattern } from "./pattern.ts";
import { placeholderOf } from "./placeholders.ts";

type Filed<P> = { readonly owner: P; readonly pattern: Node };

export class PatternSet<P extends Pattern> {
  readonly #byName = new Map<string, Filed<P>[]>();
  /** of patterns that are no calls, or calls of any name */
  readonly #others: Filed<P>[] = [];

  constructor(patterns: readonly P[]) {
    for (const owner of patterns) {
      for (const pattern of owner.alternatives) this.#file({ owner, pattern });
    }
  }

  /** Calls `found` for each match, at most once per pattern and node, in the order of the text. */
  run(code: FileCode, found: (owner: P, match: Match) => void): void {
    const seen = new Map<P, Set<Node>>();
    const report = (owner: P, match: Match): void => {
      const nodes = seen.get(owner) ?? new Set();
      seen.set(owner, nodes);
      if (nodes.has(match.node)) return;
      nodes.add(match.node);
      found(owner, match);
    };
    for (const [name, filed] of this.#byName) {
      for (const { node } of code.calls(name)) tryAll(filed, node, code, report);
    }
    if (this.#others.length === 0) return;
    for (const node of code.nodes) tryAll(this.#others, node, code, report);
  }

  #file(filed: Filed<P>): void {
    const name = callOf(filed.pattern)?.name;
    if (name === undefined || placeholderOf(name) !== null || isTuple(filed.pattern)) {
      this.#others.push(filed);
      return;
    }
    const same = this.#byName.get(name);
    if (same === undefined) this.#byName.set(name, [filed]);
    else same.push(filed);
  }
}

/** A tuple of two is no call, so patterns of tuples cannot be filed under `{}`. */
function isTuple(node: Node): boolean {
  return node.kind === "call" && node.callee === "{}";
}

function tryAll<P extends Pattern>(
  filed: readonly Filed<P>[],
  node: Node,
  code: FileCode,
  found: (owner: P, match: Match) => void,
): void {
  for (const { owner, pattern } of filed) {
    const bindings = new Bindings();
    if (!matches(pattern, node, code, bindings)) continue;
    const context = { code, node, bindings };
    if (owner.conditions.every((condition) => condition(context))) found(owner, { node, bindings });
  }
}
