// Spans from what happened, told in order of time.

import { assertNever } from "@elixirscope/base";
import { decode, type Term } from "@elixirscope/etf";
import type { Manifest } from "@elixirscope/trace";
import { moduleText } from "../names.ts";
import { printArguments, printTerm, styleOf, type TermStyle } from "../print.ts";
import type { FunctionNames } from "./export-names.ts";
import { Causes, type Cause } from "./causes.ts";
import type { CallBegin, Happening } from "./export-rows.ts";
import { OpenSpans } from "./open-spans.ts";
import {
  attribute,
  SPAN_KIND,
  STATUS_CODE,
  type OtlpAttribute,
  type OtlpLink,
  type OtlpSpan,
} from "./otlp-types.ts";
import { SpanIds } from "./span-ids.ts";

/** What one slice knows beside what happened. */
export type SpanContext = {
  readonly pids: ReadonlyMap<number, string>;
  readonly places: ReadonlyMap<number, { readonly file: string | null; readonly line: number }>;
};

export class OtlpSpans {
  readonly #ids: SpanIds;
  readonly #startedAtNs: bigint;
  readonly #end: number;
  readonly #functions: FunctionNames;
  readonly #style: TermStyle;
  readonly #open = new OpenSpans();
  readonly #causes = new Causes();

  /** `end`: where calls end whose end is not known. */
  constructor(manifest: Manifest, end: number, functions: FunctionNames) {
    this.#ids = new SpanIds(manifest.id);
    this.#startedAtNs = BigInt(manifest.startedAtNs);
    this.#end = end;
    this.#functions = functions;
    this.#style = styleOf(manifest);
  }

  take(one: Happening, context: SpanContext): readonly OtlpSpan[] {
    switch (one.kind) {
      case "call":
        return [this.#span(one, context)];
      case "send":
        this.#causes.sent(one, this.#open.at(one.pid, one.t));
        return [];
      case "receive":
        this.#causes.received(one);
        return [];
      case "handle":
        this.#causes.handled(one);
        return [];
      case "moment":
        if (one.name !== "exit") return [];
        this.#causes.forget(one.pid);
        this.#open.forget(one.pid);
        return [];
      default:
        return assertNever(one);
    }
  }

  #span(one: CallBegin, context: SpanContext): OtlpSpan {
    const cause = one.parent === null ? this.#causes.of(one.pid) : null;
    const { trace } = this.#open.entered(one, cause?.sender ?? null);
    const end = one.end ?? Math.max(this.#end, one.t);
    const failed = one.failure === null ? null : failureOf(one.failure, this.#style);
    const parent = one.parent ?? (cause?.message.messageKind === "call" ? cause.sender.call : null);
    return {
      traceId: this.#ids.trace(trace),
      spanId: this.#ids.span(one.call),
      ...(parent === null ? {} : { parentSpanId: this.#ids.span(parent) }),
      name: this.#functions.get(one.fn) ?? "an unknown function",
      kind: kindOf(cause),
      startTimeUnixNano: this.#wallClock(one.t),
      endTimeUnixNano: this.#wallClock(end),
      attributes: this.#attributes(one, context),
      ...(failed === null
        ? {}
        : {
            events: [
              {
                timeUnixNano: this.#wallClock(end),
                name: "exception",
                attributes: [
                  attribute("exception.type", failed.type),
                  attribute("exception.message", failed.message),
                ],
              },
            ],
          }),
      ...(cause === null ? {} : { links: [this.#link(cause)] }),
      status:
        failed === null
          ? { code: STATUS_CODE.UNSET }
          : { code: STATUS_CODE.ERROR, message: failed.message },
    };
  }

  #link({ message, sender }: Cause): OtlpLink {
    return {
      traceId: this.#ids.trace(sender.trace),
      spanId: this.#ids.span(sender.call),
      attributes: [
        attribute("elixirscope.message", message.message),
        attribute("elixirscope.message.kind", message.messageKind),
      ],
    };
  }

  #attributes(one: CallBegin, { pids, places }: SpanContext): readonly OtlpAttribute[] {
    const place = one.site === null ? undefined : places.get(one.site);
    return [
      attribute("elixirscope.event", one.call),
      attribute("elixirscope.pid", pids.get(one.pid) ?? "?"),
      attribute("elixirscope.outcome", one.outcome),
      attribute("code.function.name", this.#functions.get(one.fn) ?? "?"),
      ...(place === undefined
        ? []
        : [
            attribute("code.file.path", place.file ?? "?"),
            attribute("code.line.number", place.line),
          ]),
      // its span ends where the export ends, for want of an end
      ...(one.end === null ? [attribute("elixirscope.open", true)] : []),
      ...(one.args === null
        ? []
        : [attribute("elixirscope.arguments", printArguments(one.args, "line", this.#style))]),
      ...(one.result === null || one.failure !== null
        ? []
        : [attribute("elixirscope.result", printTerm(one.result, "line", this.#style))]),
    ];
  }

  #wallClock(t: number): string {
    return String(this.#startedAtNs + BigInt(Math.round(t)));
  }
}

function kindOf(cause: Cause | null): number {
  if (cause === null) return SPAN_KIND.INTERNAL;
  return cause.message.messageKind === "call" ? SPAN_KIND.SERVER : SPAN_KIND.CONSUMER;
}

/** `{Class, Reason}`, where a reason may be an exception of Elixir. */
function failureOf(
  payload: Uint8Array,
  style: TermStyle,
): { readonly type: string; readonly message: string } {
  const decoded = decode(payload);
  const pair = decoded.ok && decoded.value.kind === "tuple" ? decoded.value.items : [];
  const [kind, reason] = pair;
  if (kind?.kind !== "atom" || reason === undefined) {
    return { type: "unknown", message: printTerm(payload, "line", style) };
  }
  const struct = fieldOf(reason, "__struct__");
  const message = fieldOf(reason, "message");
  return {
    type: struct?.kind === "atom" ? moduleText(struct.name) : kind.name,
    message:
      message?.kind === "binary"
        ? new TextDecoder().decode(message.bytes)
        : printTerm(reason, "line", style),
  };
}

function fieldOf(term: Term, name: string): Term | undefined {
  if (term.kind !== "map") return undefined;
  return term.entries.find(([key]) => key.kind === "atom" && key.name === name)?.[1];
}
