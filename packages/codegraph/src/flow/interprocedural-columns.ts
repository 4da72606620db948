// Definitions and flows of many functions as columns of numbers; names and paths are kept once.

import type { Definition, DefinitionKind, Flow, FlowKind } from "./dfg.ts";
import type { ProgramFlowEdge } from "./interprocedural.ts";

/** Texts as numbers; -1 is null. */
class Texts<T extends string> {
  readonly #numbers = new Map<T, number>();
  readonly #texts: T[] = [];

  numberOf(text: T | null): number {
    if (text === null) return -1;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.length;
      this.#numbers.set(text, number);
      this.#texts.push(text);
    }
    return number;
  }

  textOf(number: number | undefined): T | null {
    return this.#texts[number ?? -1] ?? null;
  }
}

type Column = ArrayLike<number>;

class Growing {
  list: number[] = [];
  packed: Int32Array | null = null;

  push(value: number): void {
    this.list.push(value);
  }

  get values(): Column {
    return this.packed ?? this.list;
  }

  pack(): void {
    this.packed = Int32Array.from(this.list);
    this.list = [];
  }
}

export class Columns {
  readonly #kinds = new Texts<DefinitionKind>();
  readonly #flowKinds = new Texts<FlowKind>();
  readonly #names = new Texts<string>();
  readonly #paths = new Texts<string>();
  readonly #definition = columns("kind", "name", "line", "column", "start", "end");
  readonly #flow = columns("from", "to", "kind", "path", "index", "start", "end");
  definitionCount = 0;

  addDefinition({ kind, name, line, column, start, end }: Definition): void {
    const to = this.#definition;
    to.kind.push(this.#kinds.numberOf(kind));
    to.name.push(this.#names.numberOf(name));
    to.line.push(line);
    to.column.push(column);
    to.start.push(start);
    to.end.push(end);
    this.definitionCount += 1;
  }

  addFlow({ from, to, kind, path, index, start, end }: Flow, first: number): void {
    const column = this.#flow;
    column.from.push(from + first);
    column.to.push(to + first);
    column.kind.push(this.#flowKinds.numberOf(kind));
    column.path.push(this.#paths.numberOf(path));
    column.index.push(index);
    column.start.push(start);
    column.end.push(end);
  }

  packed(): this {
    for (const column of Object.values(this.#definition)) column.pack();
    for (const column of Object.values(this.#flow)) column.pack();
    return this;
  }

  get from(): Column {
    return this.#flow.from.values;
  }

  get to(): Column {
    return this.#flow.to.values;
  }

  edge(flow: number): ProgramFlowEdge {
    const { from, to, kind, path, index, start, end } = this.#flow;
    return {
      from: from.values[flow] ?? 0,
      to: to.values[flow] ?? 0,
      kind: this.#flowKinds.textOf(kind.values[flow]) ?? "copy",
      path: this.#paths.textOf(path.values[flow]),
      index: index.values[flow] ?? -1,
      start: start.values[flow] ?? 0,
      end: end.values[flow] ?? 0,
    };
  }

  kindOf(definition: number): DefinitionKind {
    return this.#kinds.textOf(this.#definition.kind.values[definition]) ?? "value";
  }

  nameOf(definition: number): string | null {
    return this.#names.textOf(this.#definition.name.values[definition]);
  }

  rangeOf(definition: number): {
    readonly line: number;
    readonly column: number;
    readonly start: number;
    readonly end: number;
  } {
    const { line, column, start, end } = this.#definition;
    return {
      line: line.values[definition] ?? 0,
      column: column.values[definition] ?? 0,
      start: start.values[definition] ?? 0,
      end: end.values[definition] ?? 0,
    };
  }
}

function columns<Name extends string>(...names: readonly Name[]): Record<Name, Growing> {
  const made: Partial<Record<Name, Growing>> = {};
  for (const name of names) made[name] = new Growing();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every name was just set
  return made as Record<Name, Growing>;
}
