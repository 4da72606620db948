// When to send a tick, when to ask a silent peer, when to give it up. Pure: time is passed in.
//
// The peer's net_ticktime is its own affair and may be longer than ours, so silence alone proves
// nothing: before giving up we ask something that every node answers.

export type HeartbeatAction = "none" | "tick" | "ask" | "dead";

export class Heartbeat {
  readonly #limitMs: number;
  #receivedAt: number;
  #sentAt: number;
  #beatAt: number;

  /** `limitMs`: silence after which the peer counts as gone. */
  constructor(limitMs: number, now: number) {
    this.#limitMs = limitMs;
    this.#receivedAt = now;
    this.#sentAt = now;
    this.#beatAt = now;
  }

  /** How often to call `beat`. */
  get intervalMs(): number {
    return this.#limitMs / 4;
  }

  received(now: number): void {
    this.#receivedAt = now;
  }

  sent(now: number): void {
    this.#sentAt = now;
  }

  beat(now: number): HeartbeatAction {
    // We were suspended ourselves: what the peer sent meanwhile is still unread.
    if (now - this.#beatAt > 2 * this.intervalMs) this.#receivedAt = now;
    this.#beatAt = now;
    const silence = now - this.#receivedAt;
    if (silence >= this.#limitMs) return "dead";
    if (silence >= this.#limitMs / 2) return "ask";
    return now - this.#sentAt >= this.intervalMs ? "tick" : "none";
  }
}
