// The data flow of a whole project in columns: what the graphs of all functions say, without their
// objects, so that a project of many files is held in a few bytes per flow while it is searched.
//
// Numbers of definitions count through all functions. Between functions there are no flows: a call knows
// whom it calls, and a search goes in by its arguments and out by the result (`interprocedural-search.ts`).

import { Digraph } from "@elixirscope/base";
import type { CallSite, FunctionData, FunctionKey, SourceRange } from "../module/module-data.ts";
import { Columns } from "./interprocedural-columns.ts";
import type { Check, DefinitionKind, Dfg, FlowKind } from "./dfg.ts";

export type ProgramFunction = {
  readonly data: FunctionData;
  /** number of its first definition; the next function's ends it */
  readonly first: number;
  readonly parameters: readonly number[];
  readonly defaults: readonly number[];
  readonly result: number;
};

/** A call in the flow graph. `applied`: its arguments are the elements of a list, `apply(M, :f, list)`. */
export type ProgramCall = {
  readonly caller: number;
  /** the definition of its result */
  readonly definition: number;
  readonly target: FunctionKey | null;
  /** of the target; 0 without one */
  readonly arity: number;
  /** functions of the project that it may call; empty for others */
  readonly callees: readonly number[];
  readonly applied: boolean;
  readonly site: CallSite;
};

export type ProgramClosure = { readonly parameters: readonly number[]; readonly result: number };

export type ProgramFlowEdge = {
  readonly from: number;
  readonly to: number;
  readonly kind: FlowKind;
  readonly path: string | null;
  readonly index: number;
  readonly start: number;
  readonly end: number;
};

export type ProgramPlace = Omit<SourceRange, "endLine" | "endColumn"> & {
  readonly function: FunctionKey;
  readonly file: string;
  /** of the binding; null for other values */
  readonly name: string | null;
  readonly kind: DefinitionKind;
  /** its index in the function's own graph */
  readonly definition: number;
};

export class ProgramFlow {
  readonly functions: readonly ProgramFunction[];
  readonly calls: readonly ProgramCall[];
  /** edge `i` is flow `i` */
  readonly graph: Digraph;
  readonly #columns: Columns;
  readonly #callsAt = new Map<number, ProgramCall[]>();
  readonly #callers: (ProgramCall[] | undefined)[] = [];
  readonly #checks: ReadonlyMap<number, readonly Check[]>;
  readonly #closures: ReadonlyMap<number, ProgramClosure>;
  readonly #numbers = new Map<FunctionKey, number>();

  constructor(
    functions: readonly ProgramFunction[],
    calls: readonly ProgramCall[],
    checks: ReadonlyMap<number, readonly Check[]>,
    closures: ReadonlyMap<number, ProgramClosure>,
    columns: Columns,
  ) {
    this.#closures = closures;
    this.functions = functions;
    this.calls = calls;
    this.#columns = columns;
    this.#checks = checks;
    this.graph = new Digraph(columns.definitionCount, columns.from, columns.to);
    functions.forEach(({ data }, number) => this.#numbers.set(data.key, number));
    for (const call of calls) {
      const at = this.#callsAt.get(call.definition);
      if (at === undefined) this.#callsAt.set(call.definition, [call]);
      else at.push(call);
      for (const callee of call.callees) (this.#callers[callee] ??= []).push(call);
    }
  }

  get definitionCount(): number {
    return this.#columns.definitionCount;
  }

  functionNumber(key: FunctionKey): number | undefined {
    return this.#numbers.get(key);
  }

  /** Of a function's own graph's definition. */
  definition(key: FunctionKey, index: number): number | undefined {
    const number = this.#numbers.get(key);
    return number === undefined ? undefined : (this.functions[number]?.first ?? 0) + index;
  }

  /** The number of the function that a definition belongs to. */
  functionOf(definition: number): number {
    let low = 0;
    let high = this.functions.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.functions[middle]?.first ?? 0) <= definition) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Calls whose result the definition is. */
  callsAt(definition: number): readonly ProgramCall[] {
    return this.#callsAt.get(definition) ?? [];
  }

  callersOf(fn: number): readonly ProgramCall[] {
    return this.#callers[fn] ?? [];
  }

  checksOf(definition: number): readonly Check[] {
    return this.#checks.get(definition) ?? [];
  }

  /** The closure that a definition makes. */
  closureAt(definition: number): ProgramClosure | undefined {
    return this.#closures.get(definition);
  }

  edge(flow: number): ProgramFlowEdge {
    return this.#columns.edge(flow);
  }

  kindOf(definition: number): DefinitionKind {
    return this.#columns.kindOf(definition);
  }

  nameOf(definition: number): string | null {
    return this.#columns.nameOf(definition);
  }

  place(definition: number): ProgramPlace {
    const fn = this.functions[this.functionOf(definition)];
    return {
      function: fn?.data.key ?? "",
      file: fn?.data.file ?? "",
      name: this.nameOf(definition),
      kind: this.kindOf(definition),
      definition: definition - (fn?.first ?? 0),
      ...this.#columns.rangeOf(definition),
    };
  }

  /** The parameter of `fn` that takes argument `position` of a call with `arity` arguments. */
  parameter(fn: number, position: number, arity: number): number | undefined {
    const called = this.functions[fn];
    if (called === undefined) return undefined;
    const { parameters, defaults } = called;
    const missing = parameters.length - arity;
    if (missing <= 0) return parameters[position];
    // of the defaults the last ones are left out
    const omitted = new Set(defaults.toSorted((a, b) => a - b).slice(-missing));
    return parameters.filter((_, i) => !omitted.has(i))[position];
  }
}

function arityOf(target: FunctionKey | null): number {
  return target === null ? 0 : Number(target.slice(target.lastIndexOf("/") + 1));
}

export type LinkOptions = {
  /** functions of the project that a call may reach; default: the one that the target names */
  readonly targetsOf?: (target: FunctionKey) => readonly FunctionKey[];
};

/** `functions` tells what is known of each graph's function; graphs of others are left out. */
export function linkFlows(
  dfgs: Iterable<Dfg>,
  functions: (key: FunctionKey) => FunctionData | undefined,
  options: LinkOptions = {},
): ProgramFlow {
  const linking = new Linking();
  for (const dfg of dfgs) {
    const data = functions(dfg.function);
    if (data !== undefined) linking.add(dfg, data);
  }
  return linking.finish(options);
}

type OpenCall = Omit<ProgramCall, "callees">;

class Linking {
  readonly #columns = new Columns();
  readonly #functions: ProgramFunction[] = [];
  readonly #calls: OpenCall[] = [];
  readonly #checks = new Map<number, Check[]>();
  readonly #closures = new Map<number, ProgramClosure>();
  readonly #numbers = new Map<FunctionKey, number>();

