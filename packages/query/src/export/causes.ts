// What the outermost calls of each process are for: the message that its behaviour took last, or that any
// other process received last, and the call that sent it.

import type { Handled, MessageEnd } from "./export-rows.ts";
import { Inboxes } from "./inboxes.ts";
import type { SpanKey } from "./open-spans.ts";

export type Cause = { readonly message: MessageEnd; readonly sender: SpanKey };

/** Senders of messages on their way; older ones are forgotten, and with them what they caused. */
const MOST_SENDERS = 200_000;

export class Causes {
  readonly #inboxes = new Inboxes();
  readonly #senders = new Map<number, SpanKey>();
  readonly #behaviours = new Set<number>();
  readonly #causes = new Map<number, Cause>();

  of(pid: number): Cause | null {
    return this.#causes.get(pid) ?? null;
  }

  sent({ message, isMatched }: MessageEnd, sender: SpanKey | null): void {
    if (sender === null || !isMatched) return;
    this.#senders.set(message, sender);
    if (this.#senders.size <= MOST_SENDERS) return;
    const oldest = this.#senders.keys().next();
    if (oldest.done !== true) this.#senders.delete(oldest.value);
  }

  received(message: MessageEnd): void {
    this.#inboxes.received(message);
    if (!this.#behaviours.has(message.pid)) this.#act(message.pid, message);
    // a behaviour takes replies inside of a callback: they begin nothing
    else if (message.messageKind === "reply") this.#senders.delete(message.message);
  }

  handled(one: Handled): void {
    this.#behaviours.add(one.pid);
    const message = this.#inboxes.handled(one)?.message ?? null;
    this.#act(one.pid, message);
    if (message !== null) this.#senders.delete(message.message);
  }

  forget(pid: number): void {
    this.#inboxes.forget(pid);
    this.#behaviours.delete(pid);
    this.#causes.delete(pid);
  }

  #act(pid: number, message: MessageEnd | null): void {
    const sender = message === null ? undefined : this.#senders.get(message.message);
    if (message === null || sender === undefined) this.#causes.delete(pid);
    else this.#causes.set(pid, { message, sender });
  }
}
