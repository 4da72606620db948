// Beginnings, ends, links and names of processes, and what else is told about them.

import { RECORD } from "@elixirscope/trace";
import { bodyHash } from "../body-hash.ts";
import { LOST, type CallStacks } from "./call-stacks.ts";
import type { Causality } from "./causality.ts";
import type { Definitions } from "./definitions.ts";
import type { EventWriter } from "./event-writer.ts";
import { atomIn, entriesOf, numberIn, textIn } from "./facts.ts";
import type { Waiting } from "./mail-events.ts";
import type { Messages } from "./messages.ts";
import type { CorrelatorOutput } from "./output.ts";
import type { Process } from "./party.ts";
import { payloadOf, type ProcessRecord } from "./process-record.ts";
import type { CorrelatorLimits, CorrelatorSession } from "./session.ts";
import { spawnFacts } from "./spawn-facts.ts";

/** `131, {exit,` for the result of calls that an exit ended */
const EXIT_PREFIX = Buffer.from([131, 104, 2, 119, 4, 101, 120, 105, 116]);

/** the initial call of whatever `proc_lib` starts, until it has said what that runs */
const WRAPPER = "proc_lib.init_p/5";
/** how the initial call of a server ends, behind its module */
const INIT = ".init/1";

export class LifeEvents {
  readonly #out: CorrelatorOutput;
  readonly #limits: CorrelatorLimits;
  readonly #events: EventWriter;
  readonly #definitions: Definitions;
  readonly #calls: CallStacks;
  readonly #messages: Messages;
  readonly #causality: Causality;
  readonly #waiting: Waiting;

  constructor(
    session: CorrelatorSession,
    events: EventWriter,
    definitions: Definitions,
    calls: CallStacks,
    messages: Messages,
    causality: Causality,
    waiting: Waiting,
  ) {
    this.#out = session.out;
    this.#limits = session.limits;
    this.#events = events;
    this.#definitions = definitions;
    this.#calls = calls;
    this.#messages = messages;
    this.#causality = causality;
    this.#waiting = waiting;
  }

  /** Spawns, links and names. */
  changed(p: Process, r: ProcessRecord): void {
    const id = this.#events.newId();
    this.#events.write(p, r, id, this.#events.payload(r));
    const peer = r.other !== null && r.other.kind === "process" ? r.other : null;
    switch (r.kind) {
      case RECORD.SPAWN:
        if (peer !== null) this.#born(p, peer, r, id);
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
        this.#name(p, r);
        return;
      default:
        return;
    }
  }

  exited(p: Process, r: ProcessRecord): void {
    const id = this.#events.newId();
    const reason = this.#events.payload(r);
    this.#events.write(p, r, id, reason);
    if (p.depth > 0) {
      const raised = Buffer.concat([EXIT_PREFIX, payloadOf(r).subarray(1)]);
      const result = reason === 0 ? 0 : this.#out.payload(raised, 0, raised.length);
      if (this.#mayHaveEnded(p, r.t)) this.#calls.unwind(p, 0, -1, LOST, 0, 0);
      else this.#calls.abandon(p, r.t, result, id);
    }
    const reasonHash = bodyHash(r.bytes, r.start, r.end);
    this.#causality.exited(p, { event: id, t: r.t, reasonHash, reasonBytes: r.end - r.start });
    this.#messages.close(p);
    this.#out.process(p.pid, { tExited: r.t, exitReason: reason === 0 ? undefined : reason });
  }

  /** It ended in a pause that is over now: when and why is not known. */
  #wasGone(p: Process, r: ProcessRecord): void {
    if (p.depth > 0) this.#calls.unwind(p, 0, -1, LOST, 0, 0);
    this.#messages.close(p);
    this.#out.process(p.pid, { tExited: r.t });
  }

  /**
   * What ends a process from outside takes the events with it that were not reported yet. One that did
   * nothing for long had none.
   */
  #mayHaveEnded(p: Process, t: number): boolean {
    if (p.captured === null || p.stack.every((frame) => frame.number === 0)) return false;
    const { flushedTo, actedAt } = p.captured;
    if (actedAt <= flushedTo && t - flushedTo > this.#limits.unreportedHoldNs) return false;
    this.#out.gap({
      tFrom: Math.max(0, flushedTo),
      tTo: t,
      pid: p.pid,
      reason: "dropped",
      count: 0,
      detail: "the process was ended: what its instrumented code did last was not reported",
    });
    return true;
  }

  told(p: Process, r: ProcessRecord): void {
    const entries = entriesOf(payloadOf(r));
    if (entries.has("ended")) {
      this.#wasGone(p, r);
      return;
    }
    const name = textIn(entries, "name");
    const behaviour = textIn(entries, "behaviour");
    // seen before `proc_lib` said what it runs; the spawn tells
    const isWrapped = textIn(entries, "initial_call") === WRAPPER;
    const initialCall = isWrapped ? undefined : textIn(entries, "initial_call");
    if (name !== undefined) this.#definitions.register(p, name);
    if (textIn(entries, "states") === "callbacks" && initialCall !== undefined) {
      p.callbackModule = initialCall.slice(0, -INIT.length);
      p.callbacksTell = !p.reportsState;
    }
    p.behaviour = behaviour ?? p.behaviour;
    // what `proc_lib` started and has ancestors runs, but for tasks, a behaviour
    p.isBehaviour ||=
      behaviour !== undefined || (initialCall !== undefined && entries.has("ancestors"));
    this.#out.process(p.pid, {
      name,
      behaviour,
      label: textIn(entries, "label"),
      initialCall,
      ancestors: textIn(entries, "ancestors"),
      application: textIn(entries, "application"),
      parent: r.other !== null && r.other.kind === "process" ? r.other.pid : undefined,
      tSpawned: numberIn(entries, "t_spawned") ?? undefined,
    });
  }

  #born(parent: Process, child: Process, r: ProcessRecord, event: number): void {
    this.#causality.spawned(parent, child, event, this.#events.correlation(parent, event));
    const { initialCall, behaviour, callbackModule } = spawnFacts(payloadOf(r));
    child.callbackModule = callbackModule;
    child.behaviour = behaviour ?? child.behaviour;
    child.isBehaviour ||= behaviour?.startsWith("gen_") === true;
    this.#out.process(child.pid, { parent: parent.pid, tSpawned: r.t, initialCall, behaviour });
    this.#waiting.born(child);
  }

  #name(p: Process, r: ProcessRecord): void {
    const name = atomIn(payloadOf(r));
    if (name === null) return;
    if (r.kind === RECORD.UNREGISTER) {
      this.#definitions.unregister(p, name);
      return;
    }
    this.#definitions.register(p, name);
    this.#out.process(p.pid, { name });
  }
}
