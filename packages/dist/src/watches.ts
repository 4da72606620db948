// Monitors and links of our process to processes of the node.

import { atom, type PidTerm, type ReferenceTerm, type Term } from "@elixirscope/etf";
import { OP, type ControlTuple } from "./control.ts";
import { pidKey, referenceKey, type Identifiers } from "./identifiers.ts";

export interface Monitor {
  /** The exit reason; `noproc` when there was no such process, `noconnection` when the node is lost. */
  readonly down: Promise<Term>;
  cancel(): void;
}

export interface Link {
  /** As `down` of a monitor. */
  readonly exit: Promise<Term>;
  unlink(): void;
}

type Told = (reason: Term) => void;

export class Watches {
  readonly #self: PidTerm;
  readonly #identifiers: Identifiers;
  readonly #write: (control: ControlTuple) => void;
  readonly #monitors = new Map<string, Told>();
  readonly #links = new Map<string, Told[]>();
  /** Unlinked, not acknowledged: an exit signal that is still under way does not count. */
  readonly #unlinking = new Set<string>();

  constructor(self: PidTerm, identifiers: Identifiers, write: (control: ControlTuple) => void) {
    this.#self = self;
    this.#identifiers = identifiers;
    this.#write = write;
  }

  monitor(target: PidTerm | string): Monitor {
    const process = typeof target === "string" ? atom(target) : target;
    const reference = this.#identifiers.reference();
    const key = referenceKey(reference);
    const down = new Promise<Term>((resolve) => {
      this.#monitors.set(key, resolve);
    });
    this.#write([OP.MONITOR_P, this.#self, process, reference]);
    const cancel = (): void => {
      if (!this.#monitors.delete(key)) return;
      this.#write([OP.DEMONITOR_P, this.#self, process, reference]);
    };
    return { down, cancel };
  }

  link(pid: PidTerm): Link {
    const key = pidKey(pid);
    const told: Told[] = this.#links.get(key) ?? [];
    const exit = new Promise<Term>((resolve) => {
      told.push(resolve);
    });
    this.#links.set(key, told);
    this.#unlinking.delete(key);
    this.#write([OP.LINK, this.#self, pid]);
    const unlink = (): void => {
      if (!this.#links.delete(key)) return;
      this.#unlinking.add(key);
      this.#write([OP.UNLINK_ID, this.#identifiers.unlinkId(), this.#self, pid]);
    };
    return { exit, unlink };
  }

  down(reference: ReferenceTerm, reason: Term): void {
    const key = referenceKey(reference);
    const told = this.#monitors.get(key);
    this.#monitors.delete(key);
    told?.(reason);
  }

  /** False when the signal is not about a link of ours. */
  exited(pid: PidTerm, reason: Term): boolean {
    const key = pidKey(pid);
    const told = this.#links.get(key);
    this.#links.delete(key);
    for (const tell of told ?? []) tell(reason);
    return told !== undefined || this.#unlinking.has(key);
  }

  unlinked(pid: PidTerm): void {
    this.#unlinking.delete(pidKey(pid));
  }

  /** The connection is gone. */
  lost(): void {
    const told = [...this.#monitors.values(), ...[...this.#links.values()].flat()];
    this.#monitors.clear();
    this.#links.clear();
    for (const tell of told) tell(atom("noconnection"));
  }
}
