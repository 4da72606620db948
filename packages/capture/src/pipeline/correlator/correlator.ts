// Records in, rows out: the one place that knows what each kind of record means.
//
// Pure: time is the stream's own, ids are counted from where it is told, everything goes to an output.

import { assert } from "@elixirscope/base";
import { RECORD, RECORD_HEADER_BYTES, type GapReason, type SiteManifest } from "@elixirscope/trace";
import { u32, u64 } from "../big-endian.ts";
import { CallStacks, RAISED, RETURNED } from "./call-stacks.ts";
import { Causality } from "./causality.ts";
import { Definitions, type Callback } from "./definitions.ts";
import { EventWriter } from "./event-writer.ts";
import { Gaps } from "./gaps.ts";
import { CapturedEvents } from "./instrumented/captured-events.ts";
import { FunctionRates, type FunctionRate } from "./instrumented/function-rates.ts";
import { SiteTable } from "./instrumented/site-table.ts";
import { TestEvents } from "./instrumented/test-events.ts";
import { LifeEvents } from "./life-events.ts";
import { MailEvents } from "./mail-events.ts";
import { Messages } from "./messages.ts";
import { Ordering } from "./ordering.ts";
import type { CallRow, CorrelatorOutput, MessageRow } from "./output.ts";
import type { Process } from "./party.ts";
import { emptyRecord, payloadOf, type ProcessRecord } from "./process-record.ts";
import { SessionEvents } from "./session-events.ts";
import {
  CORRELATOR_LIMITS,
  CorrelatorSession,
  type CorrelatorCounters,
  type CorrelatorLimits,
} from "./session.ts";
import { StateEvents } from "./state-events.ts";

const EXPIRE_EVERY_NS = 50_000_000;
/** Of traced events beyond calls these come of every process. */
const SAYS_NOTHING_OF_TRACING: ReadonlySet<number> = new Set([RECORD.GAP, RECORD.TEST]);
const NO_FUNCTION: Callback = { module: "", name: "", arity: 0 };

export type CorrelatorOptions = {
  /** the target's node name: which pids are its own */
  readonly node: string;
  /** the id that the first event gets */
  readonly nextId?: number;
  readonly limits?: Partial<CorrelatorLimits>;
  /** who sent what was received is not told by the VM: no match is exact by it */
  readonly sendersAreInferred?: boolean;
  /** an event names a site that nobody told of: `addSites` now, if you can */
  readonly onUnknownSite?: () => void;
};

export class Correlator {
  readonly #session: CorrelatorSession;
  readonly #out: CorrelatorOutput;
  readonly #definitions: Definitions;
  readonly #calls: CallStacks;
  readonly #messages: Messages;
  readonly #causality: Causality;
  readonly #events: EventWriter;
  readonly #order: Ordering;
  readonly #mail: MailEvents;
  readonly #states: StateEvents;
  readonly #life: LifeEvents;
  readonly #gaps: Gaps;
  readonly #ofSession: SessionEvents;
  readonly #sites: SiteTable;
  readonly #rates: FunctionRates = new FunctionRates();
  readonly #tests: TestEvents;
  readonly #record: ProcessRecord = emptyRecord();
  #expiredAt = 0;
  #expiredReported = 0;

