// Writes recordings with known content for tests: a story is told in terms of processes, calls, messages
// and states, and the rows of all tables follow from it, as the correlator would write them.

import { atom, binary, encode, float, integer, list, map, type Term } from "@elixirscope/etf";
import { NAME_SEPARATOR, RecordingWriter, type WriterOptions } from "@elixirscope/store";
import {
  CALL_OUTCOMES,
  DEFAULT_BUDGETS,
  DEFAULT_LIMITS,
  EVENT_KINDS,
  type CallOutcome,
  type EventKind,
  LINK_TYPES,
  type LinkType,
  type Manifest,
  MESSAGE_KINDS,
  MESSAGE_MATCHES,
  type MessageKind,
  type MessageMatch,
  RECORDING_FORMAT,
  type SiteKind,
} from "@elixirscope/trace";

const NODE = "shop@127.0.0.1";

export function testManifest(patch: Partial<Manifest> = {}): Manifest {
  return {
    format: RECORDING_FORMAT,
    product: "0.1.0",
    id: "story",
    state: "recording",
    stopped: null,
    target: { node: NODE, otpRelease: "25", elixir: "1.14.0", system: "x86_64-pc-linux-gnu" },
    startedAtNs: "1700000000000000000",
    durationNs: 0,
    plan: {
      selectors: ["Shop.*"],
      functions: [],
      processes: "all",
      messages: true,
      lifecycle: true,
      state: true,
      arguments: true,
      sampling: { kind: "always" },
      limits: DEFAULT_LIMITS,
      budgets: DEFAULT_BUDGETS,
    },
    counts: {},
    loss: {},
    ...patch,
  };
}

/** Plain values as terms: text is a binary, an object a map with atom keys, `:x` an atom. */
export type Plain =
  | Term
  | string
  | number
  | boolean
  | null
  | readonly Plain[]
  | { readonly [key: string]: Plain };

export function term(value: Plain): Term {
  if (value === null) return atom("nil");
  if (typeof value === "boolean") return atom(String(value));
  if (typeof value === "number") return Number.isInteger(value) ? integer(value) : float(value);
  if (typeof value === "string")
    return value.startsWith(":") ? atom(value.slice(1)) : binary(value);
  if (Array.isArray(value)) return list(value.map(term));
  if (isTerm(value)) return value;
  return map(Object.entries(value).map(([key, inner]) => [atom(key), term(inner)]));
}

function isTerm(value: object): value is Term {
  return "kind" in value && typeof value.kind === "string";
}

export type SiteFacts = {
  readonly column?: number;
  readonly nodeId?: string;
  readonly clause?: number;
};

export type ProcessFacts = {
  readonly name?: string;
  readonly label?: string;
  readonly initialCall?: string;
  readonly parent?: string;
  /** as OTP has them: `Shop.Carts, Shop.Supervisor` */
  readonly ancestors?: string;
  readonly behaviour?: string;
  readonly application?: string;
  readonly spawned?: number;
};

type OpenCall = {
  id: number;
  pid: string;
  mfa: Mfa;
  site: number;
  t0: number;
  parent: OpenCall | null;
  args: number;
  inner: number;
};
type Mfa = readonly [module: string, name: string, arity: number];

export class Story {
  readonly writer: RecordingWriter;
  readonly #stacks = new Map<string, OpenCall[]>();
  readonly #versions = new Map<string, number>();
  /** the last state of each process */
  readonly #states = new Map<string, { readonly bytes: Uint8Array; readonly ref: number }>();
  /** of messages: payloads by id */
  readonly #bodies = new Map<number, number>();
  #events = 0;
  #sites = 0;
  #row = 0;
  #end = 0;

