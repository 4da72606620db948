// How many bytes, as people read it, the same in a terminal and on the page: units of 1,024, three digits.

const UNITS = ["B", "KB", "MB", "GB", "TB"];

export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // not 1,024 of a unit, which is what 1,023.6 would be rounded to
  while (value >= 1_023.5 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const digits = value >= 100 || unit === 0 ? Math.round(value) : Number(value.toPrecision(3));
  return `${digits} ${UNITS[unit] ?? ""}`;
}
