// Asks a condition of what happened, step by step: the variables of each running call are kept, and the
// condition is asked when all of them are known, and again when one of them changes.

import type { Term } from "@elixirscope/etf";
import { atomKey, fetch } from "../condition/access.ts";
import type { Condition } from "../condition/condition.ts";
import { cutValue } from "../condition/value-shape.ts";
import { areSame, FrameValues, type IsVisible } from "./frame-values.ts";
import type { Step, Values } from "./step.ts";

export type Trigger = "call" | "binding" | "return" | "line" | "state" | "node";

/** A step at which the condition held, with the values that it was asked of. */
export type Found = {
  readonly trigger: Trigger;
  readonly step: Step;
  readonly function: number | null;
  readonly values: Values;
};

export type WatchCounters = {
  /** how often the condition was asked */
  asked: number;
  /** part of a value was cut or not recorded */
  unknown: number;
  /** it would have raised */
  raised: number;
  firstRaised: string | null;
  /** calls whose variables were let go of, because too many ran at once */
  forgotten: number;
};

export type WatcherOptions = {
  /** of a watch on a line: the sites there; null: everywhere in the functions */
  readonly lineSites: ReadonlySet<number> | null;
  /** false: all that is asked is known when a call begins, its end will not be told */
  readonly followsCalls: boolean;
  readonly isVisible: IsVisible;
};

type Frame = {
  readonly function: number | null;
  /** where it began */
  readonly head: number | null;
  readonly values: FrameValues;
  /** what the condition was last asked of */
  asked: Values | null;
  /** of a watch on a line: sites that were passed since the line began, and whether it was reported */
  readonly passed: Set<number>;
  isReported: boolean;
};

const MAX_FRAMES = 100_000;
const RESULT = "result";

export class Watcher {
  readonly counters: WatchCounters = {
    asked: 0,
    unknown: 0,
    raised: 0,
    firstRaised: null,
    forgotten: 0,
  };
  readonly #condition: Condition;
  readonly #frames = new Map<number, Frame>();
  readonly #seen = new Set<string>();
  #options: WatcherOptions;

  constructor(condition: Condition, options: WatcherOptions) {
    this.#condition = condition;
    this.#options = options;
  }

  /** What is watched may become more while it is recorded. */
  follow(options: WatcherOptions): void {
    this.#options = options;
  }

  /** Variables that had a value at some time. */
  get seen(): ReadonlySet<string> {
    return this.#seen;
  }

  /** Takes in what was there before the first step, without asking. */
  seed(step: Step): void {
    if (step.kind === "enter") this.#begin(step);
    if (step.kind === "bind") this.#keep(this.#frameOf(step.call), step);
  }

  step(step: Step): Found | null {
    switch (step.kind) {
      case "enter":
        return this.#at(step, this.#begin(step), "call");
      case "bind": {
        const frame = this.#frameOf(step.call);
        this.#keep(frame, step);
        return this.#at(step, frame, "binding");
      }
      case "exit":
        return this.#exit(step);
      case "state":
        return this.#state(step);
      default:
        return step satisfies never;
    }
  }

  #begin(step: Extract<Step, { kind: "enter" }>): Frame {
    const frame = this.#newFrame(step.call, step.function, step.site);
    this.#keep(frame, step);
    return frame;
  }

  #newFrame(call: number, ofFunction: number | null, head: number | null): Frame {
    const frame = {
      function: ofFunction,
      head,
      values: new FrameValues(),
      asked: null,
      passed: new Set<number>(),
      isReported: false,
    };
    if (this.#options.followsCalls) this.#frames.set(call, frame);
    if (this.#frames.size > MAX_FRAMES) {
      // the oldest: most likely its end was lost
      const [oldest] = this.#frames.keys();
      if (oldest !== undefined) this.#frames.delete(oldest);
      this.counters.forgotten += 1;
    }
    return frame;
  }

  #frameOf(call: number): Frame {
    return this.#frames.get(call) ?? this.#newFrame(call, null, null);
  }

  #keep(
    frame: Frame,
    { site, values }: { readonly site: number | null; readonly values: Values },
  ): void {
    for (const name of values.keys()) this.#seen.add(name);
    frame.values.keep(site, values);
  }

  #at(step: Step, frame: Frame, trigger: Trigger): Found | null {
    const values = frame.values.at(step.site, this.#options.isVisible);
    const isChanged = frame.asked === null || !areSame(frame.asked, values);
    if (this.#options.lineSites !== null) return this.#onLine(step, frame, values, isChanged);
    if (!isChanged || this.#condition.variables.has(RESULT)) return null;
    return this.#ask(step, frame, values, trigger);
  }

  /** Several sites of a line are one visit of it, until a site comes again. */
  #onLine(step: Step, frame: Frame, values: Values, isChanged: boolean): Found | null {
    if (step.site === null || this.#options.lineSites?.has(step.site) !== true) return null;
    if (frame.passed.has(step.site)) {
      frame.passed.clear();
      frame.isReported = false;
    }
    frame.passed.add(step.site);
    if (frame.isReported && !isChanged) return null;
    const found = this.#ask(step, frame, values, "line");
    frame.isReported ||= found !== null;
    return found;
  }

  #exit(step: Extract<Step, { kind: "exit" }>): Found | null {
    const frame = this.#frames.get(step.call);
    this.#frames.delete(step.call);
    if (frame === undefined || step.result === null) return null;
    if (this.#options.lineSites !== null || !this.#condition.variables.has(RESULT)) return null;
    this.#seen.add(RESULT);
    // of what inner blocks bound too, the outer one is what the whole function means by the name
    const values = new Map(frame.values.at(frame.head, this.#options.isVisible));
    values.set(RESULT, step.result);
    return this.#ask(step, frame, values, "return");
  }

  #state(step: Extract<Step, { kind: "state" }>): Found | null {
    const { state } = step;
    if (state === null) {
      this.counters.asked += 1;
      this.counters.unknown += 1;
      return null;
    }
    const values = new Map<string, Term>();
    for (const name of this.#condition.variables) {
      const value = name === "state" ? state : fieldOf(state, name);
      // a field that is not there is nothing to ask about; one that may have been cut is open
      if (value === "missing") return null;
      this.#seen.add(name);
      if (value !== "unknown") values.set(name, value);
    }
    return this.#test(step, null, values, "state");
  }

  #ask(step: Step, frame: Frame, values: Values, trigger: Trigger): Found | null {
    for (const name of this.#condition.variables) if (!values.has(name)) return null;
    frame.asked = values;
    return this.#test(step, frame.function, values, trigger);
  }

  #test(step: Step, ofFunction: number | null, values: Values, trigger: Trigger): Found | null {
    this.counters.asked += 1;
    const verdict = this.#condition.test((name) => values.get(name));
    if (verdict.kind === "holds") return { trigger, step, function: ofFunction, values };
    if (verdict.kind === "unknown") this.counters.unknown += 1;
    if (verdict.kind === "raised") {
      this.counters.raised += 1;
      this.counters.firstRaised ??= verdict.message;
    }
    return null;
  }
}

function fieldOf(state: Term, name: string): Term | "missing" | "unknown" {
  if (state.kind === "map") return fetch(state, atomKey(name));
  return cutValue(state) === null ? "missing" : "unknown";
}
