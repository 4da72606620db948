// What is held against each other: two stretches of this recording, or a stretch of it (all of it where none is
// pinned) and another recording, of which a stretch may be chosen, too.

import type { TimeRange } from "@elixirscope/wire";
import { useLoader } from "../../frame/use-loader.ts";
import type { Cinema } from "../../model/cinema.ts";
import type { Loaded } from "../../model/loader.ts";
import { rangeOf } from "./params.ts";

const MOST_FUNCTIONS = 60;

type Asked<P> = { readonly subject: string; readonly params: P } | null;
type Sides = { readonly a: TimeRange; readonly b: TimeRange };
type WithOther = { readonly other: string; readonly a: TimeRange; readonly b?: TimeRange };

export function isCompared(cinema: Cinema): boolean {
  return within(cinema) !== null || withOther(cinema) !== null;
}

/** Null: another recording is chosen, or a side is not pinned. */
function within(cinema: Cinema): Sides | null {
  const [a, b] = pinned(cinema);
  if (cinema.param("performance.with").value !== "" || a === null || b === null) return null;
  return { a, b };
}

/** Null: no other recording is chosen, or nothing is recorded yet. */
function withOther(cinema: Cinema): WithOther | null {
  const other = cinema.param("performance.with").value;
  const [first, b] = pinned(cinema);
  const a = first ?? whole(cinema);
  if (other === "" || a === null) return null;
  return { other, a, ...(b === null ? {} : { b }) };
}

function pinned(cinema: Cinema): readonly [a: TimeRange | null, b: TimeRange | null] {
  return [
    rangeOf(cinema.param("performance.a").value),
    rangeOf(cinema.param("performance.b").value),
  ];
}

function whole(cinema: Cinema): TimeRange | null {
  if (cinema.info.value === null) return null;
  const { t0, t1 } = cinema.bounds.value;
  return { t0, t1: Math.max(t0 + 1, t1) };
}

export function useComparison(cinema: Cinema): Loaded<"compare"> | Loaded<"compareWith"> {
  const here = useLoader("compare", () => changesOf(within(cinema)), "still");
  const there = useLoader("compareWith", () => changesOf(withOther(cinema)), "still");
  return cinema.param("performance.with").value === "" ? here : there;
}

function changesOf<S extends object>(sides: S | null): Asked<S & { limit: number }> {
  if (sides === null) return null;
  return { subject: JSON.stringify(sides), params: { ...sides, limit: MOST_FUNCTIONS } };
}

/** The calls of one function on both sides. */
export function useCallComparison(
  cinema: Cinema,
): Loaded<"compareCalls"> | Loaded<"compareCallsWith"> {
  const mfa = cinema.param("performance.changed");
  const here = useLoader("compareCalls", () => callsOf(within(cinema), mfa.value), "still");
  const there = useLoader("compareCallsWith", () => callsOf(withOther(cinema), mfa.value), "still");
  return cinema.param("performance.with").value === "" ? here : there;
}

function callsOf<S extends object>(sides: S | null, mfa: string): Asked<S & { function: string }> {
  if (sides === null || mfa === "") return null;
  return { subject: mfa, params: { ...sides, function: mfa } };
}
