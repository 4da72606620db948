// The tree as Elixir's quoted form, compared with what real Elixir answers: on Elixir's own source, on our
// snippets of every construct, and on whether texts made wrong at random are Elixir at all.

import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { inspect } from "@elixirscope/etf";
import { parse, toQuoted, type ElixirVersion } from "@elixirscope/syntax";
import { layouts, snippets, wrongSnippets, type Snippet } from "./corpus.ts";
import { difference } from "./difference.ts";
import { mutate, random } from "./mutation.ts";
import { MODES, elixirReleases, reference, type Answer, type Mode } from "./reference.ts";

/** Of Elixir's own files; with ES_ALL=1 each of them. */
const EVERY = process.env["ES_ALL"] === "1" ? 1 : 4;
const releases = elixirReleases();
const oldest = releases.find(({ elixir }) => elixir === "1.14");

/** What is wrong with our reading of a text; null when it is Elixir's. */
function fault(text: string, elixir: ElixirVersion, mode: Mode, answer: Answer): string | null {
  const { tree, diagnostics } = parse(text, { elixir });
  const error = diagnostics.find(({ severity }) => severity === "error");
  if (!answer.ok) return error === undefined ? `accepted; ${inspect(answer.term)}` : null;
  if (error !== undefined) return `rejected: ${error.line}:${error.column} ${error.message}`;
  return difference(toQuoted(tree, { elixir, ...MODES[mode] }), answer.term);
}

function faults(
  program: string,
  elixir: ElixirVersion,
  texts: readonly Snippet[],
  modes: readonly Mode[],
): string[] {
  const answers = reference(
    program,
    texts.map(({ text }) => text),
    modes,
  );
  return texts.flatMap(({ name, text }, i) =>
    modes.flatMap((mode) => {
      const answer = answers[i]?.[mode];
      const what = answer === undefined ? "no answer" : fault(text, elixir, mode, answer);
      return what === null ? [] : [`${name} (${mode}): ${what}`];
    }),
  );
}

/** `.ex` and `.exs` files of Elixir's own source; what cannot be fetched is said and skipped. */
function elixirSource(): Snippet[] | null {
  const script = resolve(import.meta.dirname, "../../scripts/elixir-source.mjs");
  const { stdout } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  const root = stdout.trim();
  if (root.startsWith("skipped") || root === "") {
    console.warn(root);
    return null;
  }
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.exs?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .filter((_, i) => i % EVERY === 0)
    .map((path) => ({ name: relative(root, path), text: readFileSync(path, "utf8") }));
}

describe("Elixir's own source", () => {
  const files = elixirSource();

  for (const { elixir, program } of releases) {
    it.skipIf(files === null)(`is read as Elixir ${elixir} reads it, with all metadata`, () => {
      const texts = files ?? [];
      const found = faults(program, elixir, texts, ["full"]);
      const same = texts.length - found.length;
      const percent = ((100 * same) / texts.length).toFixed(2);
      console.log(
        `Elixir's source on ${elixir}: ${same} of ${texts.length} files (${percent}%) identical`,
      );
      for (const line of found) console.log(line);
      expect(texts.length).toBeGreaterThan(400 / EVERY);
      expect(same / texts.length).toBeGreaterThanOrEqual(0.9995);
    });
  }
});

describe("snippets of every construct", () => {
  for (const { elixir, program } of releases) {
    it(`are read as Elixir ${elixir} reads them, with its options and without`, () => {
      const texts = snippets(Number(elixir.slice(2))).flatMap(layouts);
      expect(texts.length).toBeGreaterThan(1900);
      expect(faults(program, elixir, texts, ["full", "plain", "metadata"])).toEqual([]);
    });

    it(`that are no Elixir are rejected as Elixir ${elixir} rejects them`, () => {
      const texts = wrongSnippets().flatMap(layouts);
      const answers = reference(
        program,
        texts.map(({ text }) => text),
        ["plain"],
      );
      expect(answers.filter((answer) => answer.plain?.ok === true)).toEqual([]);
      const accepted = texts.filter(({ text }) => parse(text, { elixir }).diagnostics.length === 0);
      expect(accepted).toEqual([]);
    });
  }
});

describe("texts made wrong at random", () => {
  const SEED = 20_260_101;
  const COUNT = 12_000;
  /** Newer syntax that 1.14 rejects is the reason for most of what is left. */
  const FLOOR = 0.995;

  it.skipIf(oldest === undefined)("are valid for us when they are for Elixir 1.14", () => {
    const next = random(SEED);
    const originals = snippets(14);
    const texts = Array.from({ length: COUNT }, () =>
      mutate(originals[next(originals.length)]?.text ?? "", next),
    ).filter((text) => !/[\ud800-\udfff]/.test(text) && !text.includes("\0"));
    const answers = reference(oldest?.program ?? "", texts, ["plain"]);
    const apart = texts.filter((text, i) => {
      const valid = parse(text, { elixir: "1.14" }).diagnostics.length === 0;
      return valid !== answers[i]?.plain?.ok;
    });
    const rate = 1 - apart.length / texts.length;
    const valid = answers.filter(({ plain }) => plain?.ok === true).length;
    console.log(
      `validity as Elixir 1.14: ${(100 * rate).toFixed(2)}% of ${texts.length} texts, ` +
        `${valid} of them valid (seed ${SEED})`,
    );
    for (const text of apart.slice(0, 10)) console.log(`apart: ${JSON.stringify(text)}`);
    expect(valid).toBeGreaterThan(COUNT / 10);
    expect(rate).toBeGreaterThanOrEqual(FLOOR);
  });
});
