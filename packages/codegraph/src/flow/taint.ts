// Untrusted input on its way to where it does harm, through all functions of a project.

import type { CallSite, FunctionKey, ModuleData } from "../module/module-data.ts";
import { AccessPaths, type AccessPath } from "./interprocedural-access.ts";
import {
  ALL_LABELS,
  FlowSearch,
  type Onward,
  type SearchLimits,
  type SearchRules,
} from "./interprocedural-search.ts";
import { innermost, rootOf, type End, type State } from "./interprocedural-state.ts";
import type { ProgramFlow, ProgramFlowEdge, ProgramPlace } from "./interprocedural.ts";
import { CallbackStates } from "./taint-states.ts";
import { FunctionTable } from "./taint-patterns.ts";
import { taintSeeds } from "./taint-sources.ts";
import {
  TAINT_TABLES,
  type TaintCategory,
  type TaintSink,
  type TaintTables,
} from "./taint-tables.ts";

export type TaintStep = ProgramPlace & {
  /** the function of the project that the value went into or came back from on the way here */
  readonly through: FunctionKey | null;
};

export type TaintFlow = {
  readonly category: TaintCategory;
  readonly source: ProgramPlace & { readonly label: string };
  readonly sink: ProgramPlace & {
    readonly label: string;
    readonly called: FunctionKey;
    readonly argument: number;
    readonly site: CallSite;
  };
  /** the definitions from the source to the argument of the sink, both included */
  readonly steps: readonly TaintStep[];
  /** 0 to 1 */
  readonly confidence: number;
};

export type TaintResult = {
  readonly flows: readonly TaintFlow[];
  /** false when the search was cut short */
  readonly complete: boolean;
};

export type TaintOptions = SearchLimits & { readonly tables?: TaintTables };

/**
 * For each sink and each kind of source a flow from the nearest source, by its way through definitions;
 * in the order of files and lines of the sinks.
 */
export function findTaint(
  program: ProgramFlow,
  modules: (name: string) => ModuleData | undefined,
  options: TaintOptions = {},
): TaintResult {
  const tables = options.tables ?? TAINT_TABLES;
  const rules = new TaintRules(program, modules, tables);
  const search = new FlowSearch(program, rules, options);
  const seeds = taintSeeds(program, modules, tables.sources);
  const labels = [...new Set(seeds.map((seed) => seed.label))];
  for (const { definition, label } of seeds) search.begin(definition, labels.indexOf(label));
  const flows: TaintFlow[] = [];
  const known = new Set<string>();
  for (const end of search.run()) {
    const label = labels[-1 - end.state.origin.key] ?? "";
    for (const sink of rules.sinksAt(innermost(end).flow, innermost(end).state.path)) {
      if ((end.labels & labelOf(sink.category)) === 0) continue;
      const flow = taintFlow(program, end, label, sink);
      const key = `${label} ${flow.sink.function} ${flow.sink.definition} ${sink.category}`;
      if (known.has(key)) continue;
      known.add(key);
      flows.push(flow);
    }
  }
  return { flows: flows.toSorted(byPlace), complete: search.complete };
}

function byPlace(a: TaintFlow, b: TaintFlow): number {
  if (a.sink.file !== b.sink.file) return a.sink.file < b.sink.file ? -1 : 1;
  return a.sink.start - b.sink.start || a.source.start - b.source.start;
}

type FoundSink = TaintSink & { readonly site: CallSite };

class TaintRules implements SearchRules {
  readonly paths: AccessPaths = new AccessPaths();
  readonly #program: ProgramFlow;
  readonly #states: CallbackStates;
  readonly #tests: ReadonlySet<string>;
  /** labels that do not get through a call */
  readonly #stops = new Map<number, number>();
  readonly #sinks = new Map<number, FoundSink[]>();

  constructor(
    program: ProgramFlow,
    modules: (name: string) => ModuleData | undefined,
    tables: TaintTables,
  ) {
    this.#program = program;
    this.#states = new CallbackStates(program, modules, this.paths);
    this.#tests = new Set(tables.tests);
    const sanitizers = new FunctionTable<number>();
    for (const { functions, categories } of tables.sanitizers) {
      const labels = categories?.reduce((all, category) => all | labelOf(category), 0);
      for (const pattern of functions) sanitizers.add(pattern, labels ?? ALL_LABELS);
    }
    const sinks = new FunctionTable<TaintSink>();
    for (const sink of tables.sinks) {
      for (const pattern of sink.functions) {
        sinks.add(pattern, sink);
        if (sink.imported === true) sinks.addImported(pattern, sink);
      }
    }
    for (const { definition, site, applied } of program.calls) {
      if (applied) continue;
      const stopped = sanitizers.findSite(site).reduce((all, labels) => all | labels, 0);
      if (stopped !== 0) this.#stops.set(definition, stopped);
      const found = sinks.findSite(site).map((sink) => ({ ...sink, site }));
      if (found.length > 0) this.#sinks.set(definition, found);
    }
  }

  passes(edge: ProgramFlowEdge, labels: number): number {
    const { from, to, kind } = edge;
    // a closure is no danger by what it captured: what it does with that is followed inside it
    if (kind === "capture" && this.#program.kindOf(to) !== "capture") return 0;
    if (this.#isTested(from, edge)) return 0;
    return labels & ~(this.#stops.get(to) ?? 0);
  }

  ends(edge: ProgramFlowEdge, path: AccessPath): number {
    let labels = 0;
    for (const sink of this.sinksAt(edge, path)) labels |= labelOf(sink.category);
    return labels === 0 || this.#isTested(edge.from, edge) ? 0 : labels;
  }

  onward(fn: number, path: AccessPath): readonly Onward[] {
    return this.#states.onward(fn, path);
  }

  sinksAt({ to, index }: ProgramFlowEdge, path: AccessPath): readonly FoundSink[] {
    const sinks = this.#sinks.get(to) ?? [];
    return sinks.filter(
      ({ argument, key }) =>
        argument === index && (key === undefined || this.paths.taken(path, key) !== null),
    );
  }

  #isTested(definition: number, { start }: ProgramFlowEdge): boolean {
    return this.#program
      .checksOf(definition)
      .some((check) => this.#tests.has(check.test) && start >= check.start && start < check.end);
  }
}

const CATEGORIES: readonly TaintCategory[] = [
  "atom",
  "code",
  "command",
  "deserialization",
  "path",
  "redirect",
  "regex",
  "request",
  "sql",
  "xss",
];

function labelOf(category: TaintCategory): number {
  return 1 << CATEGORIES.indexOf(category);
}

function taintFlow(program: ProgramFlow, end: End, label: string, sink: FoundSink): TaintFlow {
  const { flow } = innermost(end);
  return {
    category: sink.category,
    source: { ...program.place(rootOf(end.state)), label },
    sink: {
      ...program.place(flow.to),
      label: sink.label,
      called: sink.site.target ?? "",
      argument: sink.argument,
      site: sink.site,
    },
    steps: stepsTo(program, end),
    confidence: sink.confidence ?? 0.9,
  };
}

/** From the source into each function on the way, down to the argument of the sink. */
function stepsTo(program: ProgramFlow, end: End): readonly TaintStep[] {
  const steps: TaintStep[] = [];
  for (let at: End | null = end; at !== null; at = at.inner) {
    const states: State[] = [];
    for (let state: State | null = at.state; state !== null; state = state.before) {
      states.push(state);
    }
    for (const { definition, call } of states.toReversed()) {
      steps.push({ ...program.place(definition), through: call?.target ?? null });
    }
  }
  return steps;
}