  constructor(out: CorrelatorOutput, options: CorrelatorOptions) {
    const limits = { ...CORRELATOR_LIMITS, ...options.limits };
    const session = new CorrelatorSession(out, limits, options.nextId ?? 1);
    session.sendersAreInferred = options.sendersAreInferred ?? false;
    const definitions = new Definitions(out, options.node);
    const calls = new CallStacks(session);
    const messages = new Messages(session, definitions);
    const causality = new Causality(session, definitions);
    const events = new EventWriter(session, calls, causality);
    this.#out = out;
    this.#session = session;
    this.#definitions = definitions;
    this.#calls = calls;
    this.#messages = messages;
    this.#causality = causality;
    this.#events = events;
    this.#states = new StateEvents(session, events, definitions);
    this.#gaps = new Gaps(session, calls, () => this.#order);
    this.#sites = new SiteTable(session, definitions, options.onUnknownSite ?? ((): void => {}));
    this.#tests = new TestEvents(out, definitions);
    const captured = new CapturedEvents(
      session,
      calls,
      events,
      this.#states,
      this.#gaps,
      this.#sites,
      this.#rates,
      this.#tests,
      (p, r) => this.#mail.handle(p, r),
    );
    this.#order = new Ordering(limits, captured, (p, r, mayWait) => this.#handle(p, r, mayWait));
    this.#mail = new MailEvents(session, events, messages, causality, this.#order);
    this.#life = new LifeEvents(
      session,
      events,
      definitions,
      calls,
      messages,
      causality,
      this.#order,
    );
    this.#ofSession = new SessionEvents(out, events);
  }

  /** The target's name, before it has said anything. */
  set node(name: string) {
    this.#definitions.node = name;
  }

  get nextId(): number {
    return this.#session.nextId;
  }

  /** The latest time in the stream so far. */
  get now(): number {
    return this.#session.now;
  }

  get processCount(): number {
    return this.#definitions.processCount;
  }

  get counters(): Readonly<CorrelatorCounters> {
    return this.#session.counters;
  }

  /** All records in `bytes[start, end)`, whose bounds were checked (`countEvents`). */
  batch(bytes: Buffer, start: number, end: number): void {
    const r = this.#record;
    r.bytes = bytes;
    for (let at = start; at < end; at = r.end) {
      r.kind = bytes[at] ?? 0;
      r.flags = bytes[at + 1] ?? 0;
      r.t = u64(bytes, at + 2);
      r.start = at + RECORD_HEADER_BYTES;
      r.end = r.start + u32(bytes, r.start - 4);
      assert(r.end <= end, "record bounds were checked on arrival");
      this.#take(r, u32(bytes, at + 10), u32(bytes, at + 14));
    }
    if (this.#session.now - this.#expiredAt >= EXPIRE_EVERY_NS) this.#expire();
  }

  /** Records of any process are missing here. */
  lost(reason: GapReason, tFrom: number, tTo: number, count: number, detail: string | null): void {
    this.#gaps.found({ tFrom, tTo, reason, count, detail });
  }

  /** The sites of one version of one module; before the first event of theirs. */
  addSites(manifest: SiteManifest): void {
    this.#order.mayReport = true;
    this.#sites.add(manifest, this.now);
  }

  /** The instrumented functions with most events since the last call, `seconds` ago. */
  topFunctions(seconds: number, most: number): readonly FunctionRate[] {
    return this.#rates.take(seconds, most).map(({ fn, eventsPerSecond }) => {
      const { module, name, arity } = this.#definitions.callback(fn) ?? NO_FUNCTION;
      return { module, function: name, arity, eventsPerSecond };
    });
  }

  /** An earlier correlator of this stream died with what it knew: nothing before can be built upon. */
  resumed(detail: string): void {
    this.#session.isResumed = true;
    this.lost("dropped", this.now, this.now, 0, detail);
  }

  /** Nothing came for a while, or nothing will: what waits for a sender waits no longer. */
  settle(): void {
    this.#order.settle();
  }

  /** Shows what is open now; at most `limit` rows each, oldest first. */
  visitOpen(call: (row: CallRow) => void, message: (row: MessageRow) => void, limit: number): void {
    this.#calls.visitOpen(call, limit);
    this.#messages.visitOpen(message, limit);
  }

  #take(r: ProcessRecord, pid: number, ref: number): void {
    const session = this.#session;
    if (r.kind === RECORD.DEF_PID) {
      this.#definitions.definePid(pid, r.bytes, r.start, r.end);
      return;
    }
    if (r.kind === RECORD.DEF_MFA) {
      this.#definitions.defineFunction(ref, r.bytes, r.start);
      return;
    }
    let subject = this.#definitions.process(pid);
    // read from outside: of what the process did it says nothing, nor how far that was told
    if (r.kind === RECORD.METRIC && pid !== 0) {
      if (subject === null) session.counters.unknownPids += 1;
      else this.#ofSession.measured(subject, r);
      return;
    }
    if (r.t > session.now) {
      session.now = r.t;
      this.#order.advance(r.t);
    }
    // told by another process, but it belongs after what the test's own has done
    if (r.kind === RECORD.TEST) subject = this.#tests.processOf(r) ?? subject;
    if (subject === null) {
      if (pid !== 0) session.counters.unknownPids += 1;
      r.ref = ref;
      if (r.kind === RECORD.GAP) this.#gaps.told(null, r);
      else if (r.kind === RECORD.TEST) this.#tests.ended(null, r);
      else this.#ofSession.told(r);
      return;
    }
    if (!subject.listed) {
      subject.listed = true;
      this.#out.process(subject.pid, {});
    }
    r.other = namesParty(r.kind) ? this.#definitions.party(ref) : null;
    r.ref = r.kind <= RECORD.EXCEPTION ? this.#definitions.fn(ref) : ref;
    this.#order.heard(subject, r);
  }

  /** Answers false when the record has to wait. */
  #handle(p: Process, r: ProcessRecord, mayWait: boolean): boolean {
    // calls are traced everywhere, the rest only of chosen processes: those can be waited for
    if (r.kind > RECORD.EXCEPTION && !SAYS_NOTHING_OF_TRACING.has(r.kind)) {
      p.traced = true;
    }
    if (r.kind <= RECORD.SPAWN && p.captured !== null) p.captured.actedAt = r.t;
    switch (r.kind) {
      case RECORD.CALL:
        this.#enter(p, r);
        return true;
      case RECORD.RETURN:
        this.#leave(p, r, RETURNED);
        return true;
      case RECORD.EXCEPTION:
        this.#leave(p, r, RAISED);
        return true;
      case RECORD.SEND:
        this.#mail.send(p, r);
        return true;
      case RECORD.RECEIVE:
        return this.#mail.receive(p, r, mayWait);
      case RECORD.HANDLE:
        this.#mail.handle(p, r);
        return true;
      case RECORD.STATE:
        this.#states.reported(p, r);
        return true;
      case RECORD.EXIT:
        this.#life.exited(p, r);
        return true;
      case RECORD.PROCESS:
        this.#life.told(p, r);
        return true;
      case RECORD.GAP:
        this.#gaps.told(p, r);
        return true;
      case RECORD.TEST:
        this.#tests.ended(p, r);
        return true;
      default:
        this.#life.changed(p, r);
        return true;
    }
  }

  #enter(p: Process, r: ProcessRecord): void {
    const id = this.#events.newId();
    const args = this.#events.payload(r);
    if (p.depth === 0) p.ownCorrelation = id;
    this.#events.writeIn(p, r, id, args, id, this.#events.correlation(p, id));
    this.#calls.enter(p, r, id, args);
  }

  #leave(p: Process, r: ProcessRecord, outcome: number): void {
    const id = this.#events.newId();
    const result = this.#events.payload(r);
    const correlation = this.#events.correlation(p, id);
    const call = this.#calls.leave(p, r, outcome, result, id);
    this.#events.writeIn(p, r, id, result, call, correlation);
    if (outcome !== RETURNED) return;
    const callback = this.#states.callback(p, r.ref);
    if (callback !== null) this.#states.returned(p, r.t, id, callback, payloadOf(r));
  }

  #expire(): void {
    const { now, counters } = this.#session;
    const since = this.#expiredAt;
    this.#expiredAt = now;
    this.#messages.expire(now);
    this.#causality.expire(now);
    const expired = counters.expired - this.#expiredReported;
    if (expired === 0) return;
    this.#expiredReported = counters.expired;
    this.#gaps.found({
      tFrom: since,
      tTo: now,
      reason: "expired",
      count: expired,
      detail: "open messages, requests or calls given up",
    });
  }
}

/** Kinds whose `ref` is another process. */
function namesParty(kind: number): boolean {
  return kind >= RECORD.SEND && kind <= RECORD.PROCESS && kind !== RECORD.STATE;
}
