// Sizes, counts and dates of recordings as people read them.

export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : Number(value.toPrecision(3))} ${units[unit] ?? ""}`;
}

export function formatCount(n: number): string {
  return n.toLocaleString("en");
}

/** `14:02` today, `24 Nov 14:02` this year, `24 Nov 2025` before. */
export function formatWhen(ms: number, nowMs: number): string {
  const [then, now] = [new Date(ms), new Date(nowMs)];
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return `Today ${time}`;
  const sameYear = then.getFullYear() === now.getFullYear();
  const day = then.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  });
  return sameYear ? `${day} ${time}` : day;
}
