// Trace messages as records of the probe. A receive may stand before its send in the file, as both are written by
// processes of their own; so messages wait in a window, and sends are known from when they enter it.

import { atom, encode, integer, map, tuple, type Term } from "@elixirscope/etf";
import { FLAG, RECORD, type RecordKind } from "@elixirscope/trace";
import { bodyHash } from "../pipeline/body-hash.ts";
import type { RecordBytes } from "./record-bytes.ts";
import { SentMessages } from "./sent-messages.ts";
import type { TraceInfo } from "./trace-info.ts";
import { mfaAt } from "./trace-mfa.ts";
import { atomAt, termAt, type Span, type TraceMessage } from "./trace-message.ts";
import { TraceNames } from "./trace-names.ts";
import type { TraceSurvey } from "./trace-survey.ts";

const WINDOW = 4_096;
/** Between messages without times. */
export const ORDER_STEP_NS = 1_000;
/** 104 days, as far as a recording can count. */
const MAX_NS = BigInt(Number.MAX_SAFE_INTEGER);
/** Sends to what is no known process: only the body tells who received them. */
const ANYBODY = "?";

type Waiting = { readonly message: TraceMessage; readonly t: number; readonly body: number };

/** Of links, and of what it is done to; `rest` is the other end. */
const LINKS: Readonly<Record<string, RecordKind>> = {
  link: RECORD.LINK,
  unlink: RECORD.UNLINK,
  getting_linked: RECORD.GETTING_LINKED,
  getting_unlinked: RECORD.GETTING_UNLINKED,
};

export class TraceRecords {
  readonly #records: RecordBytes;
  readonly #survey: TraceSurvey;
  readonly #names: TraceNames;
  readonly #sent = new SentMessages();
  /** processes by their registered names */
  readonly #registered = new Map<string, number>();
  readonly #born = new Set<number>();
  #window: Waiting[] = [];
  #head = 0;
  #t = 0;
  /** messages that have no place in a recording, by tag */
  readonly ignored: Map<string, number> = new Map();

  constructor(records: RecordBytes, survey: TraceSurvey) {
    this.#records = records;
    this.#survey = survey;
    this.#names = new TraceNames(records);
  }

  /** What ttb knew of processes. */
  known({ bytes, processes }: TraceInfo): void {
    for (const { pid, what } of processes) {
      const process = this.#names.party(bytes, pid);
      const term = termAt(bytes, what);
      if (term?.kind === "atom") {
        this.#registered.set(term.name, process);
        this.#process(process, 0, 0, [[atom("name"), term]]);
      } else if (term?.kind === "tuple") {
        this.#process(process, 0, 0, [[atom("initial_call"), term]]);
      }
    }
  }

  add(message: TraceMessage): void {
    const t = this.#timeOf(message);
    const [body] = message.rest;
    const isMail = message.tag === "send" || message.tag === "receive";
    const hash = isMail && body !== undefined ? bodyHash(message.bytes, body.start, body.end) : 0;
    if (message.tag === "send") this.#noteSend(message, t, hash);
    if (message.tag === "register" && body !== undefined) {
      const name = atomAt(message.bytes, body);
      if (name !== null) this.#registered.set(name, this.#pid(message));
    }
    this.#window.push({ message, t, body: hash });
    if (this.#window.length - this.#head > WINDOW) this.#writeOldest();
  }

  /** Nothing more comes, or something is missing here: all that waits is written. */
  settle(): void {
    while (this.#head < this.#window.length) this.#writeOldest();
  }

  #timeOf({ time }: TraceMessage): number {
    const { clock, firstNs } = this.#survey;
    if (clock === "none") this.#t += ORDER_STEP_NS;
    else if (time?.clock === clock) {
      const t = time.ns - firstNs;
      // what no clock can say is damage: the message stays where its neighbour is
      if (t >= 0n && t <= MAX_NS) this.#t = Number(t);
    }
    return this.#t;
  }

  #noteSend(message: TraceMessage, t: number, body: number): void {
    const [, to] = message.rest;
    if (to === undefined) return;
    this.#sent.add(this.#receiver(message.bytes, to), body, this.#pid(message), t);
  }

