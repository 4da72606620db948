// Do the values that were observed flow as the data-flow graph says?
//
// A token that was seen in a value has a path to there from where it came into the function: an argument,
// its literal, the call that made it. What could be observed on the path must have been seen with it.
// What is a copy of one definition has its value.

import type { Dfg, FlowKind } from "@elixirscope/codegraph";
import { observations, Places, type Observation } from "./flow-observations.ts";
import { ANYWHERE, before, isAt } from "./flow-paths.ts";
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
type Into = Omit<Flow, "to"> & { readonly path: string | null; readonly cut: boolean };

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
  /** tokens that a definition was seen with so far and where in it; absent when it was not seen */
  readonly #held = new Map<number, Map<number, Set<string>>>();
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
      into[to]?.push({ from, kind, path, cut: path?.includes("<<") === true });
    }
    this.#into = into;
  }

  observe(observation: Observation): void {
    const { kind, definition, value, frame, given } = observation;
    const [, tokens, paths] = value;
    this.#compare(observation);
    const held = this.#held.get(definition) ?? new Map<number, Set<string>>();
    this.#held.set(definition, held);
    for (const [index, token] of tokens.entries()) {
      const path = paths[index] ?? ANYWHERE;
      held.set(token, (held.get(token) ?? new Set()).add(path));
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
      this.#explain(observation, token, path);
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
    const behind = [...this.#behind(definition)];
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

  #explain({ definition, frame }: Observation, token: number, path: string): void {
    this.#report.tokens += 1;
    const key = `${String(definition)} ${String(token)} ${path}`;
    if (this.#explained.has(key)) return;
    const way = this.#wayFromOrigin(definition, token, path);
    if (way === null) {
      const from = [...(this.#origins.get(token) ?? [])].map((index) => this.#name(index));
      const place = path === "" ? "" : ` at ${path}`;
      this.#fail(
        definition,
        `token ${String(token)}${place} of ${from.join(" or ")} has no path`,
        frame,
      );
      return;
    }
    this.#explained.add(key);
    for (const flow of way) this.#report.used.add(flowName(this.#owner, flow));
  }

  /**
   * The flows by which the token came from an origin to its place in `definition`, last first; null when
   * there are none. A definition that was seen without the token in that place, or would have been seen,
   * is no way for it.
   */
  #wayFromOrigin(definition: number, token: number, path: string): readonly Flow[] | null {
    const origins = this.#origins.get(token) ?? NOTHING;
    type State = {
      readonly at: number;
      readonly path: string;
      readonly by: Flow | null;
      readonly next: State | null;
    };
    const first: State = { at: definition, path, by: null, next: null };
    const queue = [first];
    const reached = new Set([`${String(definition)} ${path}`]);
    // grows while it is gone through, so that short ways come first
    for (const state of queue) {
      if (origins.has(state.at)) {
        const way: Flow[] = [];
        for (let step: State | null = state; step !== null; step = step.next) {
          if (step.by !== null) way.push(step.by);
        }
        return way;
      }
      for (const { from, kind, path: selector } of this.#into[state.at] ?? []) {
        const place = before(kind, selector, state.path);
        if (place === null) continue;
        const key = `${String(from)} ${place}`;
        if (reached.has(key)) continue;
        reached.add(key);
        if (!origins.has(from) && !this.#mayHold(from, token, place)) continue;
        queue.push({ at: from, path: place, by: { from, to: state.at, kind }, next: state });
      }
    }
    return null;
  }

  #mayHold(definition: number, token: number, path: string): boolean {
    const held = this.#held.get(definition);
    if (held === undefined) return !this.#places.observable.has(definition);
    const places = held.get(token);
    return places !== undefined && isAt(places, path);
  }

  /** Definitions from which `definition` is reached, itself included. */
  #behind(definition: number): ReadonlySet<number> {
    const found = new Set([definition]);
    for (const to of found) for (const { from } of this.#into[to] ?? []) found.add(from);
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
    const within = value[1].every((token) => whole[1].includes(token));
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
  return given.some(([, tokens]) => tokens.includes(token));
}

const patterns = new Map<number, RegExp>();

/** A number with or without underscores. */
function asWritten(token: number): RegExp {
  const known = patterns.get(token) ?? new RegExp(String(token).split("").join("_?"));
  patterns.set(token, known);
  return known;
}
