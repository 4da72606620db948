// Elixir's own parser, of the releases that this machine has.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, decode, encode, list, type Term } from "@elixirscope/etf";
import type { ElixirVersion, QuotedOptions } from "@elixirscope/syntax";
import { otpReleases } from "../support/beam-node.ts";

/** Sets of options of `Code.string_to_quoted`; reference.exs has them by the same names. */
export const MODES = {
  full: { columns: true, tokenMetadata: true, literalEncoder: true, unescape: false },
  plain: {},
  metadata: { columns: true, tokenMetadata: true },
} as const satisfies Record<string, QuotedOptions>;

export type Mode = keyof typeof MODES;

export type Release = { readonly elixir: ElixirVersion; readonly program: string };

/** Elixir of the releases that this machine has; `otpReleases` says which are missing. */
export function elixirReleases(): readonly Release[] {
  return otpReleases().flatMap(({ root }) => {
    const program = root === undefined ? "elixir" : join(root, "bin/elixir");
    const elixir = versionOf(program);
    return elixir === null ? [] : [{ elixir, program }];
  });
}

function versionOf(program: string): ElixirVersion | null {
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const minor = /^Elixir (1\.\d+)/m.exec(stdout)?.[1];
  return minor === undefined ? null : (minor as ElixirVersion);
}

export type Answer = { readonly ok: boolean; readonly term: Term };

/** What Elixir answers for each source, in each mode. */
export function reference(
  program: string,
  sources: readonly string[],
  modes: readonly Mode[],
): readonly Readonly<Record<Mode, Answer | undefined>>[] {
  const folder = mkdtempSync(join(tmpdir(), "es-syntax-"));
  try {
    const input = join(folder, "in.etf");
    const output = join(folder, "out.etf");
    writeFileSync(input, encode(list(sources.map((source) => binary(source)))));
    const script = join(import.meta.dirname, "reference.exs");
    const run = spawnSync(program, [script, input, output, ...modes], {
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    if (run.status !== 0) throw new Error(`${program}: ${run.stderr.slice(-500)}`);
    return readAnswers(readFileSync(output), sources.length, modes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readAnswers(
  bytes: Buffer,
  count: number,
  modes: readonly Mode[],
): Record<Mode, Answer | undefined>[] {
  let offset = 0;
  return Array.from({ length: count }, () => {
    const answers: Record<Mode, Answer | undefined> = {
      full: undefined,
      plain: undefined,
      metadata: undefined,
    };
    for (const mode of modes) {
      const length = bytes.readUInt32BE(offset);
      answers[mode] = answer(bytes.subarray(offset + 4, offset + 4 + length));
      offset += 4 + length;
    }
    return answers;
  });
}

function answer(bytes: Uint8Array): Answer {
  const decoded = decode(bytes);
  if (!decoded.ok || decoded.value.kind !== "tuple") throw new Error("no term from Elixir");
  const [tag, term] = decoded.value.items;
  if (tag?.kind !== "atom" || term === undefined) throw new Error("no answer from Elixir");
  return { ok: tag.name === "ok", term };
}
