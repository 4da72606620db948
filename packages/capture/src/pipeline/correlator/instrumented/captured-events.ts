// Events of instrumented code become rows: of `events`, `calls`, and `bindings` where the payload of
// the event does not hold the values already.
//
// Nothing is decoded, nothing made per event. A call is found by its frame's number, so that a loss
// spoils only what it hit: the hole is counted, and of the frames open then only those are believed to
// go on that an event of their own shows to.

import { CAPTURED, EVENT_KINDS, RECORD } from "@elixirscope/trace";
import { listSize, CapturedReader } from "../../captured-reader.ts";
import { callbackArguments } from "../callback-arguments.ts";
import { LOST, RAISED, RETURNED, TAIL, type CallStacks } from "../call-stacks.ts";
import type { EventWriter } from "../event-writer.ts";
import type { Frame } from "../frame.ts";
import type { Gaps } from "../gaps.ts";
import type { Process } from "../party.ts";
import { recordOf, type ProcessRecord } from "../process-record.ts";
import type { CorrelatorSession } from "../session.ts";
import type { StateEvents } from "../state-events.ts";
import type { CapturedStream } from "./captured-stream.ts";
import type { FunctionRates } from "./function-rates.ts";
import type { SiteFacts, SiteTable } from "./site-table.ts";
import type { TestEvents } from "./test-events.ts";
import { passed } from "./unwinding.ts";

const CODE = new Uint8Array(16);
for (const [kind, name] of [
  [CAPTURED.ENTER, "call"],
  [CAPTURED.NO_CLAUSE, "no_clause"],
  [CAPTURED.RETURN, "return"],
  [CAPTURED.RAISE, "exception"],
  [CAPTURED.TAIL, "tail"],
  [CAPTURED.BIND, "bind"],
  [CAPTURED.BRANCH, "branch"],
  [CAPTURED.VALUE, "value"],
  [CAPTURED.LINE, "line"],
] as const) {
  CODE[kind] = EVENT_KINDS.indexOf(name);
}

const TERM = Uint8Array.of(131);
/** `{Class, Reason, Stacktrace}` */
const EXCEPTION = Uint8Array.of(131, 104, 3);
const MOST_ELEMENTS = 255;
/** how a pid begins behind its tag where the VM writes atoms in the old form */
const OLD_ATOM = 100;

export class CapturedEvents {
  readonly #session: CorrelatorSession;
  readonly #calls: CallStacks;
  readonly #events: EventWriter;
  readonly #states: StateEvents;
  readonly #gaps: Gaps;
  readonly #sites: SiteTable;
  readonly #rates: FunctionRates;
  readonly #tests: TestEvents;
  readonly #handled: (p: Process, r: ProcessRecord) => void;

  constructor(
    session: CorrelatorSession,
    calls: CallStacks,
    events: EventWriter,
    states: StateEvents,
    gaps: Gaps,
    sites: SiteTable,
    rates: FunctionRates,
    tests: TestEvents,
    handled: (p: Process, r: ProcessRecord) => void,
  ) {
    this.#session = session;
    this.#calls = calls;
    this.#events = events;
    this.#states = states;
    this.#gaps = gaps;
    this.#sites = sites;
    this.#rates = rates;
    this.#tests = tests;
    this.#handled = handled;
  }

