// What the correlator tells: rows of the public tables with small numbers for pids, functions and names.
//
// Ids are event ids, 0 where there is none; times are ns, -1 where unknown; `payload` numbers come from
// `payload()`, 0 where there is none. Codes are indexes into the arrays of packages/trace/src/schema.ts.

import type { GapReason, Site } from "@elixirscope/trace";

/** One row of `calls`, reused: read it before returning. */
export type CallRow = {
  call: number;
  parent: number;
  pid: number;
  fn: number;
  site: number;
  depth: number;
  tEnter: number;
  tExit: number;
  selfNs: number;
  outcome: number;
  args: number;
  result: number;
  exitEvent: number;
};

/** One row of `messages`, reused: read it before returning. */
export type MessageRow = {
  message: number;
  from: number;
  to: number;
  tSent: number;
  tReceived: number;
  kind: number;
  body: number;
  replyTo: number;
  match: number;
  sendEvent: number;
  receiveEvent: number;
};

export type ProcessFacts = {
  readonly name?: string | undefined;
  readonly label?: string | undefined;
  readonly initialCall?: string | undefined;
  /** pid number */
  readonly parent?: number | undefined;
  readonly ancestors?: string | undefined;
  readonly behaviour?: string | undefined;
  readonly application?: string | undefined;
  readonly tSpawned?: number | undefined;
  readonly tExited?: number | undefined;
  readonly exitReason?: number | undefined;
};

export type GapRow = {
  readonly tFrom: number;
  readonly tTo: number;
  /** pid number, 0: the whole session */
  readonly pid: number;
  readonly reason: GapReason;
  /** null: nobody counted */
  readonly count: number | null;
  readonly detail: string | null;
};

export type ModuleRow = {
  readonly module: string;
  readonly t: number;
  readonly md5: string | null;
  readonly event: string;
  readonly source?: string | null;
};

/** A row of `sites`; `fn` is a function's number. */
export type SiteRow = Omit<Site, "function" | "arity"> & {
  readonly fn: number;
  readonly md5: string;
};

/** A row of `tests`. Numbers as in the other rows; null: not known. */
export type TestRow = {
  readonly module: string;
  readonly name: string;
  readonly file: string | null;
  readonly line: number | null;
  /** pid number */
  readonly pid: number | null;
  readonly tStart: number | null;
  readonly tEnd: number;
  readonly outcome: string;
  readonly timeUs: number | null;
  readonly failure: number | null;
  readonly tags: number | null;
  readonly call: number | null;
  readonly failingEvent: number | null;
  readonly failingSite: number | null;
  readonly failingLine: number | null;
  /** why the links above are missing */
  readonly note: string | null;
};

export interface CorrelatorOutput {
  /** Keeps a payload. */
  payload(bytes: Uint8Array, start: number, end: number): number;
  /** Keeps a payload that begins with `head`, the rest is `bytes[start, end)`. */
  term(head: Uint8Array, bytes: Uint8Array, start: number, end: number): number;
  pid(text: string, node: string): number;
  fn(module: string, name: string, arity: number): number;
  name(text: string): number;

  event(
    id: number,
    t: number,
    pid: number,
    kind: number,
    site: number,
    frame: number,
    correlation: number,
    payload: number,
    /** bits of FLAG; of instrumented code's events: how many variables' values the payload lists */
    flags: number,
  ): void;
  /** `value`: a list of `elements` values, of the last of the site's variables. */
  bindings(
    event: number,
    call: number,
    pid: number,
    t: number,
    site: number,
    elements: number,
    value: number,
  ): void;
  call(row: CallRow): void;
  message(row: MessageRow): void;
  state(
    pid: number,
    version: number,
    t: number,
    event: number,
    state: number,
    cause: number,
    callback: number,
  ): void;
  link(source: number, target: number, type: number, confidence: number): void;
  process(pid: number, facts: ProcessFacts): void;
  module(row: ModuleRow): void;
  site(row: SiteRow): void;
  test(row: TestRow): void;
  gap(row: GapRow): void;
  /** `source`: `probe`, `collector`, or a process by its pid */
  metric(t: number, source: string, name: string, value: number): void;
  /** wall clock at `t`, ns since 1970 */
  clock(t: number, systemTimeNs: bigint): void;
}
