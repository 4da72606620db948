// Which call each process is in, and which trace that belongs to, followed in order of time. A span must be
// of its parent's trace, so a trace is handed on from call to call and with messages.

import type { CallBegin } from "./export-rows.ts";

/** A span by the numbers that its ids are made of. */
export type SpanKey = { readonly call: number; readonly trace: number };

type OpenSpan = SpanKey & { readonly end: number };

export class OpenSpans {
  readonly #stacks = new Map<number, OpenSpan[]>();

  /** `cause`: what an outermost call is for. */
  entered(one: CallBegin, cause: SpanKey | null): SpanKey {
    const stack = this.#stacks.get(one.pid) ?? [];
    if (stack.length === 0) this.#stacks.set(one.pid, stack);
    while (stack.length > 0 && stack.at(-1)?.call !== one.parent) stack.pop();
    const parent = stack.at(-1) ?? cause;
    const span = { call: one.call, trace: parent?.trace ?? one.correlation ?? one.call };
    stack.push({ ...span, end: one.end ?? Infinity });
    return span;
  }

  /** The innermost call of a process at this time. */
  at(pid: number, t: number): SpanKey | null {
    const stack = this.#stacks.get(pid);
    if (stack === undefined) return null;
    while (stack.length > 0 && (stack.at(-1)?.end ?? 0) < t) stack.pop();
    if (stack.length === 0) this.#stacks.delete(pid);
    return stack.at(-1) ?? null;
  }

  forget(pid: number): void {
    this.#stacks.delete(pid);
  }
}
