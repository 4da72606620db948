// What a thread does with one file: read it, and answer with its facts or with its rows.

import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { messageOf } from "@elixirscope/base";
import type { CodeBatch } from "@elixirscope/trace";
import type { RuleSet } from "../patterns/file-findings.ts";
import type { AnalysisLimits } from "./analysis-limits.ts";
import { analyzeFile, failedFacts, fileDiagnostic, oversizedFacts } from "./analyze-file.ts";
import type { FileFacts } from "./file-facts.ts";
import { packFacts, type PackedFacts, unpackGraphs } from "./packed-facts.ts";
import { decodeSource } from "./decode-source.ts";
import { isGone } from "./project/scan-tree.ts";
import { readBounded, readPieces } from "./read-source.ts";
import { astRows } from "./tables/ast-rows.ts";
import { flowRows } from "./tables/flow-rows.ts";
import type { FileTask } from "./threads.ts";

export type FileSettings = { readonly limits: AnalysisLimits; readonly rules: RuleSet };

/** Null when the file is gone. */
export function factsOfFile(file: FileTask, settings: FileSettings): PackedFacts | null {
  const facts = readFacts(file, settings);
  return facts === null ? null : packFacts(facts);
}

function readFacts({ path, absolute }: FileTask, settings: FileSettings): FileFacts | null {
  const { limits } = settings;
  try {
    const bytes = readBounded(absolute, limits.fileBytes);
    if (bytes !== null) return analyzeFile(path, bytes, settings);
    return oversizedFacts(path, hashOf(absolute), statSync(absolute).size, limits);
  } catch (cause) {
    if (isGone(cause)) return null;
    const message = `cannot read the file: ${messageOf(cause)}`;
    return failedFacts(path, "", 0, [fileDiagnostic("unreadable", message, "error")]);
  }
}

/** Without holding the file in memory. */
function hashOf(absolute: string): string {
  const hash = createHash("sha256");
  readPieces(absolute, (piece) => {
    hash.update(piece);
    return true;
  });
  return hash.digest("hex");
}

export type FileRows = {
  readonly text: string;
  readonly batches: readonly CodeBatch[];
};

/** Null when the file does not say any more what the facts are about. */
export function rowsOfFile(
  { path, absolute }: FileTask,
  sha256: string,
  graphs: Uint8Array,
): FileRows | null {
  const bytes = readOrNull(absolute);
  if (bytes === null) return null;
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) return null;
  const { text, hasMark } = decodeSource(bytes);
  const ast = astRows(path, text, hasMark);
  return { text, batches: [ast, ...flowRows(path, unpackGraphs(graphs))] };
}

function readOrNull(absolute: string): Uint8Array | null {
  try {
    return readBounded(absolute, Number.POSITIVE_INFINITY);
  } catch {
    return null;
  }
}
