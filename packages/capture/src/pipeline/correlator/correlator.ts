// Records in, rows out: the one place that knows what each kind of record means for a process.
//
// Pure: time is the stream's own, ids are counted from where it is told, everything goes to an output.
// The VM's records of one process come in order; across processes a receive may overtake its send a
// little, and then that process's records wait here (`deferred`) until the send is there or its time is
// over. What a state handler in the process reports overtakes the VM's records, which are flushed later,
// and is put back between them by its time (`Reports`).

import { assert } from "@elixirscope/base";
import {
  EVENT_KINDS,
  GAP_REASON,
  RECORD,
  RECORD_HEADER_BYTES,
  CONFIDENCES,
  LINK_TYPES,
  STATE_PHASE,
  type GapReason,
} from "@elixirscope/trace";
import { bodyHash } from "../body-hash.ts";
import { u32, u64 } from "../record-walk.ts";
import { newPeek, peekMessage, type Peek } from "../term-peek.ts";
import { CallStacks, RAISED, RETURNED } from "./call-stacks.ts";
import { isServerCallback, machineState, serverState } from "./callback-state.ts";
import { Causality } from "./causality.ts";
import { Definitions } from "./definitions.ts";
import { atomIn, clockFacts, entriesOf, moduleFacts, numberIn, textIn } from "./facts.ts";
import { Messages, type Matched } from "./messages.ts";
import type { CallRow, CorrelatorOutput, MessageRow } from "./output.ts";
import { Reports } from "./reports.ts";
import type { Inbox, Party, Process } from "./party.ts";
import { spawnFacts, type SpawnFacts } from "./spawn-facts.ts";
import {
  CORRELATOR_LIMITS,
  CorrelatorSession,
  type CorrelatorCounters,
  type CorrelatorLimits,
} from "./session.ts";

const STATE_LINK = LINK_TYPES.indexOf("state");
const EXACT = CONFIDENCES.indexOf("exact");
const INFERRED = CONFIDENCES.indexOf("inferred");
/** By record kind: the code in `events.kind`. */
const EVENT_CODE: readonly number[] = Array.from({ length: RECORD.MODULE + 1 }, (_, kind) =>
  kind === RECORD.MODULE ? EVENT_KINDS.indexOf("module") : kind <= RECORD.HANDLE ? kind : 0,
);
const REASONS: ReadonlyMap<number, GapReason> = new Map<number, GapReason>([
  [GAP_REASON.dropped, "dropped"],
  [GAP_REASON.rate_limited, "rate_limited"],
  [GAP_REASON.truncated, "truncated"],
  [GAP_REASON.sampled, "sampled"],
  [GAP_REASON.disconnected, "disconnected"],
  [GAP_REASON.expired, "expired"],
  [GAP_REASON.reloaded, "reloaded"],
]);
/** Reasons after which calls and messages may be missing that were under way. */
const BREAKS: ReadonlySet<GapReason> = new Set(["dropped", "rate_limited", "disconnected"]);
/** What is kept of the inbox of a process that may yet turn out to be a behaviour. */
const STRANGERS_INBOX = 8;
const EXPIRE_EVERY_NS = 50_000_000;
/** `131, {exit,` for the result of calls that an exit ended */
const EXIT_PREFIX = Buffer.from([131, 104, 2, 119, 4, 101, 120, 105, 116]);

export type CorrelatorOptions = {
  /** the target's node name: which pids are its own */
  readonly node: string;
  /** the id that the first event gets */
  readonly nextId?: number;
  readonly limits?: Partial<CorrelatorLimits>;
};

export class Correlator {
  readonly #session: CorrelatorSession;
  readonly #out: CorrelatorOutput;
  readonly #definitions: Definitions;
  readonly #calls: CallStacks;
  readonly #messages: Messages;
  readonly #causality: Causality;
  readonly #peek: Peek = newPeek();
  readonly #waiting = new Set<Process>();
  /** the earliest time at which one of them stops waiting */
  #waitingUntil = Infinity;
  readonly #reports: Reports;
  #expiredAt = 0;
  #expiredReported = 0;

