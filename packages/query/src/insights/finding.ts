// What all analyses share: how an answer is put together, and numbers in words.

import { SEVERITIES, type Evidence, type Finding, type Findings } from "@elixirscope/wire";

export function findingsOf(
  all: readonly Finding[],
  limit: number,
  rest: Omit<Findings, "findings" | "more" | "unknown"> & { readonly more?: number },
): Findings {
  const ranked = all.toSorted((a, b) => rank(a) - rank(b));
  const { more = 0, looked, limits } = rest;
  return {
    findings: ranked.slice(0, limit),
    more: more + Math.max(0, ranked.length - limit),
    looked,
    unknown: null,
    limits,
  };
}

function rank({ severity }: Finding): number {
  return SEVERITIES.indexOf(severity);
}

export function cannotTell(
  unknown: string,
  looked: string,
  limits: readonly string[] = [],
): Findings {
  return { findings: [], more: 0, looked, unknown, limits };
}

export function fact(text: string): Evidence {
  return { text, target: null };
}

export function atEvent(text: string, event: number): Evidence {
  return { text, target: { kind: "event", event } };
}

/** `3 crashes`, `1 crash` */
export function counted(n: number, one: string, many: string = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

export function percent(share: number): string {
  return share < 0.01 ? "less than 1%" : `${Math.round(share * 100)}%`;
}

export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