  /** Before the first event of a record that is not a double; `t`: its time, `number`: its number. */
  begin(
    p: Process,
    stream: CapturedStream,
    reader: CapturedReader,
    t: number,
    number: number,
  ): void {
    if (number === stream.next) {
      if (p.doubt > 0 && !stream.isBroken) {
        // ends that were not reported, as those in a pause, are not missing in the numbers
        this.#limit(p, stream, openBefore(reader));
        this.#resume(p);
      }
      return;
    }
    const isFirst = stream.next < 0;
    const count = number - Math.max(0, stream.next);
    stream.next = number;
    if (isFirst && count === 0) return;
    if (isFirst && this.#session.isResumed) {
      this.#doubt(p, stream, openBefore(reader));
      return;
    }
    // fewer than before, or the next multiple of 2^40: the process began to count anew, nobody knows
    // what was between
    const restarted = count < 0 || count > 2 ** 39;
    this.#gaps.missed(
      p,
      Math.max(0, stream.t),
      t,
      restarted ? 0 : count,
      restarted ? "the process counts its events anew" : "never came",
    );
    this.#doubt(p, stream, restarted ? 0 : openBefore(reader));
  }

  /** The event that `reader` stands at, which happened at `t`. */
  take(p: Process, stream: CapturedStream, reader: CapturedReader, t: number): void {
    stream.next += 1;
    stream.t = t;
    stream.takeSendSite();
    const { kind } = reader;
    const site = this.#sites.of(reader.site);
    this.#rates.count(site.fn);
    if (kind === CAPTURED.RAISE) {
      this.#raise(p, stream, reader, t);
      return;
    }
    stream.isUnwinding = false;
    if (kind === CAPTURED.ENTER) {
      this.#enter(p, stream, reader, t, site);
      return;
    }
    const frame = reader.frame === 0 ? null : this.#confirm(p, stream, reader.frame);
    if (kind === CAPTURED.SEND) {
      stream.sendsAt(reader.site);
      return;
    }
    if (kind === CAPTURED.RETURN) this.#end(p, stream, reader, t, frame, RETURNED);
    else if (kind === CAPTURED.TAIL) this.#end(p, stream, reader, t, frame, TAIL);
    else this.#within(p, reader, t, frame);
  }

  /** What the record says cannot be read from event `number` on: `missing` events. */
  malformed(p: Process, stream: CapturedStream, t: number, number: number, missing: number): void {
    this.#gaps.missed(p, Math.max(0, stream.t), t, missing, "malformed");
    stream.next = Math.max(stream.next, number + missing);
    this.#doubt(p, stream, Infinity);
  }

  /** After all events of a record: `depth` frames are open. */
  flushed(p: Process, stream: CapturedStream, depth: number): void {
    if (depth > 0) return;
    // also what ended in a hole
    if (openFrames(p) > 0) this.#calls.unwind(p, firstCaptured(p), -1, LOST, 0, 0);
    stream.hidden = 0;
    if (p.doubt === 0) stream.isBroken = false;
  }

  #enter(
    p: Process,
    stream: CapturedStream,
    reader: CapturedReader,
    t: number,
    site: SiteFacts,
  ): void {
    const { out } = this.#session;
    const { bytes, from, to, secondTo } = reader;
    const before = p.callbacksTell && isOutermost(p) ? this.#called(p, reader, t, site) : null;
    const id = this.#events.newId();
    const captured = listSize(bytes, from);
    const isGiven = captured > 0 || !site.hasArguments;
    const args = isGiven ? out.term(TERM, bytes, from, to) : 0;
    if (p.depth === 0) p.ownCorrelation = id;
    this.#row(p, t, id, reader, id, args, captured);
    this.#calls.enterCaptured(p, t, id, site.fn, args, reader.site, reader.frame);
    if (before !== null && !stream.isCut) this.#states.given(p, t, id, before);
    const variables = listSize(bytes, to);
    if (variables > 0) {
      const value = out.term(TERM, bytes, to, secondTo);
      const elements = Math.min(variables, MOST_ELEMENTS);
      out.bindings(id, id, p.pid, t, reader.site, elements, value);
    }
    if (site.isTest) {
      stream.testFn = site.fn;
      stream.testCall = id;
      stream.testStart = t;
      stream.testFailure = null;
      this.#tests.begun(site.fn, p);
    }
  }

  /** A callback of a server begins, which tells the message that it handles; the state before, where it tells that. */
  #called(p: Process, reader: CapturedReader, t: number, site: SiteFacts): Buffer | null {
    const callback = this.#states.callback(p, site.fn);
    if (callback === null) return null;
    const { bytes, from, to } = reader;
    const oldAtoms = p.key.charCodeAt(1) === OLD_ATOM;
    const given = callbackArguments(callback, p.behaviour, bytes, from, to, oldAtoms);
    if (given.message !== null) this.#handled(p, recordOf(RECORD.HANDLE, t, given.message));
    return given.state;
  }

  #within(p: Process, reader: CapturedReader, t: number, frame: Frame | null): void {
    const { kind, bytes, from, to } = reader;
    const id = this.#events.newId();
    const isList =
      kind === CAPTURED.BIND || kind === CAPTURED.BRANCH || kind === CAPTURED.NO_CLAUSE;
    const elements = isList ? listSize(bytes, from) : 0;
    const isEmpty = from === to || (kind === CAPTURED.BRANCH && elements === 0);
    const payload = isEmpty ? 0 : this.#session.out.term(TERM, bytes, from, to);
    const call = frame?.call ?? (reader.frame === 0 ? this.#calls.top(p) : 0);
    this.#row(p, t, id, reader, call, payload, elements);
    if (frame !== null) {
      frame.lastEvent = id;
      frame.lastSite = reader.site;
    }
  }

  #end(
    p: Process,
    stream: CapturedStream,
    reader: CapturedReader,
    t: number,
    frame: Frame | null,
    outcome: number,
  ): void {
    const { bytes, from, to } = reader;
    const id = this.#events.newId();
    const payload = from === to ? 0 : this.#session.out.term(TERM, bytes, from, to);
    if (frame === null) {
      this.#row(p, t, id, reader, 0, payload, 0);
      this.#endedHidden(p, stream);
      return;
    }
    const { fn } = frame;
    this.#row(p, t, id, reader, frame.call, payload, 0);
    this.#calls.pop(p, t, outcome, payload, id);
    if (outcome !== RETURNED || !isOutermost(p)) return;
    const callback = this.#states.callback(p, fn);
    if (callback === null) return;
    const result = Buffer.concat([TERM, bytes.subarray(from, to)]);
    this.#states.returned(p, t, id, callback, result);
  }

  #raise(p: Process, stream: CapturedStream, reader: CapturedReader, t: number): void {
    const { bytes, from, lastTo } = reader;
    const id = this.#events.newId();
    const payload = this.#session.out.term(EXCEPTION, bytes, from, lastTo);
    const at = reader.frame === 0 ? -1 : this.#find(p, stream, reader.frame);
    const frame = at < 0 ? undefined : p.stack[at];
    if (frame === undefined) {
      const call = reader.frame === 0 ? this.#calls.top(p) : 0;
      this.#row(p, t, id, reader, call, payload, 0);
      if (reader.frame !== 0) this.#endedHidden(p, stream);
      return;
    }
    // frames above went the same way without telling
    this.#calls.unwind(p, at + 1, t, RAISED, payload, id);
    this.#sure(p, stream, at);
    this.#row(p, t, id, reader, frame.call, payload, 0);
    passed(stream, frame, this.#sites.of(frame.site).file);
    if (stream.testCall === frame.call) stream.testFailure = stream.raised;
    this.#calls.pop(p, t, RAISED, payload, id);
  }

  #row(
    p: Process,
    t: number,
    id: number,
    reader: CapturedReader,
    call: number,
    payload: number,
    elements: number,
  ): void {
    const correlation = this.#events.correlation(p, id);
    this.#events.writeCaptured(
      p,
      id,
      t,
      CODE[reader.kind] ?? 0,
      reader.site,
      call,
      correlation,
      payload,
      Math.min(elements, MOST_ELEMENTS),
    );
  }

  /** The frame is the innermost one now: what was above it ended unseen. Null: it is not known. */
  #confirm(p: Process, stream: CapturedStream, number: number): Frame | null {
    const top = p.stack[p.depth - 1];
    if (top !== undefined && top.number === number && p.doubt === 0) return top;
    const at = this.#find(p, stream, number);
    if (at < 0) return null;
    this.#calls.unwind(p, at + 1, -1, LOST, 0, 0);
    this.#sure(p, stream, at);
    return p.stack[at] ?? null;
  }

  /** Place of the frame on the stack; -1: its beginning was not seen. Frames with higher numbers ended then. */
  #find(p: Process, stream: CapturedStream, number: number): number {
    let at = p.depth - 1;
    let isAboveOthers = false;
    for (; at >= 0; at -= 1) {
      const known = p.stack[at]?.number ?? 0;
      if (known === number) return at;
      if (known !== 0 && known < number) break;
      isAboveOthers ||= known !== 0;
    }
    if (isAboveOthers) {
      const open = openFrames(p) + stream.hidden;
      this.#calls.unwind(p, at + 1, -1, LOST, 0, 0);
      if (stream.isBroken) stream.hidden = open - openFrames(p);
    }
    return -1;
  }

  /** The frame at this place was just seen to be open, and so is what was surely open below it when it began. */
  #sure(p: Process, stream: CapturedStream, at: number): void {
    if (at >= p.doubt) return;
    const frame = p.stack[at];
    if (frame === undefined) return;
    p.doubt = frame.doubt;
    stream.hidden = frame.depth - at;
    stream.isBroken = stream.hidden + p.doubt > 0;
  }

  /** What was missing was of others: frames are open as before, but for calls that the VM traced above them. */
  #resume(p: Process): void {
    let at = p.depth;
    while (at > 0 && (p.stack[at - 1]?.number ?? 0) === 0) at -= 1;
    this.#calls.unwind(p, Math.min(at, p.doubt), -1, LOST, 0, 0);
    p.doubt = 0;
  }

  /** Something is missing, after which `open` frames are open: more than that are not any more. */
  #doubt(p: Process, stream: CapturedStream, open: number): void {
    this.#limit(p, stream, open);
    p.doubt = p.depth;
    stream.isBroken = true;
  }

  /** A frame ended whose beginning is lost: one less is open. */
  #endedHidden(p: Process, stream: CapturedStream): void {
    this.#session.counters.unmatchedReturns += 1;
    if (stream.isBroken) this.#limit(p, stream, openFrames(p) + stream.hidden - 1);
  }

  /** So many frames are open: those that would be more have ended, those that are not known are hidden. */
  #limit(p: Process, stream: CapturedStream, open: number): void {
    let known = openFrames(p);
    for (; known > 0 && known > open; known = openFrames(p))
      this.#calls.unwind(p, p.depth - 1, -1, LOST, 0, 0);
    if (open !== Infinity) stream.hidden = Math.max(0, open - known);
  }
}

/** Frames that were open before the first event of a record that was just opened. */
function openBefore(reader: CapturedReader): number {
  return Math.max(0, reader.depth - change(reader));
}

const ahead = new CapturedReader();

/** By how many the open frames become more during the record's events that are still to be taken. */
function change(reader: CapturedReader): number {
  ahead.copy(reader);
  let more = changeBy(ahead);
  while (ahead.left > 0 && ahead.next()) more += changeBy(ahead);
  return more;
}

function changeBy({ kind, frame }: CapturedReader): number {
  if (kind === CAPTURED.ENTER) return 1;
  const ends = kind === CAPTURED.RETURN || kind === CAPTURED.TAIL || kind === CAPTURED.RAISE;
  return ends && frame !== 0 ? -1 : 0;
}

/** No frame of instrumented code is open. */
function isOutermost(p: Process): boolean {
  return p.depth === 0 || openFrames(p) === 0;
}

function openFrames(p: Process): number {
  let open = 0;
  for (let at = 0; at < p.depth; at += 1) if ((p.stack[at]?.number ?? 0) > 0) open += 1;
  return open;
}

function firstCaptured(p: Process): number {
  return p.stack.findIndex((frame) => frame.number > 0);
}
