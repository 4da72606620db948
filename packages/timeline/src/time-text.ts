// Times and durations as people read them, and the ticks of the ruler.

import { spanOf, type TimeScale } from "./scale.ts";

const NARROW_SPACE = "\u202f";
const SECOND = 1e9;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Room for the label of a tick, also by the wall clock. */
export const TICK_GAP_PX = 118;

export type Tick = { readonly t: number; readonly label: string };

/** `12.4 µs`, `3.21 ms`, `1 m 05 s`: three significant digits and the unit that fits. */
export function formatDuration(ns: number): string {
  const sign = ns < 0 ? "-" : "";
  const value = Math.abs(ns);
  if (value < 999.5) return `${sign}${Math.round(value)}${NARROW_SPACE}ns`;
  if (value < 999.5e3) return `${sign}${threeDigits(value / 1e3)}${NARROW_SPACE}µs`;
  if (value < 999.5e6) return `${sign}${threeDigits(value / 1e6)}${NARROW_SPACE}ms`;
  if (value < MINUTE) return `${sign}${threeDigits(value / SECOND)}${NARROW_SPACE}s`;
  const [big, unit, small, part] =
    value < HOUR
      ? [Math.floor(value / MINUTE), "m", Math.floor((value % MINUTE) / SECOND), "s"]
      : [Math.floor(value / HOUR), "h", Math.floor((value % HOUR) / MINUTE), "m"];
  return `${sign}${big}${NARROW_SPACE}${unit} ${String(small).padStart(2, "0")}${NARROW_SPACE}${part}`;
}

/** An instant since the start, with as many digits as `resolutionNs` asks for: `1:02.345 678`. */
export function formatTime(t: number, resolutionNs = 1): string {
  const digits = fractionDigits(resolutionNs);
  const unit = 10 ** (9 - digits);
  const whole = Math.round(Math.abs(t) / unit) * unit;
  const seconds = Math.floor(whole / SECOND);
  const fraction = String(Math.round(whole % SECOND))
    .padStart(9, "0")
    .slice(0, digits);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const clock =
    hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  const sign = t < 0 && whole > 0 ? "-" : "";
  if (digits === 0) return sign + clock;
  const groups = fraction.match(/\d{1,3}/g) ?? [];
  return `${sign}${clock}.${groups.join(NARROW_SPACE)}`;
}

/**
 * An instant as the clock of the target had it, in UTC: `09:13:40.351`. `startedAtNs`: wall clock at t = 0,
 * ns since 1970.
 */
export function formatWallClock(startedAtNs: bigint, t: number, resolutionNs = 1): string {
  const digits = fractionDigits(resolutionNs);
  const unit = 10n ** BigInt(9 - digits);
  const at = ((startedAtNs + BigInt(Math.round(t)) + unit / 2n) / unit) * unit;
  const clock = new Date(Number(at / 1_000_000n)).toISOString().slice(11, 19);
  if (digits === 0) return clock;
  const fraction = String(at % 1_000_000_000n).padStart(9, "0");
  const groups = fraction.slice(0, digits).match(/\d{1,3}/g) ?? [];
  return `${clock}.${groups.join(NARROW_SPACE)}`;
}

/**
 * Round instants at least `minGapPx` apart, with labels just long enough to tell them apart. With
 * `startedAtNs` they are round on the wall clock.
 */
export function ticks(
  scale: TimeScale,
  minGapPx = 110,
  startedAtNs: bigint | null = null,
): readonly Tick[] {
  const step = tickStep((spanOf(scale) / scale.widthPx) * minGapPx);
  const past = startedAtNs === null ? 0 : Number(startedAtNs % BigInt(step));
  const out: Tick[] = [];
  for (let n = Math.ceil((scale.t0 + past) / step); n * step - past <= scale.t1; n += 1) {
    const t = n * step - past;
    if (t < 0) continue;
    const label =
      startedAtNs === null ? formatTime(t, step) : formatWallClock(startedAtNs, t, step);
    out.push({ t, label });
  }
  return out;
}

/** The smallest round step (1, 2, 5 times a power of ten; sixtieths above a second) not below `ns`. */
export function tickStep(ns: number): number {
  if (ns > 5 * SECOND) {
    const clock = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].find((s) => s * SECOND >= ns);
    return clock === undefined ? Math.ceil(ns / HOUR) * HOUR : clock * SECOND;
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(ns, 1)));
  const factor = [1, 2, 5, 10].find((f) => f * power >= ns) ?? 10;
  return Math.max(1, factor * power);
}

function fractionDigits(resolutionNs: number): number {
  if (resolutionNs >= SECOND) return 0;
  return Math.min(9, 9 - Math.floor(Math.log10(Math.max(1, resolutionNs)) + 1e-9));
}

function threeDigits(value: number): string {
  const text = value.toPrecision(3);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
