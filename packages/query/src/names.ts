// Names of modules and functions as Elixir prints them.

import { withoutDirection } from "./term-text.ts";

const ALIAS = /^[A-Z]\w*(\.[A-Z]\w*)*$/;
const PLAIN_FUNCTION = /^[\p{L}_][\p{L}\p{N}_]*[?!]?$/u;
const PLAIN_ATOM = /^[\p{L}_][\p{L}\p{N}_@]*[?!]?$/u;

/** `Elixir.Shop.Cart` is `Shop.Cart`, `lists` is `:lists`. */
export function moduleText(module: string): string {
  if (module.startsWith("Elixir.")) return withoutDirection(module.slice("Elixir.".length));
  if (ALIAS.test(module)) return module;
  return PLAIN_ATOM.test(module) ? `:${module}` : `:${quoted(module)}`;
}

export function mfaText(module: string, name: string, arity: number): string {
  const inner = /^-(.+?)\/(\d+)-(fun|lc|lbc|inlined)[-$]/.exec(name);
  if (inner !== null) {
    const [, outer = name, outerArity = "0", kind] = inner;
    const what = kind === "lc" || kind === "lbc" ? "for" : "fn";
    return `${what} in ${mfaText(module, outer, Number(outerArity))}`;
  }
  const macro = name.startsWith("MACRO-") ? name.slice("MACRO-".length) : name;
  const written = PLAIN_FUNCTION.test(macro) ? macro : quoted(macro);
  return `${moduleText(module)}.${written}/${arity}`;
}

function quoted(name: string): string {
  return withoutDirection(JSON.stringify(name));
}

/** An initial call as it is stored (`Shop.Load.-run/0-fun-0-/0`, `proc_lib.init_p/5`). */
export function initialCallText(stored: string): string {
  // a supervisor's initial call is {supervisor, Module, 1}, which runs Module.init/1
  const supervisor = /^supervisor\.Elixir\.(.+)\/1$/.exec(stored)?.[1];
  if (supervisor !== undefined) return `${supervisor}.init/1`;
  const [, module, name, arity] = /^(.+?)\.(-.+-|[^./]+)\/(\d+)$/.exec(stored) ?? [];
  if (module === undefined || name === undefined) return stored;
  return mfaText(module, name, Number(arity));
}

/** `12.345678 s` for people: never more digits than a nanosecond clock has. */
export function timeText(t: number): string {
  return `${(t / 1e9).toFixed(6)} s`;
}

/** `12.3 ms`: a duration in the unit that fits. */
export function durationText(ns: number): string {
  if (ns < 1_000) return `${Math.round(ns)} ns`;
  if (ns < 1_000_000) return `${(ns / 1_000).toFixed(1)} µs`;
  if (ns < 1_000_000_000) return `${(ns / 1_000_000).toFixed(1)} ms`;
  return `${(ns / 1_000_000_000).toFixed(2)} s`;
}
