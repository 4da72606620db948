// Amounts as people read them.

export function countText(n: number): string {
  return Math.round(n).toLocaleString("en");
}

export function plural(n: number, noun: string): string {
  return `${countText(n)} ${noun}${n === 1 ? "" : "s"}`;
}
