// Amounts of a session as people read them.

export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  if (bytes < 1024 ** 2) return `${Number((bytes / 1024).toPrecision(3))} KB`;
  if (bytes < 1024 ** 3) return `${Number((bytes / 1024 ** 2).toPrecision(3))} MB`;
  return `${Number((bytes / 1024 ** 3).toPrecision(3))} GB`;
}

export function countText(n: number): string {
  return Math.round(n).toLocaleString("en");
}

export function plural(n: number, noun: string): string {
  return `${countText(n)} ${noun}${n === 1 ? "" : "s"}`;
}
