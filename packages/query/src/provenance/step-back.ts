// One step back: from a place to the nearest one before it that the value came from, or why there is none.

import type { SourceFile } from "../clauses/source-file.ts";
import { FunctionSources } from "../clauses/function-source.ts";
import { functionText } from "../interned.ts";
import { asNumberOrNull, asTextOrNull, select, sql, type Source } from "../sql.ts";
import {
  callbackArgument,
  replyFromCallback,
  ruled,
  stateFromCallback,
} from "./behaviour-rules.ts";
import { FunctionFlow, type FlowTarget } from "./data-flow.ts";
import { equalValue } from "./equal-values.ts";
import { flowSearch, type FlowFind } from "./flow-search.ts";
import {
  argumentsHolder,
  frameHolders,
  frameOf,
  processHolders,
  stateHolders,
  type Frame,
} from "./frames.ts";
import { sendOf, sendTargets } from "./message-ends.ts";
import { placeIn, type Holder, type Place } from "./place.ts";
import { follow, isSame, waysTo } from "./term-way.ts";
import { end, hop, type Step } from "./walk-step.ts";

const STATES_AT_A_TIME = 64;
const MAX_STATES = 2_048;
/** The rest is too far back to be weighed. */
const LOOKED_AT = "none of the latest values";

export class Tracer {
  readonly #source: Source;
  readonly #sources: FunctionSources;
  readonly #flows = new Map<string, FunctionFlow | null>();

  private constructor(source: Source, sources: FunctionSources) {
    this.#source = source;
    this.#sources = sources;
  }

  /** `files`: code for recordings that hold none. */
  static async of(source: Source, files: readonly SourceFile[]): Promise<Tracer> {
    return new Tracer(source, await FunctionSources.of(source, files));
  }