  /** A process's number where it is known, else who knows. */
  #receiver(bytes: Buffer, to: Span): number | string {
    const term = termAt(bytes, to);
    if (term?.kind === "pid" || term?.kind === "port") return this.#names.party(bytes, to);
    if (term?.kind === "atom") return this.#registered.get(term.name) ?? ANYBODY;
    return ANYBODY;
  }

  #writeOldest(): void {
    const waiting = this.#window[this.#head];
    this.#head += 1;
    if (this.#head >= WINDOW) {
      this.#window = this.#window.slice(this.#head);
      this.#head = 0;
    }
    if (waiting !== undefined && !this.#write(waiting)) this.#ignore(waiting.message.tag);
  }

  #ignore(tag: string): void {
    this.ignored.set(tag, (this.ignored.get(tag) ?? 0) + 1);
  }

  /** False: there is no record for it. */
  #write({ message, t, body }: Waiting): boolean {
    const { bytes, tag, rest } = message;
    const [first, second] = rest;
    if (first === undefined) return false;
    const pid = this.#pid(message);
    switch (tag) {
      case "call":
        return this.#call(bytes, first, pid, t);
      case "return_from":
      case "exception_from": {
        const mfa = mfaAt(bytes, first);
        if (mfa === null || second === undefined) return false;
        const ref = this.#names.function(bytes, mfa);
        const kind = tag === "return_from" ? RECORD.RETURN : RECORD.EXCEPTION;
        this.#records.add({ kind, t, pid, ref }, bytes, second);
        return true;
      }
      case "send":
      case "send_to_non_existing_process": {
        if (second === undefined) return false;
        const ref = this.#names.party(bytes, second);
        const flags = tag === "send" ? 0 : FLAG.NO_PROCESS;
        this.#records.add({ kind: RECORD.SEND, flags, t, pid, ref }, bytes, first);
        return true;
      }
      case "receive":
        return this.#receive(bytes, first, pid, t, body);
      case "spawn": {
        if (second === undefined) return false;
        const ref = this.#names.party(bytes, first);
        this.#born.add(ref);
        this.#records.add({ kind: RECORD.SPAWN, t, pid, ref }, bytes, second);
        return true;
      }
      case "spawned":
        return second !== undefined && this.#spawned(message, first, second, t);
      case "exit":
        this.#records.add({ kind: RECORD.EXIT, t, pid }, bytes, first);
        return true;
      case "register":
      case "unregister": {
        const kind = tag === "register" ? RECORD.REGISTER : RECORD.UNREGISTER;
        this.#records.add({ kind, t, pid }, bytes, first);
        return true;
      }
      default: {
        const kind = LINKS[tag];
        if (kind === undefined) return false;
        const ref = this.#names.party(bytes, first);
        this.#records.addEmpty({ kind, t, pid, ref });
        return true;
      }
    }
  }

  #call(bytes: Buffer, span: Span, pid: number, t: number): boolean {
    const mfa = mfaAt(bytes, span);
    if (mfa === null) return false;
    const ref = this.#names.function(bytes, mfa);
    const end = this.#survey.returning.has(mfa.key) ? 0 : FLAG.NO_RETURN;
    if (mfa.args !== null) {
      this.#records.add({ kind: RECORD.CALL, flags: end, t, pid, ref }, bytes, mfa.args);
    } else {
      this.#records.addEmpty({ kind: RECORD.CALL, flags: end | FLAG.ARITY_ONLY, t, pid, ref });
    }
    return true;
  }

  /** The atom `timeout` may stand for an `after` that passed; it counts where somebody sent it. */
  #receive(bytes: Buffer, span: Span, pid: number, t: number, body: number): boolean {
    const ref = this.#sent.take(pid, body, t) || this.#sent.take(ANYBODY, body, t);
    if (ref === 0 && atomAt(bytes, span) === "timeout") {
      this.#ignore("receive of timeout, which an `after` may be");
      return true;
    }
    this.#records.add({ kind: RECORD.RECEIVE, t, pid, ref }, bytes, span);
    return true;
  }

  /** Told by the child; its parent may not be traced. */
  #spawned(message: TraceMessage, parent: Span, mfa: Span, t: number): boolean {
    const child = this.#pid(message);
    if (this.#born.has(child)) return true;
    const call = termAt(message.bytes, mfa);
    if (call === null) return false;
    const entries: [Term, Term][] = [
      [atom("initial_call"), shortened(call)],
      [atom("t_spawned"), integer(t)],
    ];
    this.#process(child, this.#names.party(message.bytes, parent), t, entries);
    return true;
  }

  #process(pid: number, parent: number, t: number, entries: [Term, Term][]): void {
    const bytes = encode(map(entries));
    const head = { kind: RECORD.PROCESS, t, pid, ref: parent };
    this.#records.add(head, bytes, { start: 1, end: bytes.length });
  }

  #pid({ bytes, pid }: TraceMessage): number {
    return pid.end === 0 ? 0 : this.#names.party(bytes, pid);
  }
}

/** `{M, F, Args}` with the arity in place of the arguments. */
function shortened(call: Term): Term {
  if (call.kind !== "tuple") return call;
  const [module, name, args] = call.items;
  if (module === undefined || name === undefined || args?.kind !== "list") return call;
  return tuple(module, name, integer(args.items.length));
}
