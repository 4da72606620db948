// The remote calls of one connection that have no outcome yet, and the processes that run them.

import {
  atom,
  integer,
  list,
  tuple,
  type PidTerm,
  type ReferenceTerm,
  type Term,
} from "@elixirscope/etf";
import { OP, type ControlTuple } from "./control.ts";
import { referenceKey, type Identifiers } from "./identifiers.ts";
import { RemoteCall, type CallOptions, type CallTarget } from "./remote-call.ts";

type Write = (control: ControlTuple, message?: Term) => void;

const EXECUTE_CALL = tuple(atom("erpc"), atom("execute_call"), integer(4));
const SPAWN_OPTIONS = list([atom("monitor")]);

export class Calls {
  readonly #caller: PidTerm;
  readonly #groupLeader: PidTerm;
  readonly #identifiers: Identifiers;
  readonly #write: Write;
  readonly #running = new Map<string, RemoteCall>();
  #noneStarting: (() => void) | null = null;

  constructor(caller: PidTerm, groupLeader: PidTerm, identifiers: Identifiers, write: Write) {
    this.#caller = caller;
    this.#groupLeader = groupLeader;
    this.#identifiers = identifiers;
    this.#write = write;
  }

  async start(target: CallTarget, options: CallOptions): Promise<Term> {
    const request = this.#identifiers.reference();
    const call = new RemoteCall(this.#identifiers.reference(), target, options, (pid) =>
      this.#write([OP.PAYLOAD_EXIT2, this.#caller, pid], atom("kill")),
    );
    this.#running.set(referenceKey(request), call);
    this.#write(
      [OP.SPAWN_REQUEST, request, this.#caller, this.#groupLeader, EXECUTE_CALL, SPAWN_OPTIONS],
      call.spawnArguments,
    );
    return await call.result;
  }

  spawned(request: ReferenceTerm, result: Term): void {
    const key = referenceKey(request);
    const call = this.#running.get(key);
    if (call === undefined) return;
    if (!call.spawned(result)) this.#running.delete(key);
    // Looks at every call: only while close() waits for it.
    if (this.#noneStarting !== null && !this.#isAnyStarting()) this.#noneStarting();
  }

  /** False when the reference is not of a call. */
  down(reference: ReferenceTerm, reason: Term): boolean {
    const key = referenceKey(reference);
    this.#running.get(key)?.down(reason);
    return this.#running.delete(key);
  }

  /** Rejects every call and kills its process, once the node has told us which one it is. */
  async abandonAll(timeoutMs: number): Promise<void> {
    for (const call of this.#running.values()) call.abandon("closed", "was given up by close()");
    if (!this.#isAnyStarting()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#noneStarting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The connection is gone. */
  lost(reason: string): void {
    for (const call of this.#running.values()) call.lost(reason);
    this.#running.clear();
    this.#noneStarting?.();
  }

  #isAnyStarting(): boolean {
    for (const call of this.#running.values()) if (call.isStarting) return true;
    return false;
  }
}