  constructor(out: CorrelatorOutput, options: CorrelatorOptions) {
    const limits = { ...CORRELATOR_LIMITS, ...options.limits };
    this.#out = out;
    this.#session = new CorrelatorSession(out, limits, options.nextId ?? 1);
    this.#reports = new Reports(limits.holdNs);
    this.#definitions = new Definitions(out, options.node);
    this.#calls = new CallStacks(this.#session);
    this.#messages = new Messages(this.#session, this.#definitions);
    this.#causality = new Causality(this.#session, this.#definitions);
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
    for (let at = start; at < end;) {
      const kind = bytes[at] ?? 0;
      const t = u64(bytes, at + 2);
      const payload = at + RECORD_HEADER_BYTES;
      const next = payload + u32(bytes, payload - 4);
      assert(next <= end, "record bounds were checked on arrival");
      this.#record(
        kind,
        bytes[at + 1] ?? 0,
        t,
        u32(bytes, at + 10),
        u32(bytes, at + 14),
        bytes,
        payload,
        next,
      );
      at = next;
    }
    if (this.#session.now - this.#expiredAt >= EXPIRE_EVERY_NS) this.#expire();
  }

  /** Records are missing here. `pid` 0: of any process. */
  lost(reason: GapReason, tFrom: number, tTo: number, count: number, detail: string | null): void {
    this.#break(null, reason);
    this.#out.gap({ tFrom, tTo, pid: 0, reason, count, detail });
  }

  /** An earlier correlator of this stream died with what it knew: nothing before can be built upon. */
  resumed(detail: string): void {
    this.#break(null, "dropped");
    this.#out.gap({ tFrom: this.now, tTo: this.now, pid: 0, reason: "dropped", count: 0, detail });
  }

  /** Nothing came for a while, or nothing will: what waits for a sender waits no longer. */
  settle(): void {
    for (const process of this.#reports.all()) this.#catchUp(process, Infinity);
    while (this.#waiting.size > 0) {
      for (const process of this.#waiting) this.#resume(process, true);
    }
  }

  /** Shows what is open now; at most `limit` rows each, oldest first. */
  visitOpen(call: (row: CallRow) => void, message: (row: MessageRow) => void, limit: number): void {
    this.#calls.visitOpen(call, limit);
    this.#messages.visitOpen(message, limit);
  }

  #record(
    kind: number,
    flags: number,
    t: number,
    pid: number,
    ref: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const session = this.#session;
    if (kind === RECORD.DEF_PID) {
      this.#definitions.definePid(pid, bytes, start, end);
      return;
    }
    if (kind === RECORD.DEF_MFA) {
      this.#definitions.defineFunction(ref, bytes, start);
      return;
    }
    if (t > session.now) {
      session.now = t;
      if (t > this.#waitingUntil) this.#resumeDue();
      for (let p = this.#reports.due(t); p !== null; p = this.#reports.due(t)) {
        this.#catchUp(p, t - session.limits.holdNs);
      }
    }
    const subject = this.#definitions.process(pid);
    if (subject === null) {
      if (pid !== 0) session.counters.unknownPids += 1;
      this.#ofSession(kind, flags, t, ref, bytes, start, end);
      return;
    }
    if (!subject.listed) {
      subject.listed = true;
      this.#out.process(subject.pid, {});
    }
    const other =
      kind >= RECORD.SEND && kind <= RECORD.PROCESS && kind !== RECORD.STATE
        ? this.#definitions.party(ref)
        : null;
    const number = kind <= RECORD.EXCEPTION ? this.#definitions.fn(ref) : ref;
    if (kind === RECORD.HANDLE || kind === RECORD.STATE) {
      if (t > subject.vmTime) {
        this.#reports.add(subject, {
          kind,
          flags,
          t,
          other,
          ref,
          payload: copy(bytes, start, end),
        });
        return;
      }
    } else if (kind !== RECORD.PROCESS && kind !== RECORD.GAP) {
      subject.vmTime = t;
      if (subject.reports !== null) this.#catchUp(subject, t);
    }
    this.#own(subject, kind, flags, t, other, number, bytes, start, end);
  }

