// `recording.json`: written beside and renamed over, so that a reader sees an old one or a new one.

import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";
import { type Manifest, RECORDING_FORMAT } from "@elixirscope/trace";
import { isErrno, ioError } from "./io-error.ts";
import { StoreError } from "./store-error.ts";

const NAME = "recording.json";

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const target = path.join(folder, NAME);
  const beside = `${target}.new`;
  try {
    const file = await open(beside, "w");
    try {
      await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(beside, target);
  } catch (cause) {
    throw ioError(`cannot write ${target}`, cause);
  }
}

export async function readManifest(folder: string): Promise<Manifest> {
  const file = path.join(folder, NAME);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if (isErrno(cause, "ENOENT") || isErrno(cause, "ENOTDIR")) {
      throw new StoreError("not_a_recording", `${folder} is not a recording: it has no ${NAME}`, {
        cause,
      });
    }
    throw ioError(`cannot read ${file}`, cause);
  }
  return parseManifest(text, file);
}

/** `file` is named in errors. */
export function parseManifest(text: string, file: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StoreError("corrupt_recording", `${file} is not valid JSON: ${messageOf(cause)}`, {
      cause,
    });
  }
  const format = property(value, "format");
  if (typeof format !== "number") {
    throw new StoreError("corrupt_recording", `${file} has no format number`);
  }
  if (format > RECORDING_FORMAT) {
    throw new StoreError(
      "newer_format",
      `${file} has format ${format}, this version reads up to ${RECORDING_FORMAT}: update ElixirScope`,
    );
  }
  const missing = missingField(value);
  if (missing !== null) {
    throw new StoreError(
      "corrupt_recording",
      `${file} is damaged: ${missing} is missing or of the wrong type`,
    );
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: the fields that code relies on were checked
  return value as Manifest;
}

const FIELD_TYPES = {
  product: "string",
  id: "string",
  state: "string",
  target: "object",
  startedAtNs: "string",
  durationNs: "number",
  plan: "object",
  counts: "object",
  loss: "object",
} as const;

function missingField(value: unknown): string | null {
  for (const [name, type] of Object.entries(FIELD_TYPES)) {
    const field = property(value, name);
    if (typeof field !== type || field === null) return name;
  }
  return typeof property(property(value, "target"), "node") === "string" ? null : "target.node";
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
