// The mailboxes of behaviours as far as the recording shows them: what arrived and is not handled yet. A
// handled message is found by its body, which the recording keeps once for both. Replies are left out:
// a behaviour takes them inside of a callback, at an instant that nobody reports.

import type { Handled, MessageEnd } from "./export-rows.ts";

/** More is not kept of one process; its oldest are forgotten. */
const MOST = 10_000;

export class Inboxes {
  readonly #byProcess = new Map<number, MessageEnd[]>();

  /** Answers how many wait now. */
  received(message: MessageEnd): number {
    const inbox = this.#byProcess.get(message.pid) ?? [];
    if (message.messageKind === "reply") return inbox.length;
    if (inbox.length === 0) this.#byProcess.set(message.pid, inbox);
    if (inbox.length >= MOST) inbox.shift();
    inbox.push(message);
    return inbox.length;
  }

  /** What came before the handled message was taken inside of a callback. Null: it came before the first slice. */
  handled({
    pid,
    bodyRef,
  }: Handled): { readonly message: MessageEnd; readonly waiting: number } | null {
    const inbox = this.#byProcess.get(pid);
    const at = inbox?.findIndex((one) => one.bodyRef !== null && one.bodyRef === bodyRef) ?? -1;
    const message = inbox?.[at];
    if (inbox === undefined || message === undefined) return null;
    inbox.splice(0, at + 1);
    if (inbox.length === 0) this.#byProcess.delete(pid);
    return { message, waiting: inbox.length };
  }

  forget(pid: number): void {
    this.#byProcess.delete(pid);
  }
}