  async before(place: Place): Promise<Step> {
    switch (place.kind) {
      case "received":
        return await sendOf(this.#source, place);
      case "state":
        return await this.#state(place);
      case "argument":
        return await this.#argument(place);
      case "result":
      case "exception":
        return await this.#inFrame(place, place.call, [{ kind: "result" }]);
      case "binding":
        return await this.#binding(place);
      case "sent":
        return await this.#inFrame(place, place.call, await sendTargets(this.#source, place));
      case "spawn":
        return await this.#inFrame(place, place.call, []);
      default:
        return place.kind satisfies never;
    }
  }

  /** Back over the states that had it at the same place. */
  async #state(place: Place): Promise<Step> {
    let first: Place | null = null;
    let copies = -1;
    let at: Holder = place;
    for (let looked = 0; looked < MAX_STATES; looked += STATES_AT_A_TIME) {
      const states = await stateHolders(this.#source, place.pid, at, 0, STATES_AT_A_TIME);
      const until = states.findIndex((state) => {
        const before = follow(state.root, place.path);
        return before === undefined || !isSame(before, place.value);
      });
      const same = until < 0 ? states : states.slice(0, until);
      const oldest = same.at(-1);
      if (oldest !== undefined) {
        first = placeIn(oldest, place.path);
        copies += same.length;
        at = oldest;
      }
      if (until >= 0 || states.length < STATES_AT_A_TIME) break;
    }
    if (first !== null) {
      return {
        kind: "hop",
        place: first,
        how: "state",
        confidence: "exact",
        candidates: 1,
        copies,
      };
    }
    return await this.#around(place, null);
  }

  async #argument(place: Place): Promise<Step> {
    const frame = place.call === null ? null : await frameOf(this.#source, place.call);
    if (frame === null) return end("not_recorded", "its call is no longer in the recording");
    if (frame.parent === null) return await this.#around(place, frame);
    const [first] = place.path;
    const index = first?.kind === "index" ? first.index : 0;
    const target = { kind: "call_argument", function: functionText(frame), index } as const;
    return await this.#inFrame(place, frame.parent, [target]);
  }

  async #binding(place: Place): Promise<Step> {
    const { name, site, call, event } = place;
    const frame = call === null ? null : await frameOf(this.#source, call);
    const args = frame === null ? null : argumentsHolder(frame);
    if (frame !== null && args !== null && event === call) return fromPattern(place, args);
    if (name === null || site === null) return await this.#inFrame(place, call, []);
    const [row] = await select(
      this.#source,
      sql`SELECT node_id, line FROM raw.sites WHERE site = ${site} LIMIT 1`,
    );
    const nodeId = asTextOrNull(row?.[0]);
    const line = asNumberOrNull(row?.[1]) ?? 0;
    return await this.#inFrame(place, call, [{ kind: "variable", name, nodeId, line }]);
  }

  async #inFrame(place: Place, call: number | null, targets: readonly FlowTarget[]): Promise<Step> {
    const frame = call === null ? null : await frameOf(this.#source, call);
    if (frame === null) return await this.#around(place, null);
    const { holders, isCut } = await frameHolders(this.#source, frame, place);
    const flow = await this.#flowOf(frame);
    const found = flow === null ? null : searched(flow, targets, place, frame, holders);
    if (found !== null && found.place !== null) {
      return hop(found.place, null, found.isExact ? "exact" : "inferred", found.candidates);
    }
    const mfa = functionText(frame);
    if (flow !== null && found !== null && found.made !== null && found.isExact && !isCut) {
      const made = { flow, definition: found.made };
      return { ...end("made", `made in ${mfa}`, holders), made };
    }
    const equal = this.#equal(place, holders);
    if (equal !== null) return equal;
    const why =
      flow === null ? "its code is not known here" : "its code does not tell which expression did";
    return end(
      "made",
      `made in ${mfa}: ${isCut ? LOOKED_AT : "nothing that was recorded in it before"} holds it; ${why}`,
      holders,
    );
  }

  /** In the process, outside of calls. */
  async #around(place: Place, frame: Frame | null): Promise<Step> {
    const { holders, isCut } = await processHolders(this.#source, place.pid, place);
    const byContract =
      frame !== null
        ? callbackArgument(place, frame, holders)
        : place.kind === "state"
          ? ruled(stateFromCallback(place, holders))
          : place.kind === "sent"
            ? ruled(replyFromCallback(place, holders))
            : null;
    if (byContract !== null) {
      const { place: from, candidates } = byContract;
      return hop(from, null, candidates === 1 ? "exact" : "inferred", candidates);
    }
    return (
      this.#equal(place, holders) ??
      end(
        "not_recorded",
        `${isCut ? LOOKED_AT : "nothing that was recorded"} in this process before holds it`,
        holders,
      )
    );
  }

  #equal(place: Place, holders: readonly Holder[]): Step | null {
    const equal = equalValue(place, holders);
    if (equal.kind === "found") return hop(equal.place, null, "inferred", equal.candidates);
    if (equal.kind === "none") return null;
    const text =
      "too common to tell: equal values are in several places, and no data flow is known here";
    return { ...end("too_common", text), maybe: equal.places };
  }

  async #flowOf(frame: Frame): Promise<FunctionFlow | null> {
    // a closure has its function's code around it, with other arguments
    if (frame.siteKind === "fn_clause" || frame.name.startsWith("-")) return null;
    const key = functionText(frame);
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      const code = await this.#sources.find(frame);
      flow = code === null ? null : await FunctionFlow.of(code);
      this.#flows.set(key, flow);
    }
    return flow;
  }
}

function searched(
  flow: FunctionFlow,
  targets: readonly FlowTarget[],
  place: Place,
  frame: Frame,
  holders: readonly Holder[],
): FlowFind | null {
  for (const target of targets) {
    // of an argument and of a wrapped message the first step leads to what the code names
    const isWithin =
      place.kind === "argument" ||
      (place.kind === "sent" &&
        target.kind !== "result" &&
        target.kind !== "variable" &&
        target.index !== null);
    const wanted = { path: place.path.slice(isWithin ? 1 : 0), value: place.value };
    const found = flowSearch(flow, target, wanted, frame, holders);
    if (found !== null) return found;
  }
  return null;
}

/** What a clause binds is part of its arguments, however common it is. */
function fromPattern(place: Place, args: Holder): Step {
  const ways = waysTo(place.value, args.root).filter(({ length }) => length > 0);
  const [way] = ways;
  const from = way === undefined ? null : placeIn(args, way);
  return from === null
    ? end("made", "made by the pattern of the clause: its arguments do not hold it as it is")
    : hop(from, "pattern", ways.length === 1 ? "exact" : "inferred", ways.length);
}
