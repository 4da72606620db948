// A recording as OpenTelemetry traces in OTLP/JSON lines, which the collector's file exporter writes and its
// otlpjsonfile receiver reads (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding": ids are hexadecimal,
// 64-bit integers are strings, enums are numbers). A call is a span, an activity across processes a trace.
//
// What a call was for is a link to the span that sent the message, and for a request its parent, too.

import { pidTexts } from "../interned.ts";
import { limitsOf } from "../limits.ts";
import { functionNames } from "./export-names.ts";
import { exportRange, type ExportOptions } from "./export-options.ts";
import { exportSlices, type CallBegin } from "./export-rows.ts";
import { OtlpSpans } from "./otlp-spans.ts";
import { attribute, type OtlpSpan } from "./otlp-types.ts";
import { asNumber, asTextOrNull, select, sql, type Source } from "../sql.ts";

/** A receiver refuses a line of more than 1 MiB by default. */
const LINE_CHARS = 256_000;

/** Whole lines, each one `ExportTraceServiceRequest`. */
export async function* otlpLines(
  source: Source,
  options: ExportOptions = {},
): AsyncGenerator<string> {
  const range = await exportRange(source, options);
  const envelope = await envelopeOf(source, range.t0, range.t1);
  const spans = new OtlpSpans(source.manifest, range.t1, await functionNames(source));
  for await (const { slice, happened } of exportSlices(source, range, options.values === true)) {
    const calls = happened.filter((one) => one.kind === "call");
    const context = {
      pids: await pidTexts(
        source,
        calls.map(({ pid }) => pid),
      ),
      places: await placesOf(source, calls),
    };
    yield* lines(
      envelope,
      happened.flatMap((one) => spans.take(one, context)),
    );
    options.progress?.(slice.to - range.t0, range.t1 - range.t0);
  }
}

type Envelope = (spans: string) => string;

async function envelopeOf(source: Source, from: number, to: number): Promise<Envelope> {
  const { target, id, product } = source.manifest;
  const limits = await limitsOf(source, { pids: null, from, to }, ["calls", "messages"]);
  const resource = {
    attributes: [
      attribute("service.name", target.node.split("@", 1)[0] ?? target.node),
      attribute("service.instance.id", target.node),
      attribute("process.runtime.name", "BEAM"),
      attribute("process.runtime.version", target.otpRelease),
      attribute("elixirscope.recording", id),
      ...limits.map((limit, i) => attribute(`elixirscope.limit.${i}`, limit)),
    ],
  };
  const scope = { name: "elixirscope", version: product.split(" ").at(-1) ?? product };
  const [before, after] = JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ scope, spans: ["\0"] }] }],
  }).split(JSON.stringify("\0"));
  return (spans) => `${before ?? ""}${spans}${after ?? ""}\n`;
}

function* lines(envelope: Envelope, spans: readonly OtlpSpan[]): Generator<string> {
  let texts: string[] = [];
  let chars = 0;
  for (const span of spans) {
    const text = JSON.stringify(span);
    if (chars + text.length > LINE_CHARS && texts.length > 0) {
      yield envelope(texts.join(","));
      texts = [];
      chars = 0;
    }
    texts.push(text);
    chars += text.length;
  }
  if (texts.length > 0) yield envelope(texts.join(","));
}

/** File and line of the sites of instrumented calls. */
async function placesOf(
  source: Source,
  calls: readonly CallBegin[],
): Promise<ReadonlyMap<number, { readonly file: string | null; readonly line: number }>> {
  const sites = [...new Set(calls.flatMap(({ site }) => (site === null ? [] : [site])))];
  if (sites.length === 0) return new Map();
  const rows = await select(
    source,
    sql`SELECT site, file, line FROM raw.sites WHERE site IN ${sites} AND line IS NOT NULL`,
  );
  return new Map(
    rows.map((row) => [asNumber(row[0]), { file: asTextOrNull(row[1]), line: asNumber(row[2]) }]),
  );
}
