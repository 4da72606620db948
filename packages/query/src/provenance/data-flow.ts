// The way of a value inside one function, read from its code: from a place in it back to what could have been
// recorded (arguments, variables, results of calls, messages), with the path into the value kept where the code
// says it. Where it does not, the path is null: then the value may be any part.

import type { Definition, Dfg, Flow } from "@elixirscope/codegraph";
import type { Term } from "@elixirscope/etf";
import { expressions, isCall, type Node } from "@elixirscope/syntax";
import { parseTermPath, type TermPath } from "@elixirscope/store";
import { ClauseTest } from "../clauses/clause-test.ts";
import type { FunctionSource } from "../clauses/function-source.ts";
import { wayText } from "./term-way.ts";

/** What to go back from. */
export type FlowTarget =
  | { readonly kind: "call_argument"; readonly function: string; readonly index: number }
  /** of the call at a node; `index` null: any of its arguments, with what is around the value */
  | { readonly kind: "node_argument"; readonly nodeId: string; readonly index: number | null }
  | { readonly kind: "result" }
  | {
      readonly kind: "variable";
      readonly name: string;
      readonly nodeId: string | null;
      readonly line: number;
    };

/** Something that may have been recorded. */
export type FlowSource =
  | { readonly kind: "parameter"; readonly index: number }
  | {
      readonly kind: "variable";
      readonly name: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: "call"; readonly function: string }
  | { readonly kind: "message" };

/** `from`: places that hold it as a whole, nearest first. */
export type FlowInput = { readonly name: string; readonly from: readonly FlowSource[] };

export type FlowStep = {
  readonly definition: number;
  readonly source: FlowSource | null;
  /** null: not known */
  readonly path: TermPath | null;
};

const MAX_STEPS = 500;
/** A computed part matches anything: only what is written out can rule a value out. */
const AS_WRITTEN = { signedZero: false, root: () => "" } as const;
const WHOLE = new Set<Flow["kind"]>([
  "copy",
  "phi",
  "capture",
  "return",
  "call_argument",
  "call_return",
  "message",
  "exception",
]);

export class FunctionFlow {
  readonly code: FunctionSource;
  readonly #dfg: Dfg;
  readonly #into: readonly (readonly Flow[])[];
  readonly #calls: ReadonlyMap<number, string>;

  private constructor(code: FunctionSource, dfg: Dfg) {
    this.code = code;
    this.#dfg = dfg;
    const into: Flow[][] = dfg.definitions.map(() => []);
    for (const flow of dfg.flows) into[flow.to]?.push(flow);
    this.#into = into;
    this.#calls = callsOf(code, dfg);
  }

  static async of(code: FunctionSource): Promise<FunctionFlow> {
    const { buildCfg, buildDfg } = await import("@elixirscope/codegraph");
    const { fn, module, syntax } = code;
    const cfg = buildCfg(fn, module, syntax.ids);
    return new FunctionFlow(code, buildDfg(fn, module, cfg, syntax.ids));
  }

