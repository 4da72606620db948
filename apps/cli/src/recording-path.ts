// Where recordings live: a path as given, or a name in the recordings folder.

import { existsSync } from "node:fs";
import path from "node:path";
import { UsageError } from "./exit-codes.ts";

const MOST_ALIKE = 1_000;

/** `ELIXIRSCOPE_RECORDINGS`, or `recordings` in the current folder. */
export function recordingsFolder(): string {
  return path.resolve(process.env["ELIXIRSCOPE_RECORDINGS"] ?? "recordings");
}

/** The recording that `text` means: a path, with or without `.escope`, or a name in the folder. */
export function findRecording(text: string): string {
  const candidates = [text, `${text}.escope`, path.join(recordingsFolder(), text)];
  candidates.push(path.join(recordingsFolder(), `${text}.escope`));
  return path.resolve(candidates.find((candidate) => existsSync(candidate)) ?? text);
}

/** A path for a new recording of `node`, named by the local time. */
export function newRecordingPath(node: string): string {
  const name = node.split("@", 1)[0]?.replaceAll(/[^\w-]/g, "_") ?? "node";
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const stamp = local.toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  return path.join(recordingsFolder(), `${name}-${stamp}.escope`);
}

/** Never where something is already: then a number is added. */
export function freePath(wanted: string): string {
  const { dir, name, ext } = path.parse(wanted);
  for (let n = 1; n < MOST_ALIKE; n++) {
    const candidate = n === 1 ? wanted : path.join(dir, `${name}-${n}${ext}`);
    if (!existsSync(candidate)) return candidate;
  }
  throw new UsageError(`there are too many recordings named ${name}`);
}
