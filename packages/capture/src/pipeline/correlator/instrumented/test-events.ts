// ExUnit tests that ended: a row of `tests` each, linked to the call of the test's function and, when
// it failed, to where the exception left the test's file.

import { encode, type Term } from "@elixirscope/etf";
import type { Definitions } from "../definitions.ts";
import { entriesOf, numberIn, textIn } from "../facts.ts";
import type { CorrelatorOutput } from "../output.ts";
import type { Process } from "../party.ts";
import { payloadOf, type ProcessRecord } from "../process-record.ts";
import type { CapturedStream } from "./captured-stream.ts";
import { isSameFile } from "./unwinding.ts";

type Entries = ReadonlyMap<string, Term>;

type Failing = {
  readonly event: number | null;
  readonly site: number | null;
  readonly note: string | null;
};

const PASSED: Failing = { event: null, site: null, note: null };

export class TestEvents {
  readonly #out: CorrelatorOutput;
  readonly #definitions: Definitions;
  /** by the test's function: who ran it, until it has ended */
  readonly #running = new Map<number, Process>();

  constructor(out: CorrelatorOutput, definitions: Definitions) {
    this.#out = out;
    this.#definitions = definitions;
  }

  /** A function that looks like a test was called. */
  begun(fn: number, p: Process): void {
    this.#running.set(fn, p);
  }

  /** The process that ran the test, when the record names it or its function was recorded. */
  processOf(r: ProcessRecord): Process | null {
    const entries = entriesOf(payloadOf(r));
    const pid = entries.get("pid");
    if (pid?.kind === "pid") return this.#definitions.processOf(pid);
    const module = textIn(entries, "module");
    const name = textIn(entries, "name");
    if (module === undefined || name === undefined) return null;
    const fn = this.#definitions.knownFunction(module, name, 1);
    const process = this.#running.get(fn) ?? null;
    this.#running.delete(fn);
    return process;
  }

  ended(p: Process | null, r: ProcessRecord): void {
    const entries = entriesOf(payloadOf(r));
    const module = textIn(entries, "module");
    const name = textIn(entries, "name");
    if (module === undefined || name === undefined) return;
    const stream = p?.captured ?? null;
    const fn = this.#definitions.knownFunction(module, name, 1);
    const own = stream !== null && stream.testFn === fn ? stream : null;
    const file = textIn(entries, "file") ?? null;
    const outcome = textIn(entries, "outcome") ?? "invalid";
    const timeUs = numberIn(entries, "time_us");
    const isFailed = outcome === "failed";
    const failing = isFailed ? failingPlace(own, file) : PASSED;
    this.#out.test({
      module,
      name,
      file,
      line: numberIn(entries, "line"),
      pid: p?.pid ?? null,
      tStart: own?.testStart ?? (timeUs === null ? null : Math.max(0, r.t - timeUs * 1_000)),
      tEnd: r.t,
      outcome,
      timeUs,
      failure: isFailed ? this.#keep(entries.get("failures")) : null,
      tags: this.#keep(entries.get("tags")),
      call: own?.testCall ?? null,
      failingEvent: failing.event,
      failingSite: failing.site,
      failingLine: isFailed ? failingLine(entries, file) : null,
      note: failing.note,
    });
  }

  #keep(term: Term | undefined): number | null {
    if (term === undefined) return null;
    const bytes = encode(term);
    return this.#out.payload(bytes, 0, bytes.length);
  }
}

function failingPlace(stream: CapturedStream | null, file: string | null): Failing {
  if (stream === null) return missing("the test's function was not recorded");
  if (stream.testFailure === null) return missing("no exception left the test's function");
  const place = stream.testFailure.find((one) => file !== null && isSameFile(one.file, file));
  if (place === undefined)
    return missing("the exception passed no recorded frame of the test's file");
  return { event: place.event, site: place.site, note: null };
}

function missing(note: string): Failing {
  return { event: null, site: null, note };
}

/** Line of the innermost entry of the test's file in the first failure's stack trace. */
function failingLine(entries: Entries, file: string | null): number | null {
  const [failure] = itemsOf(entries.get("failures"));
  const stack = failure?.kind === "tuple" ? failure.items[2] : undefined;
  for (const entry of itemsOf(stack)) {
    const place = entry.kind === "tuple" ? entry.items[3] : undefined;
    const options = new Map<string, Term>();
    for (const option of itemsOf(place)) {
      if (option.kind !== "tuple") continue;
      const [key, value] = option.items;
      if (key?.kind === "atom" && value !== undefined) options.set(key.name, value);
    }
    const path = charlist(options.get("file"));
    if (path !== "" && file !== null && isSameFile(path, file)) return numberIn(options, "line");
  }
  return null;
}

function itemsOf(term: Term | undefined): readonly Term[] {
  return term?.kind === "list" ? term.items : [];
}

function charlist(term: Term | undefined): string {
  if (term?.kind === "binary") return Buffer.from(term.bytes).toString("utf8");
  const codes = itemsOf(term).map((item) => (item.kind === "integer" ? Number(item.value) : -1));
  return codes.every((code) => code >= 0 && code <= 0x10_ffff)
    ? String.fromCodePoint(...codes)
    : "";
}
