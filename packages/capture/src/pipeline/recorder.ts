// The correlator's rows into the recording's columns, and what they say about loss and clocks.

import { createHash } from "node:crypto";
import { NAME_SEPARATOR, type RecordingWriter } from "@elixirscope/store";
import type {
  CallRow,
  CorrelatorOutput,
  GapRow,
  MessageRow,
  ModuleRow,
  ProcessFacts,
  SiteRow,
  TestRow,
} from "./correlator/output.ts";
import type { AuditEntry, Mark } from "./threads.ts";

type Tables = RecordingWriter["tables"];
/** also of what is open */
type CallTable = Tables["calls"];
type MessageTable = Tables["messages"];

export class Recorder implements CorrelatorOutput {
  readonly #writer: RecordingWriter;
  readonly #tables: Tables;
  readonly #onClock: (t: number, systemTimeNs: bigint) => void;
  /** events known to be missing, by reason */
  readonly loss: Record<string, number>;
  /** sites, modules and sources that have their row */
  readonly #stored = new Set<string>();

  constructor(
    writer: RecordingWriter,
    loss: Readonly<Record<string, number>>,
    onClock: (t: number, systemTimeNs: bigint) => void,
  ) {
    this.#writer = writer;
    this.#tables = writer.tables;
    this.#onClock = onClock;
    this.loss = { ...loss };
  }

  payload(bytes: Uint8Array, start: number, end: number): number {
    return this.#writer.payload(bytes, start, end);
  }

  term(head: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
    return this.#writer.payloadAfter(head, bytes, start, end);
  }

  pid(text: string, node: string): number {
    return this.#writer.pids.intern(text, node);
  }

  fn(module: string, name: string, arity: number): number {
    return this.#writer.functions.intern(module, name, arity);
  }

  name(text: string): number {
    return this.#writer.names.intern(text);
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
    const table = this.#tables.events;
    const i = table.next();
    const c = table.columns;
    c.id[i] = id;
    c.t[i] = t;
    c.pid[i] = pid;
    c.kind[i] = kind;
    c.site[i] = site;
    c.frame[i] = frame;
    c.correlation[i] = correlation;
    c.payload[i] = payload;
    c.flags[i] = flags;
  }

  bindings(
    event: number,
    call: number,
    pid: number,
    t: number,
    site: number,
    elements: number,
    value: number,
  ): void {
    const table = this.#tables.bindings;
    const i = table.next();
    const c = table.columns;
    c.event[i] = event;
    c.call[i] = call;
    c.pid[i] = pid;
    c.t[i] = t;
    c.site[i] = site;
    c.elements[i] = elements;
    c.value[i] = value;
  }

