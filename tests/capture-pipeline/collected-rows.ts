// A correlator's output as plain rows, with names in place of codes.

import type {
  CallRow,
  CorrelatorOutput,
  GapRow,
  MessageRow,
  ModuleRow,
  ProcessFacts,
  SiteRow,
  TestRow,
} from "@elixirscope/capture";
import { decode, type Term } from "@elixirscope/etf";
import {
  CALL_OUTCOMES,
  CONFIDENCES,
  EVENT_KINDS,
  LINK_TYPES,
  MESSAGE_KINDS,
  MESSAGE_MATCHES,
} from "@elixirscope/trace";

export type CollectedCall = Omit<CallRow, "outcome" | "pid" | "fn"> & {
  readonly outcome: string;
  readonly pid: string;
  readonly fn: string;
};
export type CollectedMessage = Omit<MessageRow, "kind" | "match" | "from" | "to"> & {
  readonly kind: string;
  readonly match: string;
  readonly from: string;
  readonly to: string;
};
export type CollectedEvent = {
  readonly id: number;
  readonly t: number;
  readonly pid: string;
  readonly kind: string;
  readonly site: number;
  readonly frame: number;
  readonly correlation: number;
  readonly payload: number;
  readonly flags: number;
};
export type CollectedBindings = {
  readonly event: number;
  readonly call: number;
  readonly site: number;
  readonly elements: number;
  readonly value: number;
};
export type CollectedState = {
  readonly pid: string;
  readonly version: number;
  readonly t: number;
  readonly event: number;
  readonly cause: number;
  readonly callback: string;
  readonly state: number;
};

export class CollectedRows implements CorrelatorOutput {
  readonly events: CollectedEvent[] = [];
  readonly calls: CollectedCall[] = [];
  readonly messages: CollectedMessage[] = [];
  readonly states: CollectedState[] = [];
  /** `source -type/confidence-> target` */
  readonly links: string[] = [];
  readonly processes: Map<string, ProcessFacts> = new Map();
  readonly modules: ModuleRow[] = [];
  readonly bound: CollectedBindings[] = [];
  readonly sites: SiteRow[] = [];
  readonly tests: TestRow[] = [];
  readonly gaps: GapRow[] = [];
  readonly metrics: [number, string, string, number][] = [];
  readonly clocks: [number, bigint][] = [];
  readonly payloads: Uint8Array[] = [new Uint8Array(0)];
  readonly #texts: string[] = [""];
  readonly #ids = new Map<string, number>();

  /** What a payload number stands for. */
  value(ref: number): Term | null {
    const decoded = decode(this.payloads[ref] ?? new Uint8Array(0));
    return decoded.ok ? decoded.value : null;
  }

  text(id: number): string {
    return this.#texts[id] ?? "?";
  }

  payload(bytes: Uint8Array, start: number, end: number): number {
    return this.payloads.push(bytes.slice(start, end)) - 1;
  }

  term(head: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
    return this.payloads.push(Buffer.concat([head, bytes.subarray(start, end)])) - 1;
  }

  pid(text: string): number {
    return this.#id(text);
  }

  fn(module: string, name: string, arity: number): number {
    return this.#id(`${module}.${name}/${String(arity)}`);
  }

  name(text: string): number {
    return this.#id(text);
  }

  event(
    id: number,
    t: number,
    pid: number,
    kind: number,
    site: number,
    frame: number,
    correlation: number,
    payload: number,
    flags: number,
  ): void {
    this.events.push({
      id,
      t,
      pid: this.text(pid),
      kind: EVENT_KINDS[kind] ?? "?",
      site,
      frame,
      correlation,
      payload,
      flags,
    });
  }

  bindings(
    event: number,
    call: number,
    _pid: number,
    _t: number,
    site: number,
    elements: number,
    value: number,
  ): void {
    this.bound.push({ event, call, site, elements, value });
  }

  site(row: SiteRow): void {
    this.sites.push(row);
  }

  test(row: TestRow): void {
    this.tests.push(row);
  }

  call(row: CallRow): void {
    this.calls.push({
      ...row,
      outcome: CALL_OUTCOMES[row.outcome] ?? "?",
      pid: this.text(row.pid),
      fn: this.text(row.fn),
    });
  }

  message(row: MessageRow): void {
    this.messages.push({
      ...row,
      kind: MESSAGE_KINDS[row.kind] ?? "?",
      match: MESSAGE_MATCHES[row.match] ?? "?",
      from: this.text(row.from),
      to: this.text(row.to),
    });
  }

  state(
    pid: number,
    version: number,
    t: number,
    event: number,
    state: number,
    cause: number,
    callback: number,
  ): void {
    this.states.push({
      pid: this.text(pid),
      version,
      t,
      event,
      cause,
      callback: this.text(callback),
      state,
    });
  }

  link(source: number, target: number, type: number, confidence: number): void {
    const how = `${LINK_TYPES[type] ?? "?"}/${CONFIDENCES[confidence] ?? "?"}`;
    this.links.push(`${String(source)} -${how}-> ${String(target)}`);
  }

  process(pid: number, facts: ProcessFacts): void {
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    const before = this.processes.get(this.text(pid)) ?? {};
    this.processes.set(this.text(pid), { ...before, ...Object.fromEntries(known) });
  }

  module(row: ModuleRow): void {
    this.modules.push(row);
  }

  gap(row: GapRow): void {
    this.gaps.push(row);
  }

  metric(t: number, source: string, name: string, value: number): void {
    this.metrics.push([t, source, name, value]);
  }

  clock(t: number, systemTimeNs: bigint): void {
    this.clocks.push([t, systemTimeNs]);
  }

  #id(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.push(text) - 1;
    this.#ids.set(text, id);
    return id;
  }
}
