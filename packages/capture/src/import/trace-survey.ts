// A first reading of a trace: what kind of times it has and from when, which functions tell their ends, how far it can
// be read. A call of a function that never returns in the trace would else stay open for ever.

import { mfaAt } from "./trace-mfa.ts";
import type { TraceFault } from "./trace-error.ts";
import { tracePieces, type RawRecord } from "./trace-file.ts";
import { readTraceMessage, termAt, type TraceMessage, type TraceTime } from "./trace-message.ts";

export type TraceSurvey = {
  readonly messages: number;
  /** by tag */
  readonly counts: ReadonlyMap<string, number>;
  /** keys of functions with a return or an exception */
  readonly returning: ReadonlySet<string>;
  /** of the first pid that is traced, which is always of the node itself */
  readonly node: string | null;
  readonly clock: TraceTime["clock"] | "none";
  /** the earliest time */
  readonly firstNs: bigint;
  readonly hasArguments: boolean;
  readonly fault: TraceFault | null;
};

export async function surveyTrace(
  files: readonly string[],
  piece: (done: number, total: number) => void,
): Promise<TraceSurvey> {
  const surveyor = new Surveyor();
  for (const file of files) {
    for await (const { records, done, total, fault } of tracePieces(file)) {
      for (const record of records) {
        if (!surveyor.take(record)) {
          const message = "it holds something else than trace messages";
          return surveyor.survey({ file, offset: record.offset, message });
        }
      }
      if (fault !== null) return surveyor.survey(fault);
      piece(done, total);
    }
  }
  return surveyor.survey(null);
}

class Surveyor {
  #messages = 0;
  readonly #counts = new Map<string, number>();
  readonly #returning = new Set<string>();
  #node: string | null = null;
  #clock: TraceTime["clock"] | "none" = "none";
  #firstNs = 0n;
  #hasArguments = false;

  /** False: no trace message. */
  take(record: RawRecord): boolean {
    if (record.kind === "dropped") return true;
    const message = readTraceMessage(record.bytes);
    if (message === null) return false;
    this.#messages += 1;
    this.#counts.set(message.tag, (this.#counts.get(message.tag) ?? 0) + 1);
    this.#node ??= nodeOf(message);
    if (message.time !== null) this.#timed(message.time);
    this.#call(message);
    return true;
  }

  survey(fault: TraceFault | null): TraceSurvey {
    return {
      messages: this.#messages,
      counts: this.#counts,
      returning: this.#returning,
      node: this.#node,
      clock: this.#clock,
      firstNs: this.#firstNs,
      hasArguments: this.#hasArguments,
      fault,
    };
  }

  #timed({ clock, ns }: TraceTime): void {
    if (this.#clock === "none") {
      this.#clock = clock;
      this.#firstNs = ns;
    } else if (clock === this.#clock && ns < this.#firstNs) this.#firstNs = ns;
  }

  #call({ tag, bytes, rest: [first] }: TraceMessage): void {
    if (first === undefined) return;
    if (tag === "return_from" || tag === "exception_from") {
      const mfa = mfaAt(bytes, first);
      if (mfa !== null) this.#returning.add(mfa.key);
    } else if (tag === "call" && !this.#hasArguments) {
      this.#hasArguments = mfaAt(bytes, first)?.args !== null;
    }
  }
}

function nodeOf({ bytes, pid }: TraceMessage): string | null {
  if (pid.end === 0) return null;
  const term = termAt(bytes, pid);
  return term?.kind === "pid" || term?.kind === "port" ? term.node : null;
}