  /** Definitions that the target is made of; `clause`: the one that ran, null when that is not known. */
  startsOf(target: FlowTarget, path: TermPath, clause: number | null): readonly FlowStep[] {
    switch (target.kind) {
      case "result":
        return [this.#step(this.#dfg.result, path)];
      case "variable":
        return this.#named(target).map((definition) => this.#step(definition, path));
      case "node_argument":
      case "call_argument": {
        const calls = this.#dfg.definitions.flatMap((definition, i) => {
          const isIt =
            target.kind === "node_argument"
              ? definition.nodeId === target.nodeId
              : this.#calls.get(i) === target.function;
          return isIt && isOf(definition, clause) ? [i] : [];
        });
        return calls.flatMap((call) =>
          (this.#into[call] ?? []).flatMap((flow) => {
            const index = flow.kind === "pipe" ? 0 : flow.index;
            const isArgument = flow.kind === "pipe" || (flow.kind === "argument" && index >= 0);
            if (!isArgument || (target.index !== null && index !== target.index)) return [];
            return [this.#step(flow.from, target.index === null ? null : path)];
          }),
        );
      }
      default:
        return target satisfies never;
    }
  }

  /** One step back. None: the value is made here. */
  before({ definition, path }: FlowStep, clause: number | null): readonly FlowStep[] {
    return (this.#into[definition] ?? []).flatMap((flow) => {
      const from = this.#dfg.definitions[flow.from];
      if (from === undefined || !isOf(from, clause)) return [];
      const next = pathBefore(flow, path);
      return next === undefined ? [] : [this.#step(flow.from, next)];
    });
  }

  /** Names and arguments that an expression is computed from, through what has no name. */
  inputsOf(definition: number): readonly FlowInput[] {
    const found = new Map<number, FlowInput>();
    const seen = new Set([definition]);
    for (const at of seen) {
      for (const { from, kind } of this.#into[at] ?? []) {
        if (kind === "condition" || seen.size > MAX_STEPS) continue;
        const source = this.#sourceOf(from);
        if (source?.kind === "parameter")
          found.set(from, { name: `args[${source.index}]`, from: [source] });
        else if (source?.kind === "variable") {
          found.set(from, { name: source.name, from: this.#wholesOf(from) });
        } else seen.add(from);
      }
    }
    return [...found.values()];
  }

  /** What a value is as a whole, from itself on to what it is a copy of. */
  #wholesOf(definition: number): readonly FlowSource[] {
    const seen = new Set([definition]);
    for (const at of seen) {
      for (const flow of this.#into[at] ?? []) {
        if (seen.size < MAX_STEPS && WHOLE.has(flow.kind) && flow.path === null)
          seen.add(flow.from);
      }
    }
    return [...seen].flatMap((at) => this.#sourceOf(at) ?? []);
  }

  definition(index: number): Definition | undefined {
    return this.#dfg.definitions[index];
  }

  /** Is the value made by this expression: computed, put together, or given back by a call? */
  isMaking({ definition, path }: FlowStep): boolean {
    if (this.#dfg.definitions[definition]?.kind !== "value") return false;
    return (this.#into[definition] ?? []).every((flow) => {
      if (flow.kind === "construct") return pathBefore(flow, path) === undefined;
      return !WHOLE.has(flow.kind) && flow.kind !== "component";
    });
  }

  /** Can the expression have given this value, as far as it is written out? */
  canGive({ definition, path }: FlowStep, value: Term): boolean {
    const { kind, nodeId } = this.#dfg.definitions[definition] ?? {};
    if (kind !== "value" || path === null || nodeId == null) return true;
    const node = this.code.syntax.ids.nodeOf(nodeId);
    const last = node === null ? undefined : expressions(node).at(-1);
    const part = last === undefined ? null : writtenAt(last, path);
    if (part === null) return true;
    const { module } = this.code;
    const test = new ClauseTest({ patterns: [part], guard: null, module }, AS_WRITTEN);
    return test.test([value]).holds !== false;
  }

  #step(definition: number, path: TermPath | null): FlowStep {
    return { definition, source: this.#sourceOf(definition), path };
  }

  #sourceOf(index: number): FlowSource | null {
    const definition = this.#dfg.definitions[index];
    if (definition === undefined) return null;
    const { kind, name, start, end } = definition;
    const parameter = this.#dfg.parameters.indexOf(index);
    if (parameter >= 0) return { kind: "parameter", index: parameter };
    if (kind === "message") return { kind: "message" };
    if (kind === "pattern" && name !== null) return { kind: "variable", name, start, end };
    const called = this.#calls.get(index);
    return called === undefined ? null : { kind: "call", function: called };
  }

  /** At the node of the site that recorded it, else on its line. */
  #named({ name, nodeId, line }: Extract<FlowTarget, { kind: "variable" }>): readonly number[] {
    const node = nodeId === null ? null : this.code.syntax.ids.nodeOf(nodeId);
    return this.#dfg.definitions.flatMap((definition, i) => {
      if (definition.kind !== "pattern" || definition.name !== name) return [];
      const isThere =
        node === null
          ? definition.line === line
          : definition.start >= node.start && definition.end <= node.end;
      return isThere ? [i] : [];
    });
  }
}

/** What stands at a place of a tuple or map that is written out; null: it is not. */
function writtenAt(node: Node, path: TermPath): Node | null {
  let at: Node | undefined = node;
  for (const step of path) {
    if (at === undefined) return null;
    if (step.kind === "element") {
      const items: readonly Node[] =
        at.kind === "pair" ? [at.left, at.right] : isCall(at, "{}") ? at.args : [];
      at = items[step.index];
    } else if (step.kind === "key" && step.key.kind === "atom" && isCall(at, "%{}")) {
      const { name } = step.key;
      const entry: Node | undefined = at.args.find(
        (one) => one.kind === "pair" && one.left.kind === "atom" && one.left.name === name,
      );
      at = entry?.kind === "pair" ? entry.right : undefined;
    } else return null;
  }
  return at ?? null;
}

/** What belongs to no clause belongs to all. */
function isOf({ clause }: Definition, wanted: number | null): boolean {
  return wanted === null || clause < 0 || clause === wanted;
}

/** undefined: the value does not come this way. */
function pathBefore(flow: Flow, path: TermPath | null): TermPath | null | undefined {
  switch (flow.kind) {
    case "copy":
    case "phi":
    case "capture":
    case "return":
    case "call_argument":
    case "call_return":
    case "message":
    case "exception":
      return flow.path === null ? path : null;
    case "component": {
      const taken = parsed(flow.path);
      return path === null || taken === null ? null : [...taken, ...path];
    }
    case "construct": {
      const put = parsed(flow.path);
      if (path === null || put === null) return null;
      // the whole was put together here: its parts are no way to it
      if (path.length < put.length) return undefined;
      return wayText(path.slice(0, put.length)) === wayText(put)
        ? path.slice(put.length)
        : undefined;
    }
    case "argument":
      return flow.index < 0 ? undefined : null;
    case "pipe":
      return null;
    case "operand":
    case "condition":
      return undefined;
    default:
      return flow.kind satisfies never;
  }
}

function parsed(path: string | null): TermPath | null {
  const result = path === null ? null : parseTermPath(path);
  return result?.ok === true ? result.value : null;
}

/** The functions that values are results of, by definition. */
function callsOf({ syntax, module }: FunctionSource, dfg: Dfg): ReadonlyMap<number, string> {
  const calls = new Map<number, string>();
  dfg.definitions.forEach(({ kind, nodeId }, i) => {
    const node = kind === "value" && nodeId !== null ? syntax.ids.nodeOf(nodeId) : null;
    const target = node === null ? null : (module.names.targetOf(node)?.target ?? null);
    if (target !== null) calls.set(i, target);
  });
  return calls;
}
