// Calls and waits, in the order in which they began, merged into one tree of stacks: every node is a
// function below its callers. Times of functions and processes are kept on the way, so that recursion
// counts once: a function's total is that of its outermost calls.
//
// A call is finished when the next thing in its process shows that it is over, so memory holds open
// calls, functions and a bounded number of nodes and processes; what is beyond that falls into "other".

import type { WaitCause } from "@elixirscope/wire";
import { Durations } from "./durations.ts";

export const MOST_NODES = 50_000;
export const MOST_PROCESSES = 100_000;
/** in place of a process, for those that found no room */
export const OTHER_PROCESS = -1;
/** in place of a function, for stacks that found no room */
export const OTHER_FUNCTION = -1;

export type BegunCall = {
  readonly call: number;
  readonly parent: number | null;
  readonly pid: number;
  readonly function: number;
  readonly from: number;
  /** null: it is not known when it ended */
  readonly to: number | null;
  /** it raised, threw or exited */
  readonly isError?: boolean;
};

export type Wait = {
  readonly pid: number;
  /** null: outside of every recorded call */
  readonly frame: number | null;
  readonly ns: number;
  readonly cause: WaitCause;
  readonly isExact: boolean;
};

/** `call` 0: of none is it known when it ended. */
export type SlowestCall = { readonly call: number; readonly ns: number };

export type StackNode = {
  readonly function: number;
  readonly parent: number | null;
  calls: number;
  totalNs: number;
  selfNs: number;
  /** of `selfNs`; what children waited is theirs */
  waitingNs: number;
  slowest: SlowestCall;
};

export type FunctionSums = {
  readonly function: number;
  calls: number;
  unknown: number;
  errors: number;
  selfNs: number;
  selfWaitingNs: number;
  totalNs: number;
  waitingNs: number;
  readonly durations: Durations;
  slowest: SlowestCall;
};

export type ProcessSums = {
  readonly pid: number;
  calls: number;
  inCallsNs: number;
  readonly waitingNs: Record<WaitCause, number>;
  /** of the waiting in calls: what is known from a call and its reply alone */
  exactWaitingNs: number;
  /** outside of calls, until a message came */
  idleNs: number;
};

type Open = {
  readonly begun: BegunCall;
  readonly node: number;
  readonly isOutermost: boolean;
  innerNs: number;
  selfWaitingNs: number;
  waitingNs: number;
};

type Stack = { readonly open: Open[]; readonly active: Map<number, number> };

const NO_CALL: SlowestCall = { call: 0, ns: 0 };

/** Node numbers are below 2^20 and functions below 2^32. */
const NODE_FACTOR = 2 ** 32;

export class CallTree {
  readonly nodes: StackNode[] = [];
  readonly functions: Map<number, FunctionSums> = new Map();
  readonly processes: Map<number, ProcessSums> = new Map();
  readonly #children = new Map<number, number>();
  readonly #stacks = new Map<number, Stack>();
  readonly #mostNodes: number;

  constructor(mostNodes: number = MOST_NODES) {
    this.#mostNodes = mostNodes;
  }

  enter(begun: BegunCall): void {
    const stack = this.#stackOf(begun.pid);
    this.#leaveUntil(stack, begun.parent);
    const above = stack.open.at(-1);
    const active = stack.active.get(begun.function) ?? 0;
    stack.active.set(begun.function, active + 1);
    stack.open.push({
      begun,
      node: this.#node(above?.node ?? null, begun.function),
      isOutermost: active === 0,
      innerNs: 0,
      selfWaitingNs: 0,
      waitingNs: 0,
    });
  }

  wait({ pid, frame, ns, cause, isExact }: Wait): void {
    const process = this.#processOf(pid);
    const stack = this.#stackOf(pid);
    if (frame === null) {
      process.idleNs += ns;
      return;
    }
    this.#leaveUntil(stack, frame);
    const top = stack.open.at(-1);
    if (top === undefined) return;
    // a call that began before the range is cut to it, and so is what it waited
    const inside = Math.min(ns, Math.max(0, length(top.begun) - top.innerNs - top.selfWaitingNs));
    top.selfWaitingNs += inside;
    process.waitingNs[cause] += inside;
    if (isExact) process.exactWaitingNs += inside;
  }

  /** Everything before `t` has been told. */
  settle(t: number): void {
    for (const [pid, stack] of this.#stacks) {
      const last = stack.open.findLast(({ begun }) => begun.to === null || begun.to >= t);
      this.#leaveUntil(stack, last?.begun.call ?? null);
      if (stack.open.length === 0) this.#stacks.delete(pid);
    }
  }

