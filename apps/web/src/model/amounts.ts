// Amounts as people read them.

export function countText(n: number): string {
  return Math.round(n).toLocaleString("en");
}

export function plural(n: number, noun: string): string {
  return `${countText(n)} ${noun}${n === 1 ? "" : "s"}`;
}

const UNITS = ["", "K", "M", "B", "T"] as const;

/** `458.5K` of 458,512. Not by `Intl`: a page needs 20 ms and more to start that, and the first lanes wait. */
export function shortCount(n: number): string {
  let [value, unit] = [n, 0];
  while (rounded(value) >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${rounded(value)}${UNITS[unit] ?? ""}`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
