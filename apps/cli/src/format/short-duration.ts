// Durations of programs as people read them: three digits, from nanoseconds to minutes.

const UNITS = [
  ["s", 1e9],
  ["ms", 1e6],
  ["µs", 1e3],
] as const;

export function shortDuration(ns: number | null): string {
  if (ns === null) return "";
  if (Math.abs(ns) >= 600e9) return `${(ns / 60e9).toFixed(1)} min`;
  const [unit, scale] = UNITS.find(([, size]) => Math.abs(ns) >= size) ?? ["ns", 1];
  const value = ns / scale;
  const digits = unit === "ns" || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

export function percent(share: number): string {
  const value = 100 * share;
  return `${value !== 0 && Math.abs(value) < 9.95 ? value.toFixed(1) : value.toFixed(0)} %`;
}
