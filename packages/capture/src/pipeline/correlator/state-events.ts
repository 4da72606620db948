// States of OTP behaviours: as their state handler reports them, and for processes without one, as their
// callbacks take and return them.

import { CONFIDENCES, LINK_TYPES, STATE_PHASE } from "@elixirscope/trace";
import { bodyHash } from "../body-hash.ts";
import { isServerCallback, machineState, serverState } from "./callback-state.ts";
import type { Callback, Definitions } from "./definitions.ts";
import type { EventWriter } from "./event-writer.ts";
import type { Process } from "./party.ts";
import type { ProcessRecord } from "./process-record.ts";
import type { CorrelatorSession } from "./session.ts";

const STATE_LINK = LINK_TYPES.indexOf("state");
const EXACT = CONFIDENCES.indexOf("exact");
const INFERRED = CONFIDENCES.indexOf("inferred");

export class StateEvents {
  readonly #session: CorrelatorSession;
  readonly #events: EventWriter;
  readonly #definitions: Definitions;

  constructor(session: CorrelatorSession, events: EventWriter, definitions: Definitions) {
    this.#session = session;
    this.#events = events;
    this.#definitions = definitions;
  }

  reported(p: Process, r: ProcessRecord): void {
    p.isBehaviour = true;
    p.reportsState = true;
    p.callbacksTell = false;
    p.machineState = null;
    const id = this.#events.newId();
    this.#keep(p, r.bytes, r.start, r.end);
    const isInitial = r.ref === STATE_PHASE.INITIAL;
    const correlation = isInitial ? id : this.#events.correlation(p, id);
    this.#events.writeIn(p, r, id, p.stateRef, this.#events.frame(p), correlation);
    this.#add(p, r.t, id, isInitial ? 0 : p.lastMessage, isInitial ? 0 : p.lastCallback, EXACT);
  }

  /** Which of the process's callbacks the function is; null: none, or what it returns is of no use. */
  callback(p: Process, fn: number): Callback | null {
    if (p.callbackModule === null || p.reportsState) return null;
    const callback = this.#definitions.callback(fn);
    return callback === null || callback.module !== p.callbackModule ? null : callback;
  }

  /** `event`: a callback was called with this state, an external term, which nothing may have told before. */
  given(p: Process, t: number, event: number, state: Buffer): void {
    if (!this.#keep(p, state, 0, state.length)) return;
    this.#add(p, t, event, 0, 0, EXACT);
  }

  /** `event`: the return of a callback with `result`, an external term. */
  returned(p: Process, t: number, event: number, callback: Callback, result: Buffer): void {
    let state: Buffer | null = null;
    if (p.behaviour === "gen_statem") {
      state = machineState(result, p.machineState);
      p.machineState = state ?? p.machineState;
    } else if (isServerCallback(callback.name, callback.arity)) state = serverState(result);
    if (state === null) return;
    this.#keep(p, state, 0, state.length);
    const cause = callback.name === "init" ? 0 : p.lastMessage;
    const confidence = p.callbacksTell ? EXACT : INFERRED;
    this.#add(p, t, event, cause, this.#session.out.name(callback.name), confidence);
  }

  #add(
    p: Process,
    t: number,
    event: number,
    cause: number,
    callback: number,
    confidence: number,
  ): void {
    const { out } = this.#session;
    out.state(p.pid, p.stateVersion, t, event, p.stateRef, cause, callback);
    p.stateVersion += 1;
    if (cause === 0 || p.lastReceiveEvent === 0) return;
    out.link(p.lastReceiveEvent, event, STATE_LINK, confidence);
  }

  /** An unchanged state is kept once, and answers false. */
  #keep(p: Process, bytes: Buffer, start: number, end: number): boolean {
    const hash = bodyHash(bytes, start, end);
    if (hash === p.stateHash && end - start === p.stateBytes) return false;
    p.stateRef = this.#session.out.payload(bytes, start, end);
    p.stateHash = hash;
    p.stateBytes = end - start;
    return true;
  }
}
