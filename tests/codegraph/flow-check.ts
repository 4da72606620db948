// Do the values that were observed flow as the data-flow graph says?
//
// A token that was seen in a value has a path to there from where it came into the function: an argument,
// its literal, the call that made it. What could be observed on the path must have been seen with it.
// What is a copy of one definition has its value.

import type { Dfg, FlowKind } from "@elixirscope/codegraph";
import { observations, Places, type Observation } from "./flow-observations.ts";
import type { Frame } from "./frames.ts";
import type { FunctionGraphs, Graphs } from "./graphs.ts";
import type { Seen } from "./observe.ts";

export type FlowReport = {
  /** tokens in values that have their path */
  tokens: number;
  copies: number;
  /** what could not be told: a value that no definition stands for, a token from nowhere */
  untold: number;
  /** flows that are part of an explanation, as `without` names them */
  readonly used: Set<string>;
  readonly failures: string[];
};

export function flowReport(): FlowReport {
  return { tokens: 0, copies: 0, untold: 0, used: new Set(), failures: [] };
}

/**
 * Checks one run: for each function its activations and closures together. `without` is a flow to do
 * without, with those of its kind between the same definitions.
 */
export function checkFlows(
  source: string,
  graphs: Graphs,
  frames: readonly Frame[],
  report: FlowReport,
  without: string | null = null,
): void {
  const byOwner = new Map<FunctionGraphs, Frame[]>();
  for (const frame of frames) {
    const owner = ownerOf(graphs, frame);
    if (owner !== undefined) byOwner.set(owner, [...(byOwner.get(owner) ?? []), frame]);
  }
  for (const [owner, own] of byOwner) {
    const places = new Places(graphs, owner);
    const { list, unplaced } = observations(graphs, places, own);
    report.untold += unplaced;
    const check = new FlowCheck(source, owner, places, report, without);
    for (const observation of list) check.observe(observation);
  }
}

function ownerOf(graphs: Graphs, frame: Frame): FunctionGraphs | undefined {
  return frame.kind === "def"
    ? graphs.functions.get(`${frame.name}/${String(frame.number)}`)
    : graphs.closures.get(frame.number)?.owner;
}

type Flow = { readonly from: number; readonly to: number; readonly kind: FlowKind };

/** `cut`: a piece of a binary, in which tokens are not what they were */
type Into = Omit<Flow, "to"> & { readonly cut: boolean };

/** `f/2 copy 3 7` */
function flowName({ name, arity }: FunctionGraphs, { kind, from, to }: Flow): string {
  return [`${name}/${String(arity)}`, kind, String(from), String(to)].join(" ");
}

export function kindOfFlow(name: string): FlowKind {
  return name.split(" ")[1] as FlowKind;
}

const NOTHING: ReadonlySet<number> = new Set();

/** tokens below are written in programs */
const FIRST_RUN_TOKEN = 1_100_000_000;

class FlowCheck {
  readonly #source: string;
  readonly #owner: FunctionGraphs;
  readonly #dfg: Dfg;
  readonly #places: Places;
  readonly #report: FlowReport;
  readonly #into: readonly (readonly Into[])[];
  /** tokens that a definition was seen with, so far; absent when it was not seen */
  readonly #held = new Map<number, Set<number>>();
  /** where a token came into the function */
  readonly #origins = new Map<number, Set<number>>();
  /** tokens whose origin has been looked for */
  readonly #settled = new Set<number>();
  readonly #explained = new Set<string>();
  /** by frame and definition, its latest value */
  readonly #latest = new Map<string, Seen>();

  constructor(
    source: string,
    owner: FunctionGraphs,
    places: Places,
    report: FlowReport,
    without: string | null,
  ) {
    this.#source = source;
    this.#owner = owner;
    this.#dfg = owner.dfg;
    this.#places = places;
    this.#report = report;
    const into: Into[][] = owner.dfg.definitions.map(() => []);
    for (const { from, to, kind, path } of owner.dfg.flows) {
      if (kind === "condition" || flowName(owner, { kind, from, to }) === without) continue;
      into[to]?.push({ from, kind, cut: path?.includes("<<") === true });
    }
    this.#into = into;
  }

  observe(observation: Observation): void {
    const { kind, definition, value, frame, given } = observation;
    const [, ...tokens] = value;
    this.#compare(observation);
    const held = this.#held.get(definition) ?? new Set();
    this.#held.set(definition, held);
    for (const token of tokens) {
      held.add(token);
      const written = this.#isWritten(token);
      if (kind === "parameter") {
        this.#originate(token, definition);
        continue;
      }
      // a literal that is only an argument is no definition; another function may return anything
      const isNewHere =
        kind === "closure_parameter" ? written : kind === "local_call" && !isGiven(given, token);
      if (isNewHere) this.#originate(token, definition);
      const isBrought = this.#origins.has(token) && !written;
      if (!isBrought && !this.#settled.has(token)) {
        this.#settled.add(token);
        if (!this.#findOrigin(observation, token)) continue;
      }
      this.#explain(observation, token);
    }
    if (kind !== "raised") this.#latest.set(`${String(frame.at)} ${String(definition)}`, value);
  }

  #originate(token: number, definition: number): void {
    const origins = this.#origins.get(token) ?? new Set();
    this.#origins.set(token, origins.add(definition));
  }

