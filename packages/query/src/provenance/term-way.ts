// Ways into values: following one, printing one, and all the ways that lead to an equal part. Without recursion.

import { atom, binary, integer, type Term } from "@elixirscope/etf";
import type { TermPath, TermStep } from "@elixirscope/store";
import { areEqual } from "../condition/compare-values.ts";
import { cutValue } from "../condition/value-shape.ts";

/** Parts of one value that are looked at. */
const MAX_LOOKED = 20_000;
/** More ways to equal parts are counted as these. */
const MAX_WAYS = 50;

export function isSame(one: Term, other: Term): boolean {
  return one === other || areEqual(one, other, { exact: true, signedZero: true }) === true;
}

export function follow(term: Term, path: TermPath): Term | undefined {
  let at: Term | undefined = term;
  for (const step of path) at = at === undefined ? undefined : part(at, step);
  return at;
}

function part(term: Term, step: TermStep): Term | undefined {
  if (cutValue(term) !== null) return undefined;
  if (step.kind === "element") return term.kind === "tuple" ? term.items[step.index] : undefined;
  if (step.kind === "index" && term.kind === "list") return term.items.at(step.index);
  const key = step.kind === "index" ? integer(step.index) : step.key;
  if (term.kind === "map") return term.entries.find(([other]) => isSame(other, key))?.[1];
  if (term.kind !== "list") return undefined;
  for (const item of term.items) {
    const [name, value] = item.kind === "tuple" && item.items.length === 2 ? item.items : [];
    if (name !== undefined && isSame(name, key)) return value;
  }
  return undefined;
}

export function wayText(path: TermPath): string {
  return path.map(stepText).join("");
}

function stepText(step: TermStep): string {
  if (step.kind === "element") return `{${step.index}}`;
  if (step.kind === "index") return `[${step.index}]`;
  const { key } = step;
  if (key.kind === "atom") {
    return /^[\p{L}_][\p{L}\p{N}_@]*[?!]?$/u.test(key.name)
      ? `.${key.name}`
      : `.${JSON.stringify(key.name)}`;
  }
  return key.kind === "binary" ? `[${JSON.stringify(Buffer.from(key.bytes).toString())}]` : "[…]";
}

/** The steps from the part back up to the whole: a path is built only where it is wanted. */
type Climb = { readonly up: Climb; readonly step: TermStep } | null;

/** Breadth first: the shortest comes first. Keys of maps are no parts. */
export function waysTo(wanted: Term, whole: Term): readonly TermPath[] {
  const ways: TermPath[] = [];
  const found: { readonly term: Term; readonly climb: Climb }[] = [{ term: whole, climb: null }];
  for (const { term, climb } of found) {
    if (term.kind === wanted.kind && isSame(term, wanted)) {
      ways.push(pathOf(climb));
      if (ways.length >= MAX_WAYS) return ways;
      continue;
    }
    if (found.length > MAX_LOOKED || cutValue(term) !== null) continue;
    for (const [step, inner] of partsOf(term))
      found.push({ term: inner, climb: { up: climb, step } });
  }
  return ways;
}

function pathOf(climb: Climb): TermPath {
  const steps: TermStep[] = [];
  for (let at = climb; at !== null; at = at.up) steps.push(at.step);
  return steps.toReversed();
}

/** Direct parts that a path can name. */
export function partsOf(term: Term): readonly (readonly [TermStep, Term])[] {
  if (term.kind === "tuple")
    return term.items.map((item, index) => [{ kind: "element", index }, item]);
  if (term.kind === "list")
    return term.items.map((item, index) => [{ kind: "index", index }, item]);
  if (term.kind !== "map") return [];
  return term.entries.flatMap(([key, value]): readonly (readonly [TermStep, Term])[] => {
    const step = keyStep(key);
    return step === null ? [] : [[step, value]];
  });
}

function keyStep(key: Term): TermStep | null {
  if (key.kind === "atom") return { kind: "key", key: atom(key.name) };
  if (key.kind === "binary") return { kind: "key", key: binary(key.bytes) };
  return key.kind === "integer" && typeof key.value === "number"
    ? { kind: "index", index: key.value }
    : null;
}
