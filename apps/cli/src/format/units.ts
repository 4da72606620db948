// Durations, sizes and counts as people write them, both ways. Absurd values are errors, not surprises.

import { err, ok, type Result } from "@elixirscope/base";

const DURATION_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_BYTES = {
  b: 1,
  kb: 1_024,
  mb: 1_048_576,
  gb: 1_073_741_824,
  tb: 1_099_511_627_776,
} as const;
const COUNT = { "": 1, k: 1_000, m: 1_000_000 } as const;

/** `10s`, `500ms`, `2m`, `1.5h` → milliseconds. */
export function parseDurationMs(text: string): Result<number, string> {
  return parseScaled(text, DURATION_MS, "a duration like 10s, 500ms or 2m");
}

/** `64mb`, `10GB`, `4096b` → bytes. */
export function parseBytes(text: string): Result<number, string> {
  return parseScaled(text, SIZE_BYTES, "a size like 64mb or 10gb");
}

/** `200k`, `1m`, `5000` → a whole number of at least 1. */
export function parseCount(text: string): Result<number, string> {
  return parseScaled(text, COUNT, "a count like 5000 or 200k");
}

/** As `parseCount`, and 0 for none. */
export function parseMost(text: string): Result<number, string> {
  return text.trim() === "0" ? ok(0) : parseCount(text);
}

/** `1%`, `0.5%`, `0.01` → a share of 1, from 0 to 10. */
export function parseShare(text: string): Result<number, string> {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim());
  if (match === null) return err(`"${text}" is not a share like 1% or 0.01`);
  const value = Number(match[1]) / (match[2] === "%" ? 100 : 1);
  return value > 0 && value <= 10 ? ok(value) : err(`"${text}" is out of range`);
}

const INSTANT_NS = {
  "": 1,
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
} as const;

/** `1.5s`, `1500ms`, `20us`, `1500000` (ns) → ns since the recording's start. */
export function parseInstantNs(text: string): Result<number, string> {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zµ]*)$/i.exec(text.trim());
  const units: Readonly<Record<string, number>> = INSTANT_NS;
  const scale = match?.[2] === undefined ? undefined : units[match[2].toLowerCase()];
  if (match === null || scale === undefined) {
    return err(
      `"${text}" is not a time like 1.5s, 1500ms or 1500000 (ns since the recording's start)`,
    );
  }
  const value = Math.round(Number(match[1]) * scale);
  return Number.isSafeInteger(value) ? ok(value) : err(`"${text}" is out of range`);
}

/** `1s..1.5s` → a range of ns since the recording's start. */
export function parseRangeNs(
  text: string,
): Result<{ readonly t0: number; readonly t1: number }, string> {
  const [from = "", to = "", ...rest] = text.split("..");
  // 1.5s..2s has two dots in a row only once
  if (rest.length > 0 || from === "" || to === "") {
    return err(`"${text}" is not a range of times like 1.5s..2s`);
  }
  const [t0, t1] = [parseInstantNs(from), parseInstantNs(to)];
  if (!t0.ok) return t0;
  if (!t1.ok) return t1;
  if (t1.value <= t0.value) return err(`"${text}" ends before it begins`);
  return ok({ t0: t0.value, t1: t1.value });
}

/** A whole number from 1, as ids are. */
export function parseId(text: string): Result<number, string> {
  const value = Number(text.trim().replace(/^#/, ""));
  return Number.isSafeInteger(value) && value > 0 ? ok(value) : err(`"${text}" is not an id`);
}

function parseScaled(
  text: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): Result<number, string> {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const scale = match?.[2] === undefined ? undefined : units[match[2].toLowerCase()];
  if (match === null || scale === undefined) return err(`"${text}" is not ${expected}`);
  const value = Math.round(Number(match[1]) * scale);
  if (!Number.isSafeInteger(value) || value < 1) return err(`"${text}" is out of range`);
  return ok(value);
}

let countFormat: Intl.NumberFormat | null = null;

export function formatCount(value: number): string {
  // to make one takes 20 ms, more than many a command has to say
  countFormat ??= new Intl.NumberFormat("en-US");
  return countFormat.format(value);
}

/** Ns since the recording's start as `12.345678 s`. */
export function formatInstant(t: number): string {
  return `${(t / 1e9).toFixed(6)} s`;
}

export function formatDurationMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
