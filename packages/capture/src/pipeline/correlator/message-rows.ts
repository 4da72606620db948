// Rows of `messages`: one per message, written when both ends are known or only one ever will be.

import { MESSAGE_KINDS, MESSAGE_MATCHES } from "@elixirscope/trace";
import type { Peek } from "../term-peek.ts";
import type { MessageEnd } from "./message-end.ts";
import type { MessageRow } from "./output.ts";
import type { PendingSend } from "./pair.ts";
import type { Process } from "./party.ts";
import type { CorrelatorSession } from "./session.ts";

const NONE = MESSAGE_MATCHES.indexOf("none");
const PLAIN = MESSAGE_KINDS.indexOf("plain");
const INFO = MESSAGE_KINDS.indexOf("info");
export const REPLY: number = MESSAGE_KINDS.indexOf("reply");
/** The code in `messages.kind` of what a body looks like. */
export const KIND_CODE: Readonly<Record<Peek["kind"], number>> = {
  plain: PLAIN,
  tagged: PLAIN,
  call: MESSAGE_KINDS.indexOf("call"),
  cast: MESSAGE_KINDS.indexOf("cast"),
  down: MESSAGE_KINDS.indexOf("down"),
  exit: MESSAGE_KINDS.indexOf("exit"),
};

export class MessageRows {
  readonly #session: CorrelatorSession;
  readonly #row: MessageRow = {
    message: 0,
    from: 0,
    to: 0,
    tSent: -1,
    tReceived: -1,
    kind: 0,
    body: 0,
    replyTo: 0,
    match: 0,
    sendEvent: 0,
    receiveEvent: 0,
  };

  constructor(session: CorrelatorSession) {
    this.#session = session;
  }

  /** Both ends; `sender` is who the receiver says it is from. */
  received(receiver: Process, sender: Process, end: MessageEnd, send: PendingSend): void {
    this.#session.counters.matched += 1;
    const row = this.#row;
    row.message = send.event;
    row.from = sender.pid;
    row.to = receiver.pid;
    row.tSent = send.t;
    row.tReceived = end.record.t;
    row.kind = kindTo(receiver, send.kind);
    row.body = send.body;
    row.replyTo = send.replyTo;
    row.match = send.match;
    row.sendEvent = send.event;
    row.receiveEvent = end.event;
    this.#session.out.message(row);
  }

  /** Seen only where it arrived. */
  receivedAlone(
    receiver: Process,
    sender: Process | null,
    end: MessageEnd,
    kind: number,
    replyTo: number,
  ): void {
    this.#session.counters.unmatched += 1;
    const row = this.#row;
    row.message = end.event;
    row.from = sender?.pid ?? 0;
    row.to = receiver.pid;
    row.tSent = -1;
    row.tReceived = end.record.t;
    row.kind = kindTo(receiver, kind);
    row.body = end.body;
    row.replyTo = replyTo;
    row.match = NONE;
    row.sendEvent = 0;
    row.receiveEvent = end.event;
    this.#session.out.message(row);
  }

  /** Seen only where it was sent. */
  unreceived(send: PendingSend): void {
    this.#session.counters.unmatched += 1;
    this.#session.out.message(this.open(send));
  }

  /** The row as it would be if the message was never received; reused. */
  open(send: PendingSend): MessageRow {
    const row = this.#row;
    row.message = send.event;
    row.from = send.sender?.pid ?? 0;
    row.to = send.to;
    row.tSent = send.t;
    row.tReceived = -1;
    row.kind = kindTo(send.receiver, send.kind);
    row.body = send.body;
    row.replyTo = send.replyTo;
    row.match = NONE;
    row.sendEvent = send.event;
    row.receiveEvent = 0;
    return row;
  }
}

/** A plain message to a behaviour is one for its `handle_info`. */
function kindTo(receiver: Process | null, kind: number): number {
  return kind === PLAIN && receiver?.isBehaviour === true ? INFO : kind;
}