  /** The next record of a process in the order in which it happened. */
  #own(
    p: Process,
    kind: number,
    flags: number,
    t: number,
    other: Party | null,
    ref: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    if (p.deferred === null) this.#handle(p, kind, flags, t, other, ref, bytes, start, end, true);
    else this.#defer(p, kind, flags, t, other, ref, bytes, start, end);
  }

  /** What the state handler reported up to `t` comes before what the VM tells next. */
  #catchUp(p: Process, t: number): void {
    for (const r of this.#reports.take(p, t)) {
      this.#own(p, r.kind, r.flags, r.t, r.other, r.ref, r.payload, 0, r.payload.length);
    }
  }

  /** Answers false when the record has to wait. */
  #handle(
    process: Process,
    kind: number,
    flags: number,
    t: number,
    other: Party | null,
    ref: number,
    bytes: Buffer,
    start: number,
    end: number,
    mayWait: boolean,
  ): boolean {
    switch (kind) {
      case RECORD.CALL:
        this.#call(process, flags, t, ref, bytes, start, end);
        return true;
      case RECORD.RETURN:
        this.#leave(process, kind, flags, t, ref, bytes, start, end, RETURNED);
        return true;
      case RECORD.EXCEPTION:
        this.#leave(process, kind, flags, t, ref, bytes, start, end, RAISED);
        return true;
      case RECORD.SEND:
        this.#send(process, flags, t, other, bytes, start, end);
        return true;
      case RECORD.RECEIVE:
        return this.#receive(process, flags, t, other, bytes, start, end, mayWait);
      case RECORD.HANDLE:
        this.#handled(process, flags, t, bytes, start, end);
        return true;
      case RECORD.STATE:
        this.#state(process, flags, t, ref, bytes, start, end);
        return true;
      case RECORD.EXIT:
        this.#exit(process, flags, t, bytes, start, end);
        return true;
      case RECORD.PROCESS:
        this.#facts(process, t, other, bytes, start, end);
        return true;
      case RECORD.GAP:
        this.#gap(process, t, ref, bytes, start, end);
        return true;
      default:
        this.#life(process, kind, flags, t, other, bytes, start, end);
        return true;
    }
  }

  #call(
    p: Process,
    flags: number,
    t: number,
    fn: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const id = this.#session.newId();
    const args = end > start ? this.#out.payload(bytes, start, end) : 0;
    if (p.depth === 0) p.ownCorrelation = id;
    this.#out.event(id, t, p.pid, RECORD.CALL, id, this.#correlation(p, id), args, flags);
    this.#acted(p, id);
    this.#calls.enter(p, id, fn, t, args, flags);
  }

  #leave(
    p: Process,
    kind: number,
    flags: number,
    t: number,
    fn: number,
    bytes: Buffer,
    start: number,
    end: number,
    outcome: number,
  ): void {
    const id = this.#session.newId();
    const result = end > start ? this.#out.payload(bytes, start, end) : 0;
    const correlation = this.#correlation(p, id);
    const call = this.#calls.leave(p, fn, t, outcome, result, id);
    this.#out.event(id, t, p.pid, kind, call, correlation, result, flags);
    if (outcome === RETURNED && p.callbackModule !== null && !p.reportsState) {
      this.#returnedState(p, t, fn, id, bytes.subarray(start, end));
    }
  }

  /** A process too young for the probe's state handler: what its callbacks return is its state. */
  #returnedState(p: Process, t: number, fn: number, event: number, result: Buffer): void {
    const callback = this.#definitions.callback(fn);
    if (callback === null || callback.module !== p.callbackModule) return;
    let state: Buffer | null = null;
    if (p.behaviour === "gen_statem") {
      state = machineState(result, p.machineState);
      p.machineState = state ?? p.machineState;
    } else if (isServerCallback(callback.name, callback.arity)) state = serverState(result);
    if (state === null) return;
    this.#keepState(p, state, 0, state.length);
    const isFirst = callback.name === "init";
    const cause = isFirst ? 0 : p.lastMessage;
    const name = this.#out.name(callback.name);
    this.#out.state(p.pid, p.stateVersion, t, event, p.stateRef, cause, name);
    p.stateVersion += 1;
    if (cause !== 0 && p.lastReceiveEvent !== 0) {
      this.#out.link(p.lastReceiveEvent, event, STATE_LINK, INFERRED);
    }
  }

  /** An unchanged state is kept once. */
  #keepState(p: Process, bytes: Buffer, start: number, end: number): void {
    const hash = bodyHash(bytes, start, end);
    if (hash === p.stateHash && end - start === p.stateBytes) return;
    p.stateRef = this.#out.payload(bytes, start, end);
    p.stateHash = hash;
    p.stateBytes = end - start;
  }

  #send(
    p: Process,
    flags: number,
    t: number,
    to: Party | null,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    p.traced = true;
    const id = this.#event(p, RECORD.SEND, flags, t, bytes, start, end);
    peekMessage(bytes, start, end, this.#peek);
    const hash = bodyHash(bytes, start, end);
    const receiver = this.#messages.send(
      {
        sender: p,
        receiver: to,
        t,
        event: id,
        correlation: this.#correlation(p, id),
        hash,
        flags,
        body: this.#lastPayload,
        bytes,
        length: end - start,
      },
      this.#peek,
    );
    if (receiver !== null && receiver.awaitedFrom === p && receiver.awaitedHash === hash) {
      this.#resume(receiver, false);
    }
  }

  #receive(
    p: Process,
    flags: number,
    t: number,
    from: Party | null,
    bytes: Buffer,
    start: number,
    end: number,
    mayWait: boolean,
  ): boolean {
    p.traced = true;
    const sender = from !== null && from.kind === "process" ? from : null;
    const hash = bodyHash(bytes, start, end);
    const length = end - start;
    peekMessage(bytes, start, end, this.#peek);
    const matched =
      sender === null ? null : this.#messages.match(p, sender, t, hash, length, flags);
    if (matched === null && sender !== null && this.#messages.mayCome(sender, this.#peek.kind)) {
      if (mayWait) {
        this.#wait(p, sender, flags, t, hash, bytes, start, end);
        return false;
      }
      sender.vainHolds += 1;
    }
    this.#accept(p, sender, matched, flags, t, hash, bytes, start, end);
    return true;
  }

  #accept(
    p: Process,
    sender: Process | null,
    matched: Matched | null,
    flags: number,
    t: number,
    hash: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const id = this.#session.newId();
    const body = matched?.send.body ?? this.#out.payload(bytes, start, end);
    const correlation =
      matched === null || matched.send.correlation === 0 ? id : matched.send.correlation;
    if (!p.reportsHandling) p.correlation = correlation;
    const room = p.isBehaviour ? this.#session.limits.inbox : STRANGERS_INBOX;
    if (p.received.length >= room) p.received.shift();
    const message = matched?.send.event ?? id;
    p.received.push({ message, receiveEvent: id, hash, length: end - start, correlation, body });
    p.lastMessage = message;
    p.lastReceiveEvent = id;
    this.#out.event(id, t, p.pid, RECORD.RECEIVE, this.#calls.top(p), correlation, body, flags);
    this.#acted(p, id);
    if (matched !== null && sender !== null) this.#messages.received(p, sender, t, id, matched);
    else this.#messages.receivedAlone(p, sender, t, id, body, bytes, this.#peek);
    if (this.#peek.kind === "down" || this.#peek.kind === "exit") {
      this.#causality.announced(bytes, this.#peek, id);
    }
  }

  /** A behaviour takes a message to its callback: what it does from now on is for that message. */
  #handled(p: Process, flags: number, t: number, bytes: Buffer, start: number, end: number): void {
    p.traced = true;
    p.reportsHandling = true;
    p.isBehaviour = true;
    const hash = bodyHash(bytes, start, end);
    const length = end - start;
    const at = p.received.findIndex((one) => one.hash === hash && one.length === length);
    const inbox: Inbox | undefined = at >= 0 ? p.received[at] : undefined;
    // what came earlier and was not handled was received inside a callback
    if (at >= 0) p.received.splice(0, at + 1);
    if (inbox !== undefined) {
      p.correlation = inbox.correlation;
      p.lastMessage = inbox.message;
      p.lastReceiveEvent = inbox.receiveEvent;
    } else {
      p.correlation = 0;
      p.lastMessage = 0;
      p.lastReceiveEvent = 0;
    }
    const id = this.#session.newId();
    if (p.correlation === 0) p.correlation = id;
    const body = inbox?.body ?? this.#out.payload(bytes, start, end);
    peekMessage(bytes, start, end, this.#peek);
    p.lastCallback = this.#out.name(callbackOf(p, this.#peek));
    this.#out.event(id, t, p.pid, RECORD.HANDLE, this.#calls.top(p), p.correlation, body, flags);
    this.#acted(p, id);
  }

  #state(
    p: Process,
    flags: number,
    t: number,
    phase: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    p.traced = true;
    p.isBehaviour = true;
    const id = this.#session.newId();
    p.reportsState = true;
    p.machineState = null;
    this.#keepState(p, bytes, start, end);
    const isInitial = phase === STATE_PHASE.INITIAL;
    const correlation = isInitial ? id : this.#correlation(p, id);
    this.#out.event(id, t, p.pid, RECORD.STATE, this.#calls.top(p), correlation, p.stateRef, flags);
    const cause = isInitial ? 0 : p.lastMessage;
    const callback = isInitial ? 0 : p.lastCallback;
    this.#out.state(p.pid, p.stateVersion, t, id, p.stateRef, cause, callback);
    p.stateVersion += 1;
    if (cause !== 0 && p.lastReceiveEvent !== 0) {
      this.#out.link(p.lastReceiveEvent, id, STATE_LINK, EXACT);
    }
  }

  #exit(p: Process, flags: number, t: number, bytes: Buffer, start: number, end: number): void {
    p.traced = true;
    const id = this.#event(p, RECORD.EXIT, flags, t, bytes, start, end);
    const reason = this.#lastPayload;
    if (p.depth > 0) {
      const raised = Buffer.concat([EXIT_PREFIX, bytes.subarray(Math.min(start + 1, end), end)]);
      const result = end > start ? this.#out.payload(raised, 0, raised.length) : 0;
      this.#calls.abandon(p, t, result, id);
    }
    this.#causality.exited(p, {
      event: id,
      t,
      reasonHash: bodyHash(bytes, start, end),
      reasonBytes: end - start,
    });
    this.#messages.close(p);
    this.#out.process(p.pid, { tExited: t, exitReason: reason === 0 ? undefined : reason });
  }

  /** Spawns, links and names. */
  #life(
    p: Process,
    kind: number,
    flags: number,
    t: number,
    other: Party | null,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    p.traced = true;
    const id = this.#event(p, kind, flags, t, bytes, start, end);
    const peer = other !== null && other.kind === "process" ? other : null;
    switch (kind) {
      case RECORD.SPAWN:
        if (peer === null) return;
        this.#causality.spawned(p, peer, id, this.#correlation(p, id));
        this.#born(p, peer, t, spawnFacts(bytes.subarray(start, end)));
        return;
      case RECORD.LINK:
        if (peer !== null) this.#causality.linked(p, peer, id);
        return;
      case RECORD.GETTING_LINKED:
        if (peer !== null) this.#causality.gettingLinked(p, peer, id);
        return;
      case RECORD.UNLINK:
      case RECORD.GETTING_UNLINKED:
        if (peer !== null) this.#causality.unlinked(p, peer);
        return;
      case RECORD.REGISTER:
      case RECORD.UNREGISTER:
        this.#name(p, kind, bytes, start, end);
        return;
      default:
        return;
    }
  }

  #born(parent: Process, child: Process, t: number, facts: SpawnFacts): void {
    const { initialCall, behaviour, callbackModule } = facts;
    child.callbackModule = callbackModule;
    if (behaviour !== undefined) {
      child.behaviour = behaviour;
      child.isBehaviour = behaviour.startsWith("gen_");
    }
    this.#out.process(child.pid, { parent: parent.pid, tSpawned: t, initialCall, behaviour });
  }

  #name(p: Process, kind: number, bytes: Buffer, start: number, end: number): void {
    const name = atomIn(bytes.subarray(start, end));
    if (name === null) return;
    if (kind === RECORD.UNREGISTER) {
      this.#definitions.unregister(p, name);
      return;
    }
    this.#definitions.register(p, name);
    this.#out.process(p.pid, { name });
  }

  #facts(
    p: Process,
    t: number,
    parent: Party | null,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    p.traced = true;
    const entries = entriesOf(bytes.subarray(start, end));
    const name = textIn(entries, "name");
    const behaviour = textIn(entries, "behaviour");
    if (name !== undefined) this.#definitions.register(p, name);
    if (behaviour !== undefined) {
      p.behaviour = behaviour;
      p.isBehaviour = true;
    }
    if (textIn(entries, "initial_call") !== undefined) p.isBehaviour ||= entries.has("ancestors");
    this.#out.process(p.pid, {
      name,
      behaviour,
      label: textIn(entries, "label"),
      initialCall: textIn(entries, "initial_call") ?? textIn(entries, "spawned_as"),
      ancestors: textIn(entries, "ancestors"),
      application: textIn(entries, "application"),
      parent: parent !== null && parent.kind === "process" ? parent.pid : undefined,
      tSpawned: numberIn(entries, "t_spawned") ?? undefined,
    });
    this.#session.now = Math.max(this.#session.now, t);
  }

  #gap(
    p: Process | null,
    t: number,
    reasonCode: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const reason = REASONS.get(reasonCode) ?? "dropped";
    const entries = entriesOf(bytes.subarray(start, end));
    this.#break(p, reason);
    this.#out.gap({
      tFrom: numberIn(entries, "t_from") ?? t,
      tTo: t,
      pid: p?.pid ?? 0,
      reason,
      count: numberIn(entries, "count") ?? 0,
      detail: textIn(entries, "detail") ?? textIn(entries, "why") ?? null,
    });
  }

  #break(process: Process | null, reason: GapReason): void {
    if (!BREAKS.has(reason)) return;
    if (process !== null) {
      this.#catchUp(process, Infinity);
      process.gaps += 1;
      this.#calls.lose(process);
      return;
    }
    this.settle();
    this.#session.gaps += 1;
    this.#calls.loseAll();
  }

  /** Records that no known process is the subject of. */
  #ofSession(
    kind: number,
    flags: number,
    t: number,
    ref: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const payload = bytes.subarray(start, end);
    if (kind === RECORD.GAP) {
      this.#gap(null, t, ref, bytes, start, end);
      return;
    }
    if (kind === RECORD.METRIC) {
      for (const [name, term] of entriesOf(payload)) {
        if (term.kind === "integer" || term.kind === "float") {
          this.#out.metric(t, "probe", name, Number(term.value));
        }
      }
      return;
    }
    if (kind === RECORD.CLOCK) {
      const time = clockFacts(payload);
      if (time !== null) this.#out.clock(t, time);
      return;
    }
    const code = EVENT_CODE[kind] ?? 0;
    if (code === 0) return;
    const id = this.#session.newId();
    this.#out.event(
      id,
      t,
      0,
      code,
      0,
      id,
      end > start ? this.#out.payload(bytes, start, end) : 0,
      flags,
    );
    if (kind !== RECORD.MODULE) return;
    const facts = moduleFacts(payload);
    if (facts !== null) this.#out.module({ ...facts, t });
  }

  #lastPayload = 0;

  #event(
    p: Process,
    kind: number,
    flags: number,
    t: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): number {
    const id = this.#session.newId();
    this.#lastPayload = end > start ? this.#out.payload(bytes, start, end) : 0;
    const correlation = this.#correlation(p, id);
    this.#out.event(
      id,
      t,
      p.pid,
      EVENT_CODE[kind] ?? 0,
      this.#calls.top(p),
      correlation,
      this.#lastPayload,
      flags,
    );
    this.#acted(p, id);
    return id;
  }

  #acted(p: Process, id: number): void {
    if (p.spawnEvent !== 0) this.#causality.acted(p, id);
  }

  #correlation(p: Process, id: number): number {
    if (p.correlation !== 0) return p.correlation;
    return p.depth > 0 || p.ownCorrelation === id ? p.ownCorrelation : id;
  }

  #wait(
    p: Process,
    sender: Process,
    flags: number,
    t: number,
    hash: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    p.awaitedFrom = sender;
    p.awaitedHash = hash;
    const from = Math.max(t, sender.deferred === null ? 0 : sender.deferredUntil);
    p.deferredUntil = from + this.#session.limits.holdNs;
    this.#waiting.add(p);
    this.#waitingUntil = Math.min(this.#waitingUntil, p.deferredUntil);
    if (p.deferred !== null) return;
    p.deferred = [];
    this.#defer(p, RECORD.RECEIVE, flags, t, sender, 0, bytes, start, end);
  }

  #defer(
    p: Process,
    kind: number,
    flags: number,
    t: number,
    other: Party | null,
    ref: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    p.deferred?.push({ kind, flags, t, other, ref, payload: copy(bytes, start, end) });
    const waiting = p.deferred?.length ?? 0;
    if (waiting > this.#session.limits.deferredRecords) this.#resume(p, true);
  }

  #resumeDue(): void {
    for (const process of this.#waiting) {
      if (this.#session.now > process.deferredUntil) this.#resume(process, true);
    }
    this.#waitingUntil = Infinity;
    for (const { deferredUntil } of this.#waiting) {
      this.#waitingUntil = Math.min(this.#waitingUntil, deferredUntil);
    }
  }

  /** Goes on with what waited; `inVain`: without the send that the first record waited for. */
  #resume(p: Process, inVain: boolean): void {
    const records = p.deferred ?? [];
    this.#waiting.delete(p);
    p.awaitedFrom = null;
    let final = inVain;
    for (const [i, r] of records.entries()) {
      const done = this.#handle(
        p,
        r.kind,
        r.flags,
        r.t,
        r.other,
        r.ref,
        r.payload,
        0,
        r.payload.length,
        !final,
      );
      if (!done) {
        p.deferred = records.slice(i);
        return;
      }
      final = false;
    }
    p.deferred = null;
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
    this.#out.gap({
      tFrom: since,
      tTo: now,
      pid: 0,
      reason: "expired",
      count: expired,
      detail: "open messages, requests or calls given up",
    });
  }
}

function copy(bytes: Buffer, start: number, end: number): Buffer {
  return Buffer.from(bytes.subarray(start, end));
}

function callbackOf(process: Process, peek: Peek): string {
  if (process.behaviour === "gen_statem" || process.behaviour === "gen_event")
    return "handle_event";
  if (peek.kind === "call") return "handle_call";
  return peek.kind === "cast" ? "handle_cast" : "handle_info";
}