  /** For a token that was not seen before; false if it cannot be told. */
  #findOrigin({ kind, definition, given }: Observation, token: number): boolean {
    if (this.#isWritten(token)) {
      const literal = this.#literal(token);
      if (literal !== undefined) this.#originate(token, literal);
      // one that is only an operand is no definition: it comes in with what is made of it first
      const { start, end } = this.#dfg.definitions[literal ?? -1] ?? { start: 0, end: 0 };
      if (/^[\d_]+$/.test(this.#source.slice(start, end))) return true;
      this.#originate(token, definition);
      this.#dfg.definitions.forEach((_, index) => {
        if (this.#isUnseen(index) && this.#into[index]?.length === 0) this.#originate(token, index);
      });
      return true;
    }
    if (kind !== "bound" && kind !== "result" && kind !== "raised" && !isGiven(given, token)) {
      this.#originate(token, definition);
      return true;
    }
    const behind = [...this.#behind(definition, null).keys()];
    const outside = behind.filter((index) => {
      const found = this.#dfg.definitions[index]?.kind;
      return found === "message" || found === "exception";
    });
    // otherwise made by something that nobody saw
    const unseen = behind.filter((index) => this.#isUnseen(index));
    for (const index of [...outside, ...unseen]) this.#originate(token, index);
    if (outside.length === 0) this.#report.untold += 1;
    return outside.length > 0;
  }

  /** Something is made here and no probe tells what. */
  #isUnseen(index: number): boolean {
    return this.#dfg.definitions[index]?.kind === "value" && !this.#places.observable.has(index);
  }

  #isWritten(token: number): boolean {
    return token < FIRST_RUN_TOKEN && asWritten(token).test(this.#source);
  }

  /** The innermost definition in whose text the token is written; of an operand there may be none. */
  #literal(token: number): number | undefined {
    const at = this.#source.search(asWritten(token));
    let best: number | undefined;
    let length = Infinity;
    this.#dfg.definitions.forEach(({ kind, start, end }, index) => {
      if (kind !== "value" || start > at || end <= at || end - start >= length) return;
      best = index;
      length = end - start;
    });
    return best;
  }

  #explain({ definition, frame }: Observation, token: number): void {
    this.#report.tokens += 1;
    const key = `${String(definition)} ${String(token)}`;
    if (this.#explained.has(key)) return;
    const origins = this.#origins.get(token) ?? NOTHING;
    const behind = this.#behind(definition, token);
    const origin = [...origins].find((index) => behind.has(index));
    if (origin === undefined) {
      const from = [...origins].map((index) => this.#name(index)).join(" or ");
      this.#fail(definition, `token ${String(token)} of ${from} has no path`, frame);
      return;
    }
    this.#explained.add(key);
    for (let flow = behind.get(origin) ?? null; flow !== null; flow = behind.get(flow.to) ?? null) {
      this.#report.used.add(flowName(this.#owner, flow));
    }
  }

  /**
   * Definitions from which `definition` is reached, with the first flow of the way there. One that was
   * seen without `token`, or would have been seen, is no way for it.
   */
  #behind(definition: number, token: number | null): ReadonlyMap<number, Flow | null> {
    const found = new Map<number, Flow | null>([[definition, null]]);
    const origins = token === null ? NOTHING : (this.#origins.get(token) ?? NOTHING);
    // grows while it is gone through, so that near definitions come first
    for (const to of found.keys()) {
      for (const { from, kind } of this.#into[to] ?? []) {
        if (found.has(from)) continue;
        const held =
          this.#held.get(from) ?? (this.#places.observable.has(from) ? NOTHING : undefined);
        if (token !== null && held?.has(token) === false && !origins.has(from)) continue;
        found.set(from, { from, to, kind });
      }
    }
    return found;
  }

  /** What is made of one definition alone has its value, or no token that it has not. */
  #compare({ definition, value, frame }: Observation): void {
    const [only, ...others] = this.#into[definition] ?? [];
    if (only === undefined || others.length > 0 || only.cut) return;
    if (only.kind !== "copy" && only.kind !== "component") return;
    const whole = this.#latest.get(`${String(frame.at)} ${String(only.from)}`);
    if (whole === undefined) return;
    this.#report.copies += 1;
    const same = only.kind === "component" || whole[0] === value[0];
    const within = value.slice(1).every((token) => whole.includes(token, 1));
    if (!same || !within) {
      this.#fail(definition, `is no ${only.kind} of ${this.#name(only.from)}`, frame);
    }
  }

  #name(index: number): string {
    const definition = this.#dfg.definitions[index];
    if (definition === undefined) return "?";
    const { kind, name, line, start, end } = definition;
    const text = this.#source.slice(start, Math.min(end, start + 30)).replaceAll(/\s+/g, " ");
    return `${kind} ${name ?? text} (${String(line)})`;
  }

  #fail(definition: number, what: string, frame: Frame): void {
    const { name, arity } = this.#owner;
    const inside = frame.kind === "fn" ? ` fn at ${String(frame.number)}` : "";
    this.#report.failures.push(
      `${name}/${String(arity)}${inside}: ${this.#name(definition)} ${what}`,
    );
  }
}

function isGiven(given: readonly Seen[], token: number): boolean {
  return given.some((value) => value.includes(token, 1));
}

const patterns = new Map<number, RegExp>();

/** A number with or without underscores. */
function asWritten(token: number): RegExp {
  const known = patterns.get(token) ?? new RegExp(String(token).split("").join("_?"));
  patterns.set(token, known);
  return known;
}
