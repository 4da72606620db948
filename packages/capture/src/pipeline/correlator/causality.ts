// Who caused whose beginning and end: spawns, links, exits that follow exits, and the messages that
// announce an exit (`DOWN` of a monitor, `EXIT` to a process that traps exits).

import { CONFIDENCES, LINK_TYPES } from "@elixirscope/trace";
import type { Peek } from "../term-peek.ts";
import type { Definitions } from "./definitions.ts";
import type { ExitFacts, Process } from "./party.ts";
import type { CorrelatorSession } from "./session.ts";

const SPAWN = LINK_TYPES.indexOf("spawn");
const LINK = LINK_TYPES.indexOf("link");
const MONITOR = LINK_TYPES.indexOf("monitor");
const EXIT = LINK_TYPES.indexOf("exit");
const EXACT = CONFIDENCES.indexOf("exact");
const ORDERED = CONFIDENCES.indexOf("ordered");
const INFERRED = CONFIDENCES.indexOf("inferred");

/** An exit signal arrives within this time, or the exits have nothing to do with each other. */
const EXIT_WITHIN_NS = 100_000_000;
/** What is known of a process that ended stays this long, for messages about it. */
const REMEMBER_NS = 5_000_000_000;

export class Causality {
  readonly #session: CorrelatorSession;
  readonly #definitions: Definitions;
  /** processes that ended, in order */
  #ended: Process[] = [];

  constructor(session: CorrelatorSession, definitions: Definitions) {
    this.#session = session;
    this.#definitions = definitions;
  }

  spawned(parent: Process, child: Process, event: number, correlation: number): void {
    child.spawnEvent = event;
    child.traced ||= parent.traced;
    if (child.correlation === 0) child.correlation = correlation;
    child.parent = parent;
    child.bornAt = this.#session.gaps;
  }

  /** An event of the process itself: the first one is what its spawn led to. */
  acted(process: Process, event: number): void {
    this.#session.out.link(process.spawnEvent, event, SPAWN, EXACT);
    process.spawnEvent = 0;
  }

  linked(process: Process, other: Process, event: number): void {
    process.links.add(other);
    other.links.add(process);
    const told = other.linkEvents?.get(process);
    if (told !== undefined && told < 0) {
      // its other side was taken first
      other.linkEvents?.delete(process);
      this.#session.out.link(event, -told, LINK, EXACT);
    } else (process.linkEvents ??= new Map()).set(other, event);
  }

  gettingLinked(process: Process, other: Process, event: number): void {
    process.links.add(other);
    other.links.add(process);
    const cause = other.linkEvents?.get(process);
    if (cause === undefined || cause < 0) {
      (process.linkEvents ??= new Map()).set(other, -event);
      return;
    }
    other.linkEvents?.delete(process);
    this.#session.out.link(cause, event, LINK, EXACT);
  }

  unlinked(process: Process, other: Process): void {
    process.links.delete(other);
    other.links.delete(process);
  }

  exited(process: Process, exit: ExitFacts): void {
    process.exit = exit;
    for (const { event, type } of process.awaitingExit ?? []) {
      this.#session.out.link(exit.event, event, type, EXACT);
    }
    process.awaitingExit = null;
    this.#causeOfExit(process, exit);
    process.linkEvents = null;
    this.#ended.push(process);
  }

  /** A message that announces an exit: by whom it is about, that exit caused it. */
  announced(bytes: Buffer, peek: Peek, event: number): void {
    const about = this.#definitions.mentioned(bytes, peek.pidStart, peek.pidEnd);
    if (about === null || about.foreign) return;
    const type = peek.kind === "down" ? MONITOR : EXIT;
    if (about.exit !== null) this.#session.out.link(about.exit.event, event, type, EXACT);
    else {
      about.awaitingExit ??= [];
      if (about.awaitingExit.length < 1_000) about.awaitingExit.push({ event, type });
    }
  }

  /** Forgets processes that ended long ago. */
  expire(now: number): void {
    let done = 0;
    for (const process of this.#ended) {
      if (process.exit !== null && now - process.exit.t <= REMEMBER_NS) break;
      for (const other of process.links) other.links.delete(process);
      process.links.clear();
      process.parent = null;
      this.#definitions.forget(process);
      done += 1;
    }
    if (done > 0) this.#ended = this.#ended.slice(done);
  }

  /**
   * The VM does not say why a process ends, but a link passes on the reason: the same reason, from a
   * linked process that ended just before. Without a link seen, a parent's end is a guess.
   */
  #causeOfExit(process: Process, exit: ExitFacts): void {
    let cause: ExitFacts | null = null;
    for (const other of process.links) {
      if (precedes(other.exit, exit) && (cause === null || (other.exit?.t ?? 0) > cause.t)) {
        cause = other.exit;
      }
    }
    if (cause !== null) {
      this.#session.out.link(cause.event, exit.event, EXIT, ORDERED);
      return;
    }
    const { parent } = process;
    if (parent !== null && parent.exit !== null && precedes(parent.exit, exit)) {
      this.#session.out.link(parent.exit.event, exit.event, EXIT, INFERRED);
    }
  }
}

function precedes(cause: ExitFacts | null, exit: ExitFacts): boolean {
  if (cause === null || cause.reasonBytes !== exit.reasonBytes) return false;
  if (cause.reasonHash !== exit.reasonHash) return false;
  return cause.t <= exit.t && exit.t - cause.t <= EXIT_WITHIN_NS;
}