  call(row: CallRow): void {
    writeCall(this.#tables.calls, row);
  }

  openCall(row: CallRow): void {
    writeCall(this.#tables.open_calls, row);
  }

  message(row: MessageRow): void {
    writeMessage(this.#tables.messages, row);
  }

  openMessage(row: MessageRow): void {
    writeMessage(this.#tables.open_messages, row);
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
    const table = this.#tables.states;
    const i = table.next();
    const c = table.columns;
    c.pid[i] = pid;
    c.version[i] = version;
    c.t[i] = t;
    c.event[i] = event;
    c.state[i] = state;
    c.cause_message[i] = cause;
    c.callback[i] = callback;
  }

  link(source: number, target: number, type: number, confidence: number): void {
    const table = this.#tables.links;
    const i = table.next();
    const c = table.columns;
    c.source_event[i] = source;
    c.target_event[i] = target;
    c.type[i] = type;
    c.confidence[i] = confidence;
  }

  process(pid: number, facts: ProcessFacts): void {
    this.#writer.add("processes", {
      pid,
      name: facts.name,
      label: facts.label,
      initial_call: facts.initialCall,
      parent: facts.parent,
      ancestors: facts.ancestors,
      behaviour: facts.behaviour,
      application: facts.application,
      t_spawned: facts.tSpawned,
      t_exited: facts.tExited,
      exit_reason: facts.exitReason,
    });
  }

  module(row: ModuleRow): void {
    const { module, t, md5, event, source } = row;
    if (event === "instrumented" && !this.#isNew(`module ${module} ${md5 ?? ""}`)) return;
    this.#writer.add("modules", { module, t, md5, event, source });
  }

  site(row: SiteRow): void {
    if (!this.#isNew(`site ${String(row.site)}`)) return;
    this.#writer.add("sites", {
      site: row.site,
      function: row.fn,
      kind: row.kind,
      file: row.file,
      line: row.line,
      column: row.column,
      node_id: row.nodeId,
      hash: row.hash,
      clause: row.clause,
      generated: row.generated ? 1 : 0,
      names:
        row.names.length === 0 ? null : row.names.map((name) => name ?? "").join(NAME_SEPARATOR),
      target: row.target,
      md5: row.md5,
    });
  }

  source(file: string, text: string): void {
    const bytes = Buffer.from(text);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (!this.#isNew(`source ${file} ${sha256}`)) return;
    this.#writer.add("sources", { path: file, sha256, bytes: bytes.length, text });
  }

  /** What a writer before this one has stored of the code is not told again. */
  async restoreCode(): Promise<void> {
    const { rows } = await this.#writer.query(
      `SELECT 'site ' || site FROM sites UNION ALL SELECT 'source ' || path || ' ' || sha256 FROM sources
       UNION ALL SELECT 'module ' || module || ' ' || coalesce(md5, '') FROM modules WHERE event = 'instrumented'`,
      { limit: Number.MAX_SAFE_INTEGER },
    );
    for (const [key] of rows) if (typeof key === "string") this.#stored.add(key);
  }

  mark(mark: Mark): void {
    this.#writer.add("marks", mark);
  }

  audit(entry: AuditEntry): void {
    this.#writer.add("audit", entry);
  }

  test(row: TestRow): void {
    this.#writer.add("tests", {
      module: row.module,
      name: row.name,
      file: row.file,
      line: row.line,
      pid: row.pid,
      t_start: row.tStart,
      t_end: row.tEnd,
      outcome: row.outcome,
      time_us: row.timeUs,
      failure: row.failure,
      tags: row.tags,
      call: row.call,
      failing_event: row.failingEvent,
      failing_site: row.failingSite,
      failing_line: row.failingLine,
      note: row.note,
    });
  }

  gap(row: GapRow): void {
    this.loss[row.reason] = (this.loss[row.reason] ?? 0) + (row.count ?? 0);
    this.#writer.add("gaps", {
      t_from: row.tFrom,
      t_to: row.tTo,
      pid: row.pid === 0 ? null : row.pid,
      reason: row.reason,
      count: row.count,
      detail: row.detail,
    });
  }

  metric(t: number, source: string, name: string, value: number): void {
    const table = this.#tables.metrics;
    const i = table.next();
    const c = table.columns;
    c.t[i] = t;
    c.source[i] = this.#writer.names.intern(source);
    c.name[i] = this.#writer.names.intern(name);
    c.value[i] = value;
  }

  #isNew(key: string): boolean {
    if (this.#stored.has(key)) return false;
    this.#stored.add(key);
    return true;
  }

  clock(t: number, systemTimeNs: bigint): void {
    this.#onClock(t, systemTimeNs);
  }
}

function writeCall(table: CallTable, row: CallRow): void {
  const i = table.next();
  const c = table.columns;
  c.call[i] = row.call;
  c.parent_call[i] = row.parent;
  c.pid[i] = row.pid;
  c.function[i] = row.fn;
  c.site[i] = row.site;
  c.t_enter[i] = row.tEnter;
  c.t_exit[i] = row.tExit;
  c.self_ns[i] = row.selfNs;
  c.outcome[i] = row.outcome;
  c.args[i] = row.args;
  c.result[i] = row.result;
  c.depth[i] = row.depth;
  c.exit_event[i] = row.exitEvent;
}

function writeMessage(table: MessageTable, row: MessageRow): void {
  const i = table.next();
  const c = table.columns;
  c.message[i] = row.message;
  c.from_pid[i] = row.from;
  c.to_pid[i] = row.to;
  c.t_sent[i] = row.tSent;
  c.t_received[i] = row.tReceived;
  c.kind[i] = row.kind;
  c.body[i] = row.body;
  c.reply_to[i] = row.replyTo;
  c.match[i] = row.match;
  c.send_event[i] = row.sendEvent;
  c.receive_event[i] = row.receiveEvent;
}
