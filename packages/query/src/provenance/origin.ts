// Value provenance: from a value at an event back to where it was made, through calls, variables, messages and
// states, across processes. Places that only passed the value on are told as one, with their number.

import type { SourceFile } from "../clauses/source-file.ts";
import { limitsOf } from "../limits.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
import type { Source } from "../sql.ts";
import { askedPlace } from "./asked-place.ts";
import { isCommon } from "./common-values.ts";
import type { FunctionFlow } from "./data-flow.ts";
import { equalValue } from "./equal-values.ts";
import { heldBy } from "./flow-search.ts";
import { firstStep, type Holder, type Place } from "./place.ts";
import { describePlaces, type Describe } from "./place-views.ts";
import type { OriginAnswer, OriginEnd, OriginHop, OriginView } from "@elixirscope/wire";
import { Tracer } from "./step-back.ts";
import { isSame, partsOf, wayText } from "./term-way.ts";
import type { Step } from "./walk-step.ts";

export type OriginOptions = {
  /** into what the event holds: `args[1].qty`, `result{1}`, `body{2}`, `state.items`, `.items[0]` */
  readonly path?: string;
  /** a variable at the event, or the latest of that name in its call */
  readonly name?: string;
  /** code for recordings that hold none: data flow is followed in it */
  readonly files?: readonly SourceFile[];
  readonly signal?: AbortSignal;
};

type Hop = Extract<Step, { kind: "hop" }> & {
  /** places in between that only passed it on, nearest first */
  readonly passed: readonly Place[];
};
type End = Extract<Step, { kind: "end" }>;

/** Steps that are gone back at the most, before passes are told as one. */
const MAX_STEPS = 500;
const MAX_PARTS = 12;
/** Places that only passed a value on are named up to so many per hop. */
const MOST_PASSED = 20;
const GIVEN =
  "code outside of the recording is read as it is now; what ran may have been another version";
const INGREDIENTS = ["messages", "states", "values", "lifecycle"] as const;

export async function origin(
  source: Source,
  event: number,
  { path = "", name, files = [], signal }: OriginOptions = {},
): Promise<OriginAnswer> {
  const asked = await askedPlace(source, event, path, name ?? null);
  if (!asked.ok) return { ok: false, missing: { message: asked.message, nearest: asked.nearest } };
  const tracer = await Tracer.of(source, files);
  const hops: Hop[] = [];
  const seen = new Set<string>();
  let at = asked.place;
  let end: End | null = null;
  while (end === null && hops.length < MAX_STEPS) {
    signal?.throwIfAborted();
    seen.add(keyOf(at));
    const step = await tracer.before(at);
    if (step.kind === "end") end = step;
    else if (seen.has(keyOf(step.place))) end = TOO_FAR;
    else {
      hops.push({ ...step, passed: [] });
      at = step.place;
    }
  }
  const told = collapsed(asked.place, hops);
  const walked = { asked: asked.place, hops: told, last: at, end: end ?? TOO_FAR };
  return { ok: true, view: await viewOf(source, walked, files) };
}

const TOO_FAR: End = {
  kind: "end",
  end: "too_far",
  text: `it goes on, but no further than ${MAX_STEPS} steps are told`,
  holders: [],
  made: null,
  maybe: [],
};

function keyOf({ kind, event, name, path }: Place): string {
  return `${kind} ${event} ${name ?? ""} ${wayText(path)}`;
}

/** Of a run of the same passes with the same value the last one is told. */
function collapsed(asked: Place, hops: readonly Hop[]): readonly Hop[] {
  const told: Hop[] = [];
  for (const hop of hops) {
    const before = told.at(-1);
    const from = before?.place ?? asked;
    if (before !== undefined && isPass(before, hop) && isSame(from.value, hop.place.value)) {
      told[told.length - 1] = {
        ...hop,
        confidence: weaker(before, hop).confidence,
        candidates: Math.max(before.candidates, hop.candidates),
        copies: before.copies + hop.copies + 1,
        passed: [...before.passed, before.place],
      };
    } else told.push(hop);
  }
  return told;
}

const PASSES: readonly OriginHop["how"][] = ["argument passed on", "returned", "state"];

function isPass(one: Hop, other: Hop): boolean {
  return one.how === other.how && PASSES.includes(one.how);
}

function weaker(one: Hop, other: Hop): Hop {
  return other.confidence === "exact" ? one : other;
}

type Walked = {
  readonly asked: Place;
  readonly hops: readonly Hop[];
  readonly last: Place;
  readonly end: End;
};

async function viewOf(
  source: Source,
  { asked, hops, last, end }: Walked,
  files: readonly SourceFile[],
): Promise<OriginView> {
  const style = styleOf(source.manifest);
  const parts = partsIn(last, end.holders);
  const inputs = end.made === null ? [] : inputsOf(end.made, end.holders);
  const describe = await describePlaces(source, [
    asked,
    ...hops.flatMap(({ place, passed }) => [place, ...passed.slice(0, MOST_PASSED)]),
    ...end.maybe,
    ...parts.map(({ place }) => place),
  ]);
  const places = [asked, ...hops.map(({ place }) => place)];
  const pids = [...new Set(places.map(({ pid }) => pid))];
  const from = Math.min(...places.map(({ t }) => t));
  return {
    value: printTerm(asked.value, "line", style),
    asked: describe(asked),
    hops: hops.map(({ place, how, confidence, candidates, copies, passed }) => ({
      place: describe(place),
      how,
      confidence,
      candidates,
      copies,
      passed: passed.slice(0, MOST_PASSED).map(describe),
    })),
    end: endView(end, inputs, parts, describe, style),
    limits: [
      ...(await limitsOf(source, { pids, from, to: asked.t }, INGREDIENTS)),
      ...(files.length === 0 ? [] : [GIVEN]),
    ],
  };
}

type Part = { readonly path: string; readonly place: Place };

/** Of a value that was put together where the walk ends: where its parts were. */
function partsIn(whole: Place, holders: readonly Holder[]): readonly Part[] {
  return partsOf(whole.value)
    .slice(0, MAX_PARTS)
    .flatMap(([step, value]) => {
      if (isCommon(value)) return [];
      const found = equalValue(
        { ...whole, root: value, path: [], value, kind: "binding" },
        holders,
      );
      return found.kind === "found" ? [{ path: wayText([step]), place: found.place }] : [];
    });
}

type Input = { readonly name: string; readonly place: Place };

function inputsOf(
  { flow, definition }: { readonly flow: FunctionFlow; readonly definition: number },
  holders: readonly Holder[],
): readonly Input[] {
  return flow.inputsOf(definition).flatMap(({ name, from }): readonly Input[] => {
    for (const source of from) {
      const place = heldBy(source, holders);
      if (place !== null) return [{ name, place }];
    }
    return [];
  });
}

function endView(
  { end, text, made, maybe }: End,
  inputs: readonly Input[],
  parts: readonly Part[],
  describe: Describe,
  style: TermStyle,
): OriginEnd {
  const definition = made?.flow.definition(made.definition);
  return {
    kind: end,
    text,
    expression:
      made === null || definition === undefined
        ? null
        : {
            text: made.flow.code.text
              .slice(definition.start, definition.end)
              .replaceAll(/\s+/g, " "),
            file: made.flow.code.file,
            line: definition.line,
          },
    inputs: inputs.map(({ name, place }) => ({
      name,
      text: printTerm(place.value, "line", style),
      event: place.event,
    })),
    parts: parts.map(({ path, place }) => ({ path, place: describe(place) })),
    maybe: maybe.filter((place) => place.path.length >= firstStep(place)).map(describe),
  };
}
