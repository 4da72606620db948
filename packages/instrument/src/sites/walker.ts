// Where a walk through a tree is, and what it has found: parts of a node are visited and candidates are
// emitted in the order in which the compiler's code evaluates and the transformer numbers them.

import { expressions, isCall, type Node, type Position } from "@elixirscope/syntax";
import type { SiteKind } from "@elixirscope/trace";
import type { Candidate, Definition, Shape, SiteClass } from "./candidate.ts";
import { boundVariables, clausePatterns } from "./pattern-variables.ts";

type Work =
  | { readonly emit: Candidate }
  | {
      readonly visit: Node;
      readonly piped: boolean;
      readonly copies: number;
      readonly owner: Definition | null;
    };

export type Found = Pick<Candidate, "class" | "node" | "at" | "shapes"> &
  Partial<Pick<Candidate, "kind" | "clause" | "unwritten" | "optional" | "placeholders">>;

/** Looks at one node: visits its parts and emits what it may become. */
export type NodeReader = (walker: Walker, node: Node, piped: boolean) => void;

export class Walker {
  readonly candidates: Candidate[] = [];
  /** the next on top */
  readonly #stack: Work[] = [];
  /** parts of the node at hand, in the order of evaluation */
  #parts: Work[] = [];
  /** of what is visited */
  #copies = 1;
  /** the definition that is visited */
  owner: Definition | null = null;
  readonly #read: NodeReader;

  constructor(read: NodeReader) {
    this.#read = read;
  }

  read(root: Node): void {
    this.#stack.push({ visit: root, piped: false, copies: 1, owner: null });
    for (let work = this.#stack.pop(); work !== undefined; work = this.#stack.pop()) {
      if ("emit" in work) {
        this.candidates.push(work.emit);
        continue;
      }
      this.#copies = work.copies;
      this.owner = work.owner;
      this.#parts = [];
      this.#read(this, work.visit, work.piped);
      for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
        this.#stack.push(part);
      }
    }
  }

  visit(node: Node | undefined, copies = 1, piped = false): void {
    if (node === undefined) return;
    const owner = this.owner;
    this.#parts.push({ visit: node, piped, copies: this.#copies * copies, owner });
  }

  visitAll(nodes: readonly Node[]): void {
    for (const node of nodes) this.visit(node);
  }

  /** Statements: each that begins on another line than the one before begins that line. */
  body(body: Node | undefined, copies = 1): void {
    if (body === undefined) return;
    let before: number | null = null;
    for (const statement of expressions(body)) {
      const at = statement.meta;
      const isLocated = statement.kind === "call" || statement.kind === "variable";
      if (at !== null && isLocated && at.line !== before) {
        before = at.line;
        const shape = { ...lineOf(at), generated: false, clause: null, names: [] };
        this.emit({ class: "line", node: statement, at, shapes: [shape] }, copies);
      }
      this.visit(statement, copies);
    }
  }

  emit(found: Found, copies = 1): void {
    const emit: Candidate = {
      kind: null,
      clause: null,
      unwritten: false,
      optional: false,
      placeholders: 0,
      ...found,
      copies: this.#copies * copies,
      owner: this.owner,
    };
    this.#parts.push({ emit });
  }

  /** One place, whose line every compiler keeps. */
  simple(
    of: SiteClass,
    kind: SiteKind,
    clause: number | null,
    node: Node,
    names: readonly string[],
    shown: Node = node,
  ): void {
    const at = node.meta;
    if (at === null) return;
    const shape = { line: at.line, column: at.column, generated: false, clause, names };
    this.emit({ class: of, kind, clause, node: shown, at: shown.meta ?? at, shapes: [shape] });
  }

  clauses(clauses: readonly Node[], of: SiteClass, kind: SiteKind): void {
    clauses.forEach((arrow, i) => {
      if (!isCall(arrow, "->")) {
        this.visit(arrow);
        return;
      }
      const [left, body] = arrow.args;
      this.simple(of, kind, i, arrow, namesOf(clausePatterns(left)));
      this.body(body);
    });
  }

  /** The ends of a clause that has calls of its own, and the clause: numbered after all that is in it. */
  frame(begin: Omit<Found, "shapes">, ...compiled: readonly Position[]): void {
    const { node, at, clause = null, optional = false } = begin;
    const shapes = compiled.map((where): Shape => {
      return { ...lineOf(where), generated: false, clause: null, names: null };
    });
    this.emit({ class: "end", node, at, optional, shapes });
    const kind = begin.class === "fn" ? "fn_clause" : null;
    this.emit({ ...begin, kind, shapes: shapes.map((shape) => ({ ...shape, clause })) });
  }
}

export function lineOf({ line, column }: Position): Position {
  return { line, column };
}

export function namesOf(patterns: readonly Node[]): readonly string[] {
  return boundVariables(patterns).map(({ name }) => name);
}