  add(dfg: Dfg, data: FunctionData): void {
    if (this.#numbers.has(data.key)) return;
    const caller = this.#functions.length;
    const first = this.#columns.definitionCount;
    this.#numbers.set(data.key, caller);
    for (const definition of dfg.definitions) this.#columns.addDefinition(definition);
    for (const flow of dfg.flows) this.#columns.addFlow(flow, first);
    this.#functions.push({
      data,
      first,
      parameters: dfg.parameters.map((parameter) => parameter + first),
      defaults: dfg.defaults,
      result: dfg.result + first,
    });
    for (const check of dfg.checks) {
      const at = check.definition + first;
      const list = this.#checks.get(at);
      if (list === undefined) this.#checks.set(at, [check]);
      else list.push(check);
    }
    for (const { definition, parameters, result } of dfg.closures) {
      this.#closures.set(definition + first, {
        parameters: parameters.map((parameter) => parameter + first),
        result: result + first,
      });
    }
    const results = callResults(dfg);
    for (const site of data.calls) {
      const definition = results(site);
      if (definition === undefined) continue;
      this.#calls.push({
        caller,
        definition: definition + first,
        target: site.target,
        arity: arityOf(site.target),
        applied: site.kind === "apply",
        site,
      });
    }
  }

  finish({ targetsOf }: LinkOptions): ProgramFlow {
    this.#addShorterArities();
    const calls = this.#calls.map((call): ProgramCall => {
      const { target } = call;
      const keys = target === null ? [] : (targetsOf?.(target) ?? [target]);
      const callees = keys.flatMap((key) => this.#numbers.get(key) ?? []);
      return { ...call, callees };
    });
    const columns = this.#columns.packed();
    return new ProgramFlow(this.#functions, calls, this.#checks, this.#closures, columns);
  }

  /** With defaults a function is called by several arities. */
  #addShorterArities(): void {
    this.#functions.forEach(({ data }, number) => {
      for (let arity = data.minArity; arity < data.arity; arity += 1) {
        const key = `${data.module}.${data.name}/${arity}`;
        if (!this.#numbers.has(key)) this.#numbers.set(key, number);
      }
    });
  }
}

/** Finds the definition of a call's result by the text of the call; of `&f/1` the call inside it. */
function callResults(dfg: Dfg): (site: CallSite) => number | undefined {
  const values = new Map<string, number>();
  dfg.definitions.forEach(({ kind, start, end }, index) => {
    if (kind === "value") values.set(`${start}:${end}`, index);
  });
  const returned = new Map<number, number>();
  if (dfg.closures.length > 0) {
    for (const { from, to, kind } of dfg.flows) if (kind === "return") returned.set(to, from);
  }
  const captured = new Map<string, number>();
  for (const { result, start, end } of dfg.closures) {
    const call = returned.get(result);
    if (call !== undefined) captured.set(`${start}:${end}`, call);
  }
  return ({ kind, target, range }) => {
    if (kind === "macro" && target?.startsWith("Kernel.") === true && target !== "Kernel.in/2") {
      return undefined;
    }
    return (kind === "capture" ? captured : values).get(`${range.start}:${range.end}`);
  };
}
