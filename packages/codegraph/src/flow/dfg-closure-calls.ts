// Which closures are called where, from where their values can go (Shivers, "Control flow analysis in
// Scheme", 1988: 0-CFA, inside one function). A closure that a call is given may be called by it with
// whatever else it was given: `Enum.map(list, fn x -> … end)`.

import type { DfgDraft } from "./dfg-draft.ts";
import type { Flow, FlowKind } from "./dfg.ts";

/** Flows through which a closure stays what it is. */
const CARRIES: ReadonlySet<FlowKind> = new Set<FlowKind>([
  "copy",
  "component",
  "construct",
  "phi",
  "capture",
  "return",
  "argument",
  "pipe",
  "call_argument",
  "call_return",
  "message",
  "exception",
]);

/**
 * Flows added to one function, and flows gone through, before linking ends where it is: only functions
 * written by programs, with hundreds of closures that each may reach each call, come near.
 */
const MAX_ADDED = 100_000;
const MAX_WORK = 2_000_000;

export function linkClosures(draft: DfgDraft): void {
  if (draft.closures.length === 0) return;
  new ClosureCalls(draft).run();
}

class ClosureCalls {
  readonly #draft: DfgDraft;
  readonly #out: Flow[][] = [];
  readonly #in: Flow[][] = [];
  /** closures that each definition may hold */
  readonly #holds: (Set<number> | undefined)[] = [];
  readonly #tasks: { readonly definition: number; readonly closure: number }[] = [];
  readonly #linked = new Set<string>();
  #work = 0;
  #added = 0;

  constructor(draft: DfgDraft) {
    this.#draft = draft;
    for (const flow of draft.flows) this.#index(flow);
  }

  run(): void {
    this.#draft.closures.forEach((closure, i) => this.#hold(closure.definition, i));
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) {
      for (const flow of this.#out[task.definition] ?? []) {
        this.#work += 1;
        if (this.#work > MAX_WORK || this.#added > MAX_ADDED) return;
        this.#follow(flow, task.closure);
      }
    }
  }

  #index(flow: Flow): void {
    (this.#out[flow.from] ??= []).push(flow);
    (this.#in[flow.to] ??= []).push(flow);
  }

  #hold(definition: number, closure: number): void {
    const held = (this.#holds[definition] ??= new Set());
    if (held.has(closure)) return;
    held.add(closure);
    this.#tasks.push({ definition, closure });
  }

  #follow(flow: Flow, closure: number): void {
    if (!CARRIES.has(flow.kind)) return;
    if (flow.kind === "argument" || flow.kind === "pipe") {
      this.#call(flow, closure);
      if (this.#isForgotten(flow, closure)) return;
    }
    this.#hold(flow.to, closure);
  }

  /** `Enum.map(list, fn …)` gives back what the closure gives, not the closure. */
  #isForgotten({ from, to, index }: Flow, closure: number): boolean {
    const { callbacks, closures } = this.#draft;
    return callbacks.get(to) === index && closures[closure]?.definition === from;
  }

  /** The call that `flow` leads to is given the closure, or calls it. */
  #call(flow: Flow, closure: number): void {
    const key = `${flow.to}:${closure}:${flow.index}`;
    const called = this.#draft.closures[closure];
    if (called === undefined || this.#linked.has(key)) return;
    this.#linked.add(key);
    const direct = flow.index < 0;
    const path = direct ? null : "…";
    this.#add(flow, "call_return", called.result, flow.to, path, -1);
    for (const given of this.#in[flow.to] ?? []) {
      if (given.kind !== "argument" && given.kind !== "pipe") continue;
      if (given.index < 0) continue;
      called.parameters.forEach((parameter, i) => {
        if (direct && i !== given.index) return;
        if (!direct && given.index === flow.index) return;
        this.#add(given, "call_argument", given.from, parameter, path, i);
      });
    }
    // what a function gives back may be given to it again: accumulators
    if (!direct) {
      called.parameters.forEach((parameter, i) => {
        this.#add(flow, "call_argument", called.result, parameter, path, i);
      });
    }
  }

  #add(
    at: Flow,
    kind: FlowKind,
    from: number,
    to: number,
    path: string | null,
    index: number,
  ): void {
    const { nodeId, start, end } = at;
    const flow = { from, to, kind, path, index, nodeId, start, end };
    this.#added += 1;
    this.#draft.flows.push(flow);
    this.#index(flow);
    for (const closure of this.#holds[from] ?? []) this.#hold(to, closure);
    for (const closure of this.#holds[from] ?? []) this.#follow(flow, closure);
  }
}
