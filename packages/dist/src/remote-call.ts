// One remote call, the way OTP's `erpc` does it: a process is spawned on the node with a monitor, and
// its exit reason carries the result. Giving up kills that process, also when its pid comes later.

import { atom, inspect, list, type PidTerm, type ReferenceTerm, type Term } from "@elixirscope/etf";
import { DistError, type RpcFailure } from "./dist-error.ts";
import { referenceKey } from "./identifiers.ts";

export interface CallOptions {
  /** Default 30 s; Infinity waits for ever. On the node the process is killed when time is up. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CallTarget {
  readonly node: string;
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMER_MS = 2_147_483_647;

export class RemoteCall {
  readonly result: Promise<Term>;
  readonly #tag: ReferenceTerm;
  readonly #target: CallTarget;
  readonly #kill: (pid: PidTerm) => void;
  readonly #settled: AbortController = new AbortController();
  #resolve: (result: Term) => void = () => undefined;
  #reject: (error: DistError) => void = () => undefined;
  #pid: PidTerm | null = null;
  #abandoned = false;

  constructor(
    tag: ReferenceTerm,
    target: CallTarget,
    options: CallOptions,
    kill: (pid: PidTerm) => void,
  ) {
    this.#tag = tag;
    this.#target = target;
    this.#kill = kill;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#limitTime(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    options.signal?.addEventListener(
      "abort",
      () => this.abandon("aborted", "was aborted", options.signal?.reason),
      { signal: this.#settled.signal },
    );
  }

  /** The process that runs the call is not known yet, so it cannot be killed yet. */
  get isStarting(): boolean {
    return this.#pid === null;
  }

  /** `{tag, M, F, Args}` for `erpc:execute_call/4`. */
  get spawnArguments(): Term {
    const { module, function: name, args } = this.#target;
    return list([this.#tag, atom(module), atom(name), list(args)]);
  }

  /** The node's answer to the spawn request. False when the call is over: nothing more will come. */
  spawned(result: Term): boolean {
    if (result.kind !== "pid") {
      this.#fail({ class: "error", reason: result, stacktrace: null });
      return false;
    }
    this.#pid = result;
    if (this.#abandoned) this.#kill(result);
    return true;
  }

  /** The process is gone; its exit reason is the outcome. */
  down(reason: Term): void {
    const [tag, kind, value, stacktrace] = reason.kind === "tuple" ? reason.items : [];
    const ours = tag?.kind === "reference" && referenceKey(tag) === referenceKey(this.#tag);
    if (!ours || kind?.kind !== "atom" || value === undefined) {
      this.#fail({ class: "exit", reason, stacktrace: null });
    } else if (kind.name === "return") {
      this.#settled.abort();
      this.#resolve(value);
    } else {
      this.#fail({
        class: kind.name === "throw" || kind.name === "exit" ? kind.name : "error",
        reason: value,
        stacktrace: stacktrace ?? null,
      });
    }
  }

  /** The connection is gone. */
  lost(reason: string): void {
    this.#settle(new DistError("closed", `${this.#name} has no result: ${reason}`));
  }

  abandon(code: "timeout" | "aborted" | "closed", what: string, cause?: unknown): void {
    if (this.#abandoned || this.#settled.signal.aborted) return;
    this.#abandoned = true;
    if (this.#pid !== null) this.#kill(this.#pid);
    this.#settle(new DistError(code, `${this.#name} ${what}; its process is killed`, { cause }));
  }

  #limitTime(timeoutMs: number): void {
    if (timeoutMs === Number.POSITIVE_INFINITY) return;
    const timer = setTimeout(
      () => this.abandon("timeout", `did not return within ${String(timeoutMs)} ms`),
      Math.min(timeoutMs, MAX_TIMER_MS),
    );
    this.#settled.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  #fail(rpc: RpcFailure): void {
    const reason = inspect(rpc.reason, { limit: 20, printableLimit: 500 });
    this.#settle(
      new DistError("rpc_failed", `${this.#name} failed: ${rpc.class} ${reason}`, { rpc }),
    );
  }

  #settle(error: DistError): void {
    this.#settled.abort();
    this.#reject(error);
  }

  get #name(): string {
    const { node, module, function: name, args } = this.#target;
    return `the call of ${module}:${name}/${String(args.length)} on ${node}`;
  }
}
