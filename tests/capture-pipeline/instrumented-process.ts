// Writes what instrumented code of one process reports, for tests: numbers its frames and events,
// buffers them and flushes them as EVENTS records, as the capture module in the target does.

import { encode, integer, list, tuple, type Term } from "@elixirscope/etf";
import { CAPTURED, RECORD, type Site, type SiteKind, type SiteManifest } from "@elixirscope/trace";
import type { ProbeStream } from "./probe-stream.ts";

/** The target's performance counter at t = 0: beyond 2^53, as after 104 days. */
const PERF = 2n ** 60n + 12_345n;

function perf(t: number): Term {
  return integer(PERF + BigInt(t));
}

export type BufferedEvent = { readonly number: number; readonly t: number; readonly term: Term };

export class InstrumentedProcess {
  readonly pid: Term;
  /** open frames, innermost last */
  readonly frames: number[] = [];
  buffered: BufferedEvent[] = [];
  #nextEvent = 0;
  #nextFrame = 1;

  constructor(pid: Term) {
    this.pid = pid;
  }

  enter(
    t: number,
    site: number,
    args: readonly Term[] = [],
    variables: readonly Term[] = [],
  ): number {
    const frame = this.#nextFrame++;
    this.frames.push(frame);
    this.event(CAPTURED.ENTER, t, site, frame, list(args), list(variables));
    return frame;
  }

  return(t: number, site: number, value: Term): this {
    return this.event(CAPTURED.RETURN, t, site, this.frames.pop() ?? 0, value);
  }

  raise(t: number, site: number, kind: Term, reason: Term, stack: Term = list([])): this {
    return this.event(CAPTURED.RAISE, t, site, this.frames.pop() ?? 0, kind, reason, stack);
  }

  tail(t: number, site: number): this {
    return this.event(CAPTURED.TAIL, t, site, this.frames.pop() ?? 0);
  }

  /** BIND, BRANCH, VALUE, LINE or SEND in the innermost frame. */
  within(kind: number, t: number, site: number, ...values: readonly Term[]): this {
    return this.event(kind, t, site, this.frames.at(-1) ?? 0, ...values);
  }

  event(kind: number, t: number, site: number, frame: number, ...values: readonly Term[]): this {
    const head = [integer(kind), integer(site), perf(t), integer(frame)];
    this.buffered.push({ number: this.#nextEvent++, t, term: tuple(...head, ...values) });
    return this;
  }

  /** What is buffered is lost, its numbers are used up. */
  drop(): number {
    const { length } = this.buffered;
    this.buffered = [];
    return length;
  }

  /** `t`: of the flush. */
  flush(stream: ProbeStream, t: number, isCopy = false, flags = 0): this {
    this.report(stream, t, this.buffered, this.frames.length, flags);
    if (!isCopy) this.buffered = [];
    return this;
  }

  report(
    stream: ProbeStream,
    t: number,
    events: readonly BufferedEvent[],
    depth: number,
    flags = 0,
  ): void {
    const first = events[0]?.number ?? this.#nextEvent;
    const payload = payloadOf(
      first,
      depth,
      t,
      events.map(({ term }) => term),
    );
    stream.record(RECORD.EVENTS, t, stream.index(this.pid), 0, payload, flags);
  }
}

export function payloadOf(
  first: number,
  depth: number,
  t: number,
  events: readonly Term[],
): Uint8Array {
  return encode(tuple(integer(first), integer(depth), perf(t), list(events)));
}

type Given = Partial<Site> & { readonly site: number; readonly kind: SiteKind };

export function manifest(module: string, sites: readonly Given[], file = "lib/m.ex"): SiteManifest {
  return {
    module,
    md5: "0123456789abcdef0123456789abcdef",
    file,
    sites: sites.map((given) => ({
      function: "f",
      arity: 1,
      clause: null,
      closure: null,
      file,
      line: given.site,
      column: null,
      generated: false,
      names: [],
      target: null,
      nodeId: null,
      hash: null,
      ...given,
    })),
  };
}
