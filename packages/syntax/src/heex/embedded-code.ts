// Embedded Elixir into nodes with the file's positions, with `@name` read as `assigns.name`.

import type { Node } from "../ast.ts";
import type { Diagnostic, ParseOptions } from "../parsed.ts";
import { parse } from "../parse.ts";
import { isCall } from "../tree.ts";
import { HostMap } from "./host-map.ts";
import type { Range } from "./markup-token.ts";
import type { Positions } from "./positions.ts";

/** One head of a block and the nodes of the markup that follows it. */
export type Segment = { readonly head: Range; readonly body: Node | null };

export class EmbeddedCode {
  readonly diagnostics: Diagnostic[] = [];
  readonly #host: Positions;
  readonly #options: ParseOptions;

  constructor(host: Positions, options: ParseOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** An expression that stands alone; null when there is nothing but space and comments. */
  expression({ start, end }: Range): Node | null {
    const map = new HostMap(this.#host);
    map.add(start, end);
    return this.#parse(map, new Map());
  }

  /** `if x do` … `else` … `end` as one expression, with markup in the place of its bodies. */
  block(segments: readonly Segment[]): Node | null {
    const map = new HostMap(this.#host);
    const bodies = new Map<number, Node>();
    for (const { head, body } of segments) {
      map.add(head.start, head.end);
      map.insert("\n", head.end);
      if (body === null) continue;
      bodies.set(map.insert(PLACEHOLDER, body.start), body);
      map.insert("\n", body.end);
    }
    return this.#parse(map, bodies);
  }

  #parse(map: HostMap, bodies: ReadonlyMap<number, Node>): Node | null {
    const { tree, source, diagnostics } = parse(map.text, this.#options);
    for (const diagnostic of diagnostics) this.diagnostics.push(map.diagnostic(diagnostic));
    if (isCall(tree, "__block__", 0)) return null;
    return map.relocate(tree, source, bodies, assignsField);
  }
}

/** In place of a body until it is parsed; recognised by its offset, so its name may be anything. */
const PLACEHOLDER = "markup";

/** In a template `@name` is no attribute of the module but a field of the variable `assigns`. */
function assignsField(node: Node): Node {
  const [named] = isCall(node, "@", 1) ? node.args : [];
  if (named?.kind !== "variable" || node.kind !== "call" || node.meta === null) return node;
  const { start, end, meta } = node;
  const assigns: Node = { kind: "variable", name: "assigns", start, end: start + 1, meta };
  const field: Node = { ...named, kind: "atom", name: named.name, meta: null };
  const dot: Node = { kind: "call", callee: ".", args: [assigns, field], start, end, meta };
  return { kind: "call", callee: dot, args: [], start, end, meta: { ...meta, noParens: true } };
}
