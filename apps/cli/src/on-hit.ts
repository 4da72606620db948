// What a live breakpoint does when its condition holds.

export const ON_HIT = ["mark", "stop", "deepen"] as const;
export type OnHit = (typeof ON_HIT)[number];
