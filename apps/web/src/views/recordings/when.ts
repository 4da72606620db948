// When something was recorded, as people read it.

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
