// A recording in the JSON trace event format that ui.perfetto.dev and chrome://tracing read
// (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU). Nodes are its processes, BEAM
// processes its threads, calls its slices, messages its arrows. Times are microseconds.
//
// An arrow belongs to the slice that is open where it begins, so each end of a message has a slice
// without length of its own. Slices of one thread that begin together are told outermost first.

import { assertNever } from "@elixirscope/base";
import { EVENT_KINDS } from "@elixirscope/trace";
import { limitsOf } from "../limits.ts";
import { printArguments, printTerm, styleOf, type TermStyle } from "../print.ts";
import { asNumber, asText, select, sql, type Source } from "../sql.ts";
import { functionNames, namedProcesses, type FunctionNames } from "./export-names.ts";
import { exportRange, type ExportOptions } from "./export-options.ts";
import { exportSlices, type CallBegin, type Happening, type MessageEnd } from "./export-rows.ts";
import { Inboxes } from "./inboxes.ts";

/** As the format names its fields. */
type TraceEvent = {
  readonly ph: "X" | "B" | "i" | "s" | "f" | "C" | "M";
  readonly name: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly bp?: "e";
  readonly s?: "t";
  readonly args?: Readonly<Record<string, unknown>>;
};

/** Chunks of one JSON text. */
export async function* perfettoTrace(
  source: Source,
  options: ExportOptions = {},
): AsyncGenerator<string> {
  const range = await exportRange(source, options);
  const { manifest } = source;
  const limits = await limitsOf(source, { pids: null, from: range.t0, to: range.t1 }, [
    "calls",
    "messages",
    "lifecycle",
  ]);
  const otherData = {
    product: manifest.product,
    recording: manifest.id,
    node: manifest.target.node,
    startedAtNs: manifest.startedAtNs,
    limits,
  };
  yield `{"displayTimeUnit":"ns","otherData":${JSON.stringify(otherData)},"traceEvents":[\n`;

  const nodes = new Nodes(manifest.target.node);
  let separator = "";
  const chunk = (events: readonly TraceEvent[]): string => {
    if (events.length === 0) return "";
    const text = separator + events.map((event) => JSON.stringify(event)).join(",\n");
    separator = ",\n";
    return text;
  };
  for await (const page of namedProcesses(source)) {
    yield chunk(
      page.map(({ pid, node, text, title }) => {
        const name = title === null ? text : `${title} ${text}`;
        return { ph: "M", name: "thread_name", pid: nodes.of(pid, node), tid: pid, args: { name } };
      }),
    );
  }
  yield chunk(nodes.names());

  const writer = new EventWriter(
    nodes,
    await functionNames(source),
    styleOf(manifest),
    await behavioursOf(source),
  );
  for await (const { slice, happened } of exportSlices(source, range, options.values === true)) {
    yield chunk(happened.flatMap((one) => writer.events(one)));
    options.progress?.(slice.to - range.t0, range.t1 - range.t0);
  }
  yield "\n]}\n";
}

/** Processes of which it is known when they take a message from their mailbox. */
async function behavioursOf(source: Source): Promise<ReadonlyMap<number, string>> {
  const handle = EVENT_KINDS.indexOf("handle");
  const rows = await select(
    source,
    sql`SELECT p.id, p.text FROM (SELECT DISTINCT pid FROM raw.events WHERE kind = ${handle}) e
      JOIN base.pids p ON p.id = e.pid`,
  );
  return new Map(rows.map((row) => [asNumber(row[0]), asText(row[1])]));
}

/** Numbers of nodes, from 1; only processes of other nodes are kept. */
class Nodes {
  readonly #numbers: Map<string, number>;
  readonly #foreign = new Map<number, number>();

  constructor(own: string) {
    this.#numbers = new Map([[own, 1]]);
  }

  of(pid: number, node: string): number {
    const number = this.#numbers.get(node) ?? this.#numbers.size + 1;
    this.#numbers.set(node, number);
    if (number !== 1) this.#foreign.set(pid, number);
    return number;
  }

  at(pid: number): number {
    return this.#foreign.get(pid) ?? 1;
  }

  names(): readonly TraceEvent[] {
    return [...this.#numbers].map(([name, pid]) => ({
      ph: "M",
      name: "process_name",
      pid,
      args: { name },
    }));
  }
}

class EventWriter {
  readonly #nodes: Nodes;
  readonly #functions: FunctionNames;
  readonly #style: TermStyle;
  readonly #behaviours: ReadonlyMap<number, string>;
  readonly #inboxes = new Inboxes();

  constructor(
    nodes: Nodes,
    functions: FunctionNames,
    style: TermStyle,
    behaviours: ReadonlyMap<number, string>,
  ) {
    this.#nodes = nodes;
    this.#functions = functions;
    this.#style = style;
    this.#behaviours = behaviours;
  }

  events(one: Happening): readonly TraceEvent[] {
    const at = { pid: this.#nodes.at(one.pid), tid: one.pid, ts: one.t / 1_000 };
    switch (one.kind) {
      case "call":
        return [this.#call(one, at)];
      case "send":
      case "receive":
        return this.#message(one, at);
      case "moment":
        if (one.name === "exit") this.#inboxes.forget(one.pid);
        return [
          { ph: "i", s: "t", name: one.name, cat: "process", ...at, args: { event: one.event } },
        ];
      case "handle": {
        const handled = this.#inboxes.handled(one);
        return handled === null ? [] : this.#waiting(one, handled.waiting);
      }
      default:
        return assertNever(one);
    }
  }

  #call(one: CallBegin, at: { pid: number; tid: number; ts: number }): TraceEvent {
    const { failure, args, result, outcome } = one;
    const event = {
      name: this.#functions.get(one.fn) ?? "an unknown function",
      cat: "call",
      ...at,
      args: {
        event: one.call,
        outcome,
        ...(failure === null ? {} : { exception: printTerm(failure, "line", this.#style) }),
        ...(args === null ? {} : { arguments: printArguments(args, "line", this.#style) }),
        ...(result === null || failure !== null
          ? {}
          : { result: printTerm(result, "line", this.#style) }),
      },
    };
    // one that is begun and not ended is shown as such
    return one.end === null
      ? { ph: "B", ...event }
      : { ph: "X", ...event, dur: (one.end - one.t) / 1_000 };
  }

  #message(one: MessageEnd, at: { pid: number; tid: number; ts: number }): readonly TraceEvent[] {
    const args = {
      event: one.event,
      message: one.message,
      kind: one.messageKind,
      ...(one.body === null ? {} : { body: printTerm(one.body, "line", this.#style) }),
    };
    const events: TraceEvent[] = [{ ph: "X", name: one.kind, cat: "message", ...at, dur: 0, args }];
    if (one.isMatched) {
      const arrow = { name: one.messageKind, cat: "message", id: one.message, ...at };
      events.push(one.kind === "send" ? { ph: "s", ...arrow } : { ph: "f", bp: "e", ...arrow });
    }
    if (one.kind === "receive" && this.#behaviours.has(one.pid)) {
      events.push(...this.#waiting(one, this.#inboxes.received(one)));
    }
    return events;
  }

  #waiting({ pid, t }: Happening, messages: number): readonly TraceEvent[] {
    const name = `mailbox ${this.#behaviours.get(pid) ?? String(pid)}`;
    return [{ ph: "C", name, pid: this.#nodes.at(pid), ts: t / 1_000, args: { messages } }];
  }
}
