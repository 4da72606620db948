// What was observed, as values of definitions of a data-flow graph, in the order in which it happened.

import type { Dfg } from "@elixirscope/codegraph";
import type { Frame } from "./frames.ts";
import type { FunctionGraphs, Graphs } from "./graphs.ts";
import { ANYWHERE } from "./flow-paths.ts";
import type { Seen } from "./observe.ts";

export type Observation = {
  readonly at: number;
  readonly frame: Frame;
  readonly definition: number;
  readonly value: Seen;
  /**
   * - `parameter`: of the function; what it brings comes from outside
   * - `closure_parameter`: brought by whoever calls the closure
   * - `call`, `local_call`: the result of a call, the latter of a function of the program
   * - `raised`: a call that did not return; its value is what it was given
   * - `bound`, `result`: a name was bound, a frame returned
   */
  readonly kind:
    | "parameter"
    | "closure_parameter"
    | "call"
    | "local_call"
    | "raised"
    | "bound"
    | "result";
  /** what went into a call */
  readonly given: readonly Seen[];
};

/** The definitions of one function by what is seen of them. */
export class Places {
  /** those that are seen when they are made */
  readonly observable: ReadonlySet<number>;
  readonly #graphs: Graphs;
  readonly #dfg: Dfg;
  readonly #byPlace = new Map<string, number[]>();

  constructor(graphs: Graphs, { dfg }: FunctionGraphs) {
    this.#graphs = graphs;
    this.#dfg = dfg;
    dfg.definitions.forEach(({ kind, name, line, start, end }, index) => {
      const key =
        kind === "pattern" ? nameKey(name ?? "", line) : `${kind} ${String(start)} ${String(end)}`;
      this.#byPlace.set(key, [...(this.#byPlace.get(key) ?? []), index]);
    });
    const observable = new Set<number>();
    for (const line of graphs.operations.keys()) {
      const found = this.operation(line);
      if (found !== undefined) observable.add(found);
    }
    dfg.definitions.forEach(({ kind, name, line }, index) => {
      if (kind !== "pattern" || name === null || name.startsWith("_")) return;
      if (this.name(name, line) === index) observable.add(index);
    });
    this.observable = observable;
  }

  /** The binding of a name on a line; undefined when there are several. */
  name(name: string, line: number): number | undefined {
    return this.#only(nameKey(name, line));
  }

  /** The value of the operation of a line. */
  operation(line: number): number | undefined {
    const range = this.#graphs.operations.get(line);
    if (range === undefined) return undefined;
    return this.#only(`value ${String(range.start)} ${String(range.end)}`);
  }

  ends(frame: Frame): { readonly parameters: readonly number[]; readonly result: number } {
    if (frame.kind === "def") return this.#dfg;
    const closure = this.#dfg.closures.find(
      ({ definition }) => this.#dfg.definitions[definition]?.line === frame.number,
    );
    if (closure === undefined) throw new Error(`no closure at ${String(frame.number)}`);
    return closure;
  }

  #only(key: string): number | undefined {
    const found = this.#byPlace.get(key) ?? [];
    return found.length === 1 ? found[0] : undefined;
  }
}

/** `unplaced` counts what no definition stands for. */
export function observations(
  graphs: Graphs,
  places: Places,
  frames: readonly Frame[],
): { readonly list: readonly Observation[]; readonly unplaced: number } {
  const list: Observation[] = [];
  let unplaced = 0;
  for (const frame of frames) {
    const add = (
      kind: Observation["kind"],
      definition: number | undefined,
      at: number,
      value: Seen,
      given: readonly Seen[] = [],
    ): void => {
      if (definition === undefined) unplaced += 1;
      else list.push({ kind, at, frame, definition, value, given });
    };
    const { parameters, result } = places.ends(frame);
    const brought = frame.kind === "def" ? "parameter" : "closure_parameter";
    frame.args.forEach((value, index) => add(brought, parameters[index], frame.at, value));
    for (const step of frame.steps) {
      if (step.kind === "bind") {
        add("bound", places.name(step.name, step.line), step.at, step.value);
      } else if (step.kind === "call" && step.value === null) {
        // somewhere in the exception
        const tokens = [...new Set(step.args.flatMap(([, inside]) => inside))];
        const value: Seen = [0, tokens, tokens.map(() => ANYWHERE)];
        add("raised", places.operation(step.line), step.at, value, step.args);
      } else if (step.kind === "call" && step.value !== null) {
        const kind = graphs.locals.has(step.line) ? "local_call" : "call";
        add(kind, places.operation(step.line), step.returnedAt, step.value, step.args);
      }
    }
    if (frame.value !== null) add("result", result, frame.endedAt, frame.value);
  }
  return { list: list.toSorted((a, b) => a.at - b.at), unplaced };
}

function nameKey(name: string, line: number): string {
  return `${name} ${String(line)}`;
}
