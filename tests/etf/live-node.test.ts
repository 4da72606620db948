// Every type of term, made by a real VM: what we decode and encode again must be `=:=` for that VM, and
// what we print must be what its `inspect` prints.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  binary,
  decode,
  encode,
  equal,
  inspect,
  list,
  termKey,
  view,
  type InspectOptions,
  type Term,
} from "@elixirscope/etf";

type Sample = {
  readonly label: string;
  readonly encodings: readonly Uint8Array[];
  readonly inspected: string;
  readonly pretty: string;
  readonly short: string;
};

const folder = mkdtempSync(join(tmpdir(), "es-etf-"));
const samples: Sample[] = [];
let verdict = "";

beforeAll(async () => {
  const [out, answers] = [join(folder, "terms.etf"), join(folder, "answers.etf")];
  const script = join(import.meta.dirname, "terms.exs");
  const node = spawn("elixir", [script, out, answers], {
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  const ended = new Promise((done) => node.once("close", done));
  node.stdout.on("data", (chunk: Buffer) => {
    verdict += chunk.toString();
    if (verdict.trim() !== "written") return;
    samples.push(...readSamples(readFileSync(out)));
    writeFileSync(answers, encode(answersTo(samples)));
    node.stdin.end("go\n");
  });
  node.stderr.on("data", (chunk: Buffer) => void (verdict += chunk.toString()));
  await ended;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function decoded(bytes: Uint8Array): Term {
  const result = decode(bytes);
  if (!result.ok) throw new Error(`${result.error.code} at ${result.error.offset}`);
  return result.value;
}

function itemsOf(term: Term | undefined): readonly Term[] {
  if (term?.kind === "list" || term?.kind === "tuple") return term.items;
  throw new Error(`no items: ${term?.kind}`);
}

function bytesOf(term: Term | undefined): Uint8Array {
  if (term?.kind === "binary") return term.bytes;
  throw new Error(`no binary: ${term?.kind}`);
}

function textOf(term: Term | undefined): string {
  return new TextDecoder().decode(bytesOf(term));
}

function readSamples(bytes: Uint8Array): Sample[] {
  return itemsOf(decoded(bytes)).map((entry) => {
    const [label, encodings, inspected, pretty, short] = itemsOf(entry);
    return {
      label: textOf(label),
      encodings: itemsOf(encodings).map(bytesOf),
      inspected: textOf(inspected),
      pretty: textOf(pretty),
      short: textOf(short),
    };
  });
}

function answer(bytes: Uint8Array): Term {
  return binary(encode(decoded(bytes)));
}

function answersTo(all: readonly Sample[]): Term {
  return list(all.map(({ encodings }) => list(encodings.map(answer))));
}

/** Labels of samples that print otherwise than Elixir's text, with both texts. */
function misprints(expectedOf: (sample: Sample) => string, options: InspectOptions): string[] {
  const wrong: string[] = [];
  for (const sample of samples) {
    const expected = comparable(sample, expectedOf(sample));
    const term = decoded(sample.encodings[0] ?? new Uint8Array());
    const actual = comparable(sample, inspect(term, { ...options, fieldOrder: pointFields }));
    if (actual !== expected) wrong.push(`${sample.label}\n  node: ${expected}\n  ours: ${actual}`);
  }
  return wrong;
}

function pointFields(module: string): readonly string[] | undefined {
  return module === "Elixir.EtfTerms.Point" ? ["y", "x", "label"] : undefined;
}

/** The function that a closure is in, and the number of a foreign node, are not in the bytes. */
function comparable(sample: Sample, text: string): string {
  if (sample.label.startsWith("fun"))
    return text.replace(/ in EtfTerms(?:\.\w+\/\d+)?>/u, " in EtfTerms>");
  if (sample.label.startsWith("far")) return text.replace(/<\d+\./u, "<_.");
  return text;
}

describe("terms of a live node", () => {
  it("come back `=:=` from every encoding that the node writes", () => {
    expect(samples.length).toBeGreaterThan(900);
    expect(verdict.split("\n").filter((line) => line.startsWith("different"))).toEqual([]);
    expect(verdict).toContain(`checked ${samples.length}`);
  });

  it("are one term in all their encodings", () => {
    for (const { label, encodings } of samples) {
      const terms = encodings.map(decoded);
      // the oldest encoding of a float is text, of a pid it has a short creation
      for (const term of terms) {
        expect(equal(term, terms[0] ?? term), label).toBe(true);
        expect(termKey(term), label).toBe(termKey(terms[0] ?? term));
      }
    }
  });

  it("print as the node's inspect prints them", () => {
    expect(misprints(({ inspected }) => inspected, {})).toEqual([]);
  });

  it("print as inspect does within limits", () => {
    expect(misprints(({ short }) => short, { limit: 4, printableLimit: 5 })).toEqual([]);
  });

  it("lay out as inspect with pretty: true does", () => {
    expect(misprints(({ pretty }) => pretty, { pretty: true })).toEqual([]);
  });

  it("look the same as views of their bytes", () => {
    for (const { label, encodings } of samples) {
      for (const bytes of encodings) {
        const lazy = view(bytes);
        const term = decoded(bytes);
        expect(lazy.ok, label).toBe(true);
        if (!lazy.ok) continue;
        expect(inspect(lazy.value), label).toBe(inspect(term));
        expect(equal(lazy.value.toTerm(), term), label).toBe(true);
      }
    }
  });
});
