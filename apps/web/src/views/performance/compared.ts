// What is held against each other: two stretches of this recording, or a stretch of it (all of it where none is
// pinned) and another recording.

import type { TimeRange } from "@elixirscope/wire";
import { useLoader } from "../../frame/use-loader.ts";
import type { Cinema } from "../../model/cinema.ts";
import type { Loaded } from "../../model/loader.ts";
import { rangeOf } from "./params.ts";

const MOST_FUNCTIONS = 60;

export type Compared = {
  readonly a: TimeRange;
  /** null: all of the other recording */
  readonly b: TimeRange | null;
  /** the other recording's name; empty: this one */
  readonly other: string;
  /** the same for the same question */
  readonly subject: string;
};

export function comparedIn(cinema: Cinema): Compared | null {
  const [a, b, other] = [
    cinema.param("performance.a").value,
    cinema.param("performance.b").value,
    cinema.param("performance.with").value,
  ];
  const second = rangeOf(b);
  const first = rangeOf(a) ?? (other === "" ? null : whole(cinema));
  if (first === null || (other === "" && second === null)) return null;
  return { a: first, b: second, other, subject: `${first.t0} ${first.t1} ${b} ${other}` };
}

/** Null: nothing is recorded yet. */
function whole(cinema: Cinema): TimeRange | null {
  if (cinema.info.value === null) return null;
  const { t0, t1 } = cinema.bounds.value;
  return { t0, t1: Math.max(t0 + 1, t1) };
}

export function useComparison(cinema: Cinema): Loaded<"compare"> | Loaded<"compareWith"> {
  const here = useLoader(
    "compare",
    () => {
      const compared = comparedIn(cinema);
      if (compared === null || compared.other !== "" || compared.b === null) return null;
      const { a, b, subject } = compared;
      return { subject, params: { a, b, limit: MOST_FUNCTIONS } };
    },
    "still",
  );
  const there = useLoader(
    "compareWith",
    () => {
      const compared = comparedIn(cinema);
      if (compared === null || compared.other === "") return null;
      const { subject, ...asked } = withOther(compared);
      return { subject, params: { ...asked, limit: MOST_FUNCTIONS } };
    },
    "still",
  );
  return cinema.param("performance.with").value === "" ? here : there;
}

/** The calls of one function on both sides. */
export function useCallComparison(
  cinema: Cinema,
): Loaded<"compareCalls"> | Loaded<"compareCallsWith"> {
  const chosen = cinema.param("performance.changed");
  const here = useLoader(
    "compareCalls",
    () => {
      const compared = comparedIn(cinema);
      if (compared === null || compared.other !== "" || compared.b === null) return null;
      if (chosen.value === "") return null;
      const { a, b } = compared;
      return { subject: chosen.value, params: { a, b, function: chosen.value } };
    },
    "still",
  );
  const there = useLoader(
    "compareCallsWith",
    () => {
      const compared = comparedIn(cinema);
      if (compared === null || compared.other === "" || chosen.value === "") return null;
      const { subject, ...asked } = withOther(compared);
      return {
        subject: `${chosen.value} ${subject}`,
        params: { ...asked, function: chosen.value },
      };
    },
    "still",
  );
  return cinema.param("performance.with").value === "" ? here : there;
}

function withOther({ a, b, other, subject }: Compared): {
  readonly subject: string;
  readonly other: string;
  readonly a: TimeRange;
  readonly b?: TimeRange;
} {
  return { subject, other, a, ...(b === null ? {} : { b }) };
}
