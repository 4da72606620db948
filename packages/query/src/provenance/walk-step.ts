// One step of the walk back: to a place before, or to the end with what is known of it.

import type { Confidence } from "@elixirscope/trace";
import type { FunctionFlow } from "./data-flow.ts";
import type { Holder, Place } from "./place.ts";
import type { OriginEnd, OriginHop } from "@elixirscope/wire";

export type Step =
  | {
      readonly kind: "hop";
      readonly place: Place;
      readonly how: OriginHop["how"];
      readonly confidence: Confidence;
      readonly candidates: number;
      /** places between that had it unchanged */
      readonly copies: number;
    }
  | {
      readonly kind: "end";
      readonly end: OriginEnd["kind"];
      readonly text: string;
      /** where its parts are looked for */
      readonly holders: readonly Holder[];
      readonly made: { readonly flow: FunctionFlow; readonly definition: number } | null;
      readonly maybe: readonly Place[];
    };

export function hop(
  place: Place,
  how: OriginHop["how"] | null,
  confidence: Confidence,
  candidates: number,
): Step {
  return { kind: "hop", place, how: how ?? howFrom(place), confidence, candidates, copies: 0 };
}

function howFrom({ kind }: Place): OriginHop["how"] {
  switch (kind) {
    case "argument":
      return "argument passed on";
    case "binding":
      return "variable";
    case "result":
    case "exception":
      return "returned";
    case "received":
      return "received";
    case "sent":
      return "message";
    case "state":
      return "state";
    case "spawn":
      return "spawned with";
    default:
      return kind satisfies never;
  }
}

export function end(
  kind: OriginEnd["kind"],
  text: string,
  holders: readonly Holder[] = [],
): Extract<Step, { kind: "end" }> {
  return { kind: "end", end: kind, text, holders, made: null, maybe: [] };
}
