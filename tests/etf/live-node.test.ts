// Every type of term, made by a real VM: what we decode and encode again must be `=:=` for that VM, and
// what we print must be what its `inspect` prints.

import { spawn, type ChildProcess } from "node:child_process";
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
import { outerReleases } from "../support/beam-node.ts";

type Sample = {
  readonly label: string;
  readonly encodings: readonly Uint8Array[];
  readonly inspected: string;
  readonly pretty: string;
  readonly short: string;
};

type Judgement = {
  readonly samples: readonly Sample[];
  /** what the node printed about our encodings */
  readonly verdict: string;
};

const folder = mkdtempSync(join(tmpdir(), "es-etf-"));
const nodes: ChildProcess[] = [];

afterAll(() => {
  for (const node of nodes) node.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Has a node write its terms, decodes and encodes them, and has the same node compare. */
async function judge(release: string, elixir: string): Promise<Judgement> {
  const [out, answers] = [join(folder, `${release}.etf`), join(folder, `${release}-answers.etf`)];
  const script = join(import.meta.dirname, "terms.exs");
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  const node = spawn(elixir, [script, out, answers], { env });
  nodes.push(node);
  const ended = new Promise((done) => node.once("close", done));
  const samples: Sample[] = [];
  let verdict = "";
  node.stderr.on("data", (chunk: Buffer) => void (verdict += chunk.toString()));
  node.stdout.on("data", (chunk: Buffer) => {
    verdict += chunk.toString();
    if (samples.length > 0 || !verdict.includes("written")) return;
    samples.push(...readSamples(readFileSync(out)));
    writeFileSync(answers, encode(answersTo(samples)));
    node.stdin.end("go\n");
  });
  await ended;
  return { samples, verdict };
}

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
function misprints(
  samples: readonly Sample[],
  expectedOf: (sample: Sample) => string,
  options: InspectOptions,
): string[] {
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

/** Since 1.15 Elixir also escapes characters that cannot be seen, and years that its sigil cannot read. */
function isNewerText({ inspected }: Sample): boolean {
  return /\\u(?:20|00)|Date\.new!/u.test(inspected);
}

for (const { release, root } of outerReleases()) {
  describe(`terms of a live node (${release})`, () => {
    let samples: readonly Sample[] = [];
    let verdict = "";

    beforeAll(async () => {
      const elixir = root === undefined ? "elixir" : join(root, "bin/elixir");
      ({ samples, verdict } = await judge(release, elixir));
    });

    it("come back `=:=` from every encoding that the node writes", () => {
      expect(samples.length, verdict).toBeGreaterThan(1300);
      expect(verdict.split("\n").filter((line) => line.startsWith("different"))).toEqual([]);
      expect(verdict).toContain(`checked ${samples.length}`);
    });

    it("are one term in all their encodings", () => {
      for (const { label, encodings } of samples) {
        const [first, ...others] = encodings.map(decoded);
        for (const other of others) {
          expect(first !== undefined && equal(other, first), label).toBe(true);
          expect(first !== undefined && termKey(other) === termKey(first), label).toBe(true);
        }
      }
    });

    it("look the same as views of their bytes", () => {
      for (const { label, encodings } of samples) {
        for (const bytes of encodings) {
          const lazy = view(bytes);
          const term = decoded(bytes);
          expect(lazy.ok && inspect(lazy.value), label).toBe(inspect(term));
          expect(lazy.ok && equal(lazy.value.toTerm(), term), label).toBe(true);
        }
      }
    });

    // Elixir 1.20, which comes with OTP 29, has other limits and reverses maps of more than 32 keys.
    it.skipIf(release === "29")("print as the node's inspect prints them", () => {
      const isOld = release === "system";
      const charlists = isOld ? "single" : "sigil";
      const comparables = isOld ? samples : samples.filter((sample) => !isNewerText(sample));
      const line = misprints(comparables, ({ inspected }) => inspected, { charlists });
      expect(line).toEqual([]);
      const limits = { limit: 4, printableLimit: 5, charlists } as const;
      expect(misprints(comparables, ({ short }) => short, limits)).toEqual([]);
      const pretty = { pretty: true, charlists } as const;
      expect(misprints(comparables, (sample) => sample.pretty, pretty)).toEqual([]);
    });
  });
}
