// Who sent what a process received. The VM's trace does not say it of a receive, so it is looked up among the sends:
// to the same process, of the same body, first in, first out. Two processes that send equal bodies to one are told
// apart by time only, which is why such matches are not called exact.

const MOST = 200_000;

type Sent = {
  readonly sender: number;
  readonly t: number;
  readonly key: string;
  isGone: boolean;
};

export class SentMessages {
  readonly #waiting = new Map<string, Sent[]>();
  readonly #most: number;
  #order: Sent[] = [];
  #oldest = 0;

  /** More than `most` are not kept: the oldest are given up. */
  constructor(most: number = MOST) {
    this.#most = most;
  }

  /** `receiver`: a process's number, or the name or alias that it was sent to. */
  add(receiver: number | string, body: number, sender: number, t: number): void {
    const key = `${receiver} ${body}`;
    const sent = { sender, t, key, isGone: false };
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, [sent]);
    else waiting.push(sent);
    this.#order.push(sent);
    if (this.#order.length - this.#oldest > this.#most) this.#giveUpOldest();
  }

  /** The sender's number, 0 where no such send was seen; taken out. */
  take(receiver: number | string, body: number, t: number): number {
    const key = `${receiver} ${body}`;
    const first = this.#waiting.get(key)?.[0];
    if (first === undefined || first.t > t) return 0;
    this.#remove(first);
    return first.sender;
  }

  #giveUpOldest(): void {
    const oldest = this.#order[this.#oldest];
    this.#oldest += 1;
    if (oldest !== undefined && !oldest.isGone) this.#remove(oldest);
    if (this.#oldest < this.#most) return;
    this.#order = this.#order.slice(this.#oldest);
    this.#oldest = 0;
  }

  #remove(sent: Sent): void {
    sent.isGone = true;
    const waiting = this.#waiting.get(sent.key);
    // it is the first: what is equal leaves in the order in which it came
    waiting?.shift();
    if (waiting?.length === 0) this.#waiting.delete(sent.key);
  }
}