  private constructor(writer: RecordingWriter) {
    this.writer = writer;
    writer.setOpenRows(() => {
      for (const stack of this.#stacks.values())
        for (const call of stack) this.#callRow("open_calls", call, null, "open", null);
    });
  }

  static async begin(
    folder: string,
    manifest: Partial<Manifest> = {},
    options: WriterOptions = {},
  ): Promise<Story> {
    return new Story(await RecordingWriter.create(folder, testManifest(manifest), options));
  }

  process(pid: string, facts: ProcessFacts = {}): void {
    this.writer.add("processes", {
      pid: this.#pid(pid),
      name: facts.name,
      label: facts.label,
      initial_call: facts.initialCall,
      parent: facts.parent === undefined ? undefined : this.#pid(facts.parent),
      ancestors: facts.ancestors,
      behaviour: facts.behaviour,
      application: facts.application,
      t_spawned: facts.spawned,
    });
  }

  event(
    kind: EventKind,
    pid: string,
    t: number,
    payload?: Plain,
    frame = this.#frame(pid),
    site = 0,
  ): number {
    const { events } = this.writer.tables;
    const row = events.next();
    const id = ++this.#events;
    const { columns } = events;
    this.#row = row;
    columns.id[row] = id;
    columns.t[row] = t;
    columns.pid[row] = this.#pid(pid);
    columns.kind[row] = EVENT_KINDS.indexOf(kind);
    columns.frame[row] = frame;
    columns.site[row] = site;
    columns.payload[row] = payload === undefined ? 0 : this.#payload(payload);
    this.#end = Math.max(this.#end, t);
    return id;
  }

  /** Enters a function; answers the call's id. Of instrumented code the event belongs to the new frame. */
  enter(
    pid: string,
    t: number,
    mfa: Mfa,
    args: readonly Plain[] = [],
    site = 0,
    variables: readonly Plain[] = [],
  ): number {
    const stack = this.#stacks.get(pid) ?? [];
    this.#stacks.set(pid, stack);
    const parent = stack.at(-1) ?? null;
    const frame = site === 0 ? (parent?.id ?? 0) : this.#events + 1;
    const id = this.event("call", pid, t, args, frame, site);
    if (site !== 0) this.#captured(args.length);
    if (variables.length > 0) this.#further(pid, t, id, site, variables);
    stack.push({ id, pid, mfa, site, t0: t, parent, args: this.#payload(args), inner: 0 });
    return id;
  }

  /** Leaves the innermost function. */
  leave(pid: string, t: number, result: Plain = ":ok", outcome: CallOutcome = "returned"): number {
    const call = this.#stacks.get(pid)?.pop();
    if (call === undefined) throw new Error(`${pid} is in no call`);
    const kind = outcome === "raised" ? "exception" : "return";
    const id = this.event(kind, pid, t, result, call.id);
    this.#callRow("calls", call, t, outcome, { event: id, result: this.#payload(result) });
    if (call.parent !== null) call.parent.inner += t - call.t0;
    return id;
  }

  call(
    pid: string,
    t0: number,
    t1: number,
    mfa: Mfa,
    args: readonly Plain[] = [],
    result: Plain = ":ok",
  ): number {
    const id = this.enter(pid, t0, mfa, args);
    this.leave(pid, t1, result);
    return id;
  }

  /** Null for an end that was not recorded. */
  message(
    [from, sent]: readonly [string | null, number | null],
    [to, received]: readonly [string | null, number | null],
    body: Plain,
    {
      kind = "plain",
      match = "exact",
      replyTo = 0,
    }: { kind?: MessageKind; match?: MessageMatch; replyTo?: number } = {},
  ): number {
    const payload = this.#payload(body);
    const sendEvent = from === null || sent === null ? 0 : this.#mail("send", from, sent, payload);
    const receiveEvent =
      to === null || received === null ? 0 : this.#mail("receive", to, received, payload);
    const { messages } = this.writer.tables;
    const row = messages.next();
    const { columns } = messages;
    const id = sendEvent === 0 ? receiveEvent : sendEvent;
    columns.message[row] = id;
    columns.from_pid[row] = from === null ? 0 : this.#pid(from);
    columns.to_pid[row] = to === null ? 0 : this.#pid(to);
    columns.t_sent[row] = sent ?? -1;
    columns.t_received[row] = received ?? -1;
    columns.kind[row] = MESSAGE_KINDS.indexOf(kind);
    this.#bodies.set(id, payload);
    columns.body[row] = payload;
    columns.reply_to[row] = replyTo;
    columns.match[row] = MESSAGE_MATCHES.indexOf(match);
    columns.send_event[row] = sendEvent;
    columns.receive_event[row] = receiveEvent;
    return id;
  }

  /** Seen only where it arrived, though it is known from whom; answers the event. */
  received(from: string, to: string, t: number, body: Plain, kind: MessageKind = "plain"): number {
    const payload = this.#payload(body);
    const id = this.#mail("receive", to, t, payload);
    this.#bodies.set(id, payload);
    const { messages } = this.writer.tables;
    const row = messages.next();
    const { columns } = messages;
    columns.message[row] = id;
    columns.from_pid[row] = this.#pid(from);
    columns.to_pid[row] = this.#pid(to);
    columns.t_sent[row] = -1;
    columns.t_received[row] = t;
    columns.kind[row] = MESSAGE_KINDS.indexOf(kind);
    columns.body[row] = payload;
    columns.match[row] = MESSAGE_MATCHES.indexOf("none");
    columns.receive_event[row] = id;
    return id;
  }

  #mail(kind: "send" | "receive", pid: string, t: number, payload: number): number {
    const id = this.event(kind, pid, t);
    this.writer.tables.events.columns.payload[this.#row] = payload;
    return id;
  }

  /** An OTP behaviour takes this message: the event shares the message's payload. */
  handle(pid: string, t: number, message: number): number {
    const id = this.event("handle", pid, t);
    this.writer.tables.events.columns.payload[this.#row] = this.#bodies.get(message) ?? 0;
    return id;
  }

  state(pid: string, t: number, value: Plain, callback = "handle_call", causeMessage = 0): number {
    const id = this.event("state", pid, t, value);
    const version = (this.#versions.get(pid) ?? 0) + 1;
    this.#versions.set(pid, version);
    const { states } = this.writer.tables;
    const row = states.next();
    const { columns } = states;
    columns.pid[row] = this.#pid(pid);
    columns.version[row] = version;
    columns.t[row] = t;
    columns.event[row] = id;
    columns.state[row] = this.#stateRef(pid, value);
    columns.cause_message[row] = causeMessage;
    columns.callback[row] = this.writer.names.intern(callback);
    return id;
  }

  /** A site of instrumented code; answers its number. `names` as in SiteManifest. */
  site(
    mfa: Mfa,
    kind: SiteKind,
    [file, line]: readonly [string, number],
    names: readonly (string | null)[] | null = null,
    facts: SiteFacts = {},
  ): number {
    const site = ++this.#sites;
    this.writer.add("sites", {
      site,
      function: this.writer.functions.intern(...mfa),
      kind,
      file,
      line,
      column: facts.column,
      node_id: facts.nodeId,
      clause: facts.clause,
      names: names?.map((name) => name ?? "").join(NAME_SEPARATOR) ?? null,
    });
    return site;
  }

  /** An event at a site of the innermost call with the values that it captured; answers the event's id. */
  at(
    pid: string,
    t: number,
    site: number,
    values: readonly Plain[] = [],
    kind: EventKind = "bind",
  ): number {
    const payload = values.length === 0 ? undefined : values;
    const id = this.event(kind, pid, t, payload, this.#frame(pid), site);
    this.#captured(values.length);
    return id;
  }

  #captured(values: number): void {
    const { events } = this.writer.tables;
    events.columns.flags[this.#row] = values;
  }

  /** Values of a call's patterns beyond its arguments. */
  #further(pid: string, t: number, event: number, site: number, values: readonly Plain[]): void {
    const { bindings } = this.writer.tables;
    const row = bindings.next();
    const { columns } = bindings;
    columns.event[row] = event;
    columns.call[row] = event;
    columns.pid[row] = this.#pid(pid);
    columns.t[row] = t;
    columns.site[row] = site;
    columns.elements[row] = values.length;
    columns.value[row] = this.#payload(values);
  }

  /** A state that did not change is stored once. */
  #stateRef(pid: string, value: Plain): number {
    const bytes = encode(term(value));
    const last = this.#states.get(pid);
    if (last !== undefined && Buffer.compare(last.bytes, bytes) === 0) return last.ref;
    const ref = this.writer.payload(bytes);
    this.#states.set(pid, { bytes, ref });
    return ref;
  }

  exit(pid: string, t: number, reason: Plain): number {
    const exitReason = this.#payload(reason);
    this.writer.add("processes", { pid: this.#pid(pid), t_exited: t, exit_reason: exitReason });
    return this.event("exit", pid, t, reason);
  }

  link(source: number, target: number, type: LinkType): void {
    const { links } = this.writer.tables;
    const row = links.next();
    links.columns.source_event[row] = source;
    links.columns.target_event[row] = target;
    links.columns.type[row] = LINK_TYPES.indexOf(type);
    links.columns.confidence[row] = 0;
  }

  gap(
    t0: number,
    t1: number,
    reason: string,
    count: number | null = null,
    pid: string | null = null,
  ): void {
    const index = pid === null ? undefined : this.#pid(pid);
    this.writer.add("gaps", { t_from: t0, t_to: t1, node: NODE, pid: index, reason, count });
  }

  /** Ends the recording; calls that are still running stay open. */
  async end(durationNs = this.#end, loss: Readonly<Record<string, number>> = {}): Promise<void> {
    await this.writer.updateManifest({ durationNs, loss });
    await this.writer.close({ code: "duration", message: "the time asked for is over" });
  }

  #callRow(
    table: "calls" | "open_calls",
    call: OpenCall,
    t1: number | null,
    outcome: CallOutcome,
    exit: { readonly event: number; readonly result: number } | null,
  ): void {
    const calls = this.writer.tables[table];
    const row = calls.next();
    const { columns } = calls;
    columns.call[row] = call.id;
    columns.parent_call[row] = call.parent?.id ?? 0;
    columns.pid[row] = this.#pid(call.pid);
    columns.function[row] = this.writer.functions.intern(...call.mfa);
    columns.site[row] = call.site;
    columns.t_enter[row] = call.t0;
    columns.t_exit[row] = t1 ?? -1;
    columns.self_ns[row] = t1 === null ? -1 : t1 - call.t0 - call.inner;
    columns.outcome[row] = CALL_OUTCOMES.indexOf(outcome);
    columns.args[row] = call.args;
    columns.result[row] = exit?.result ?? 0;
    columns.depth[row] = depthOf(call);
    columns.exit_event[row] = exit?.event ?? 0;
  }

  #frame(pid: string): number {
    return this.#stacks.get(pid)?.at(-1)?.id ?? 0;
  }

  #pid(pid: string): number {
    return this.writer.pids.intern(pid, NODE);
  }

  #payload(value: Plain): number {
    return this.writer.payload(encode(term(value)));
  }
}

function depthOf(call: OpenCall): number {
  let depth = 0;
  for (let up = call.parent; up !== null; up = up.parent) depth++;
  return depth;
}
