// What happened, taken apart: one frame for each activation of a function or closure, with its own steps
// in order. A frame that a call inside another one makes is not part of the other. `at` are indexes of
// the events, which order what is in different frames.

import type { Event, Seen } from "./observe.ts";

export type Step =
  /** `value` is null when it did not return: it raised, or called what raised */
  | {
      readonly kind: "call";
      readonly at: number;
      readonly line: number;
      readonly args: readonly Seen[];
      value: Seen | null;
      returnedAt: number;
    }
  | { readonly kind: "match"; readonly line: number; matched: boolean }
  /** a clause's pattern was compared, its guard not yet */
  | { readonly kind: "tried"; readonly line: number; readonly matched: boolean }
  | { readonly kind: "clause"; readonly line: number }
  | {
      readonly kind: "bind";
      readonly at: number;
      readonly line: number;
      readonly name: string;
      readonly value: Seen;
    };

export type Frame = {
  readonly at: number;
  readonly kind: "def" | "fn";
  readonly name: string;
  /** of a function; the line where it is written of a closure */
  readonly number: number;
  readonly args: readonly Seen[];
  readonly steps: Step[];
  /** null while it runs and when it ended by raising */
  value: Seen | null;
  endedAt: number;
  outcome: "running" | "returned" | "raised";
};

/** `arities` gives, for functions with defaults, the arity that has the clauses. */
export function frames(
  events: readonly Event[],
  arities: ReadonlyMap<string, number> = new Map(),
): readonly Frame[] {
  const all: Frame[] = [];
  const stack: Frame[] = [];
  for (const [at, event] of events.entries()) {
    const top = stack.at(-1);
    switch (event[0]) {
      case "enter": {
        const [, kind, name, number, args] = event;
        const whole = arities.get(name);
        if (
          kind === "def" &&
          top?.kind === "def" &&
          top.name === name &&
          whole === number &&
          top.number < number
        ) {
          // filled in by its defaults, it goes on as the same activation
          stack.push(top);
          break;
        }
        const frame: Frame = {
          at,
          kind,
          name,
          number,
          args,
          steps: [],
          value: null,
          endedAt: -1,
          outcome: "running",
        };
        all.push(frame);
        stack.push(frame);
        break;
      }
      case "leave": {
        const frame = stack.pop();
        if (frame === undefined) throw new Error("left what was not entered");
        frame.value = event[1];
        frame.endedAt = at;
        frame.outcome = "returned";
        break;
      }
      case "fail": {
        const frame = stack.pop();
        if (frame === undefined) throw new Error("failed what was not entered");
        frame.outcome = "raised";
        break;
      }
      case "returned": {
        const last = top?.steps.findLast(({ kind }) => kind === "call");
        if (last?.kind !== "call" || last.line !== event[1])
          throw new Error("returned what was not called");
        last.value = event[2];
        last.returnedAt = at;
        break;
      }
      case "matched": {
        const last = top?.steps.at(-1);
        if (last?.kind !== "match" || last.line !== event[1])
          throw new Error("matched what was not tried");
        last.matched = true;
        break;
      }
      case "call":
        top?.steps.push({
          kind: "call",
          at,
          line: event[1],
          args: event[2],
          value: null,
          returnedAt: -1,
        });
        break;
      case "match":
        top?.steps.push({ kind: "match", line: event[1], matched: false });
        break;
      case "tried":
        top?.steps.push({ kind: "tried", line: event[1], matched: event[2] === 1 });
        break;
      case "clause":
        top?.steps.push({ kind: "clause", line: event[1] });
        break;
      case "bind":
        top?.steps.push({ kind: "bind", at, name: event[1], line: event[2], value: event[3] });
        break;
    }
  }
  return all;
}