  /** Every call is over; the sums are whole. */
  finish(): void {
    for (const stack of this.#stacks.values()) this.#leaveUntil(stack, null);
  }

  /** The calls below `call` are over; all of them where it is not among the open ones. */
  #leaveUntil({ open, active }: Stack, call: number | null): void {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (top.begun.call === call) return;
      open.pop();
      const before = active.get(top.begun.function) ?? 1;
      if (before > 1) active.set(top.begun.function, before - 1);
      else active.delete(top.begun.function);
      this.#left(top, open.at(-1));
    }
  }

  #left(call: Open, above: Open | undefined): void {
    const { begun, node, isOutermost, innerNs, selfWaitingNs } = call;
    const known = begun.to !== null;
    const totalNs = Math.max(innerNs, length(begun));
    const selfNs = totalNs - innerNs;
    const waitingNs = call.waitingNs + selfWaitingNs;
    const process = this.#processOf(begun.pid);
    process.calls += 1;
    if (above === undefined) {
      process.inCallsNs += totalNs;
    } else {
      above.innerNs += totalNs;
      above.waitingNs += waitingNs;
    }
    const at = this.nodes[node];
    if (at !== undefined) {
      at.calls += 1;
      at.totalNs += totalNs;
      at.selfNs += selfNs;
      at.waitingNs += selfWaitingNs;
      if (known && (totalNs > at.slowest.ns || at.slowest.call === 0))
        at.slowest = { call: begun.call, ns: totalNs };
    }
    const sums = this.#functionOf(begun.function);
    sums.calls += 1;
    if (begun.isError === true) sums.errors += 1;
    sums.selfNs += selfNs;
    sums.selfWaitingNs += selfWaitingNs;
    if (isOutermost) {
      sums.totalNs += totalNs;
      sums.waitingNs += waitingNs;
    }
    if (!known) {
      sums.unknown += 1;
      return;
    }
    sums.durations.add(totalNs);
    if (totalNs >= sums.slowest.ns) sums.slowest = { call: begun.call, ns: totalNs };
  }

  #node(parent: number | null, fun: number): number {
    const above = parent === null ? undefined : this.nodes[parent];
    // below "other" all is other
    if (above?.function === OTHER_FUNCTION && parent !== null) return parent;
    const key = ((parent ?? -1) + 1) * NODE_FACTOR + fun;
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const isFull = this.nodes.length >= this.#mostNodes && fun !== OTHER_FUNCTION;
    if (isFull) return this.#other(parent);
    return this.#add(key, parent, fun);
  }

  #other(parent: number | null): number {
    const key = -1 - (parent ?? -1) - 1;
    return this.#children.get(key) ?? this.#add(key, parent, OTHER_FUNCTION);
  }

  #add(key: number, parent: number | null, fun: number): number {
    const node = this.nodes.length;
    this.nodes.push({
      function: fun,
      parent,
      calls: 0,
      totalNs: 0,
      selfNs: 0,
      waitingNs: 0,
      slowest: NO_CALL,
    });
    this.#children.set(key, node);
    return node;
  }

  #stackOf(pid: number): Stack {
    let stack = this.#stacks.get(pid);
    if (stack === undefined) {
      stack = { open: [], active: new Map() };
      this.#stacks.set(pid, stack);
    }
    return stack;
  }

  #processOf(wanted: number): ProcessSums {
    let sums = this.processes.get(wanted);
    if (sums === undefined) {
      const pid = this.processes.size < MOST_PROCESSES ? wanted : OTHER_PROCESS;
      const other = this.processes.get(pid);
      if (other !== undefined) return other;
      const waitingNs = { reply: 0, message: 0, timer: 0 };
      sums = { pid, calls: 0, inCallsNs: 0, waitingNs, exactWaitingNs: 0, idleNs: 0 };
      this.processes.set(pid, sums);
    }
    return sums;
  }

  #functionOf(fun: number): FunctionSums {
    let sums = this.functions.get(fun);
    if (sums === undefined) {
      sums = {
        function: fun,
        calls: 0,
        unknown: 0,
        errors: 0,
        selfNs: 0,
        selfWaitingNs: 0,
        totalNs: 0,
        waitingNs: 0,
        durations: new Durations(),
        slowest: { call: 0, ns: -1 },
      };
      this.functions.set(fun, sums);
    }
    return sums;
  }
}

function length({ from, to }: BegunCall): number {
  return to === null ? 0 : Math.max(0, to - from);
}
