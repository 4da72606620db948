// Who changed a part of a state: the versions in which it became another, newest first. The part is named in
// one version and followed by its keys in all others; an item of a list is followed by its position.

import { equal, type Term } from "@elixirscope/etf";
import type { FieldChange, FieldHistory, Params } from "@elixirscope/wire";
import type { Step } from "../diff.ts";
import { pidIndex } from "../interned.ts";
import { limitsOf } from "../limits.ts";
import { printTerm, styleOf } from "../print.ts";
import type { Source } from "../sql.ts";
import { termOf } from "../terms/term-of.ts";
import { partAt, partsOf, pathText } from "../terms/term-parts.ts";
import { causeOf, causesOf } from "./state-causes.ts";
import { statesOf, stateTerm, versionsUpTo, type StateVersion } from "./state-versions.ts";

const AT_ONCE = 64;
/** What one answer looks at; `older` goes on from there. */
const MOST_VERSIONS = 4_000;
const MOST_BYTES = 16_000_000;

type Change = {
  readonly one: StateVersion;
  readonly before: Term | undefined;
  readonly after: Term | undefined;
};

export async function fieldHistory(
  source: Source,
  { pid, field, t, below, limit }: Params<"fieldHistory">,
): Promise<FieldHistory> {
  const nothing = { pid, path: "", changes: [], looked: 0, older: null, limits: [] };
  const index = await pidIndex(source, pid);
  if (index === null) return { ...nothing, why: `${pid} was not seen in this recording` };
  const whole = await termOf(source, { kind: "state", pid, t: field.t });
  const part = whole.term === null ? undefined : partAt(whole.term, field.at);
  if (part === undefined) {
    return { ...nothing, why: "the state at that moment has no such part, or was not recorded" };
  }
  const { changes, looked, older } = await look(source, index, { t, below, limit }, part.steps);
  const causes = await causesOf(
    source,
    index,
    changes.map(({ one }) => one),
  );
  const style = styleOf(source.manifest);
  const print = (term: Term | undefined): string | null =>
    term === undefined ? null : printTerm(term, "line", style);
  return {
    pid,
    path: pathText(part.steps, style),
    changes: changes.map(({ one, before, after }): FieldChange => {
      const { version, t: at, event, callback, causeMessage } = one;
      return {
        version,
        t: at,
        event,
        callback,
        kind: before === undefined ? "added" : after === undefined ? "removed" : "changed",
        before: print(before),
        after: print(after),
        cause: causeOf(causeMessage, causes),
      };
    }),
    looked,
    older,
    why: null,
    limits: await limitsOf(source, { pids: [index], from: older?.t ?? 0, to: t }, ["states"]),
  };
}

type Looked = {
  readonly changes: readonly Change[];
  readonly looked: number;
  readonly older: FieldHistory["older"];
};

async function look(
  source: Source,
  pid: number,
  {
    t,
    below,
    limit,
  }: { readonly t: number; readonly below: number | undefined; readonly limit: number },
  steps: readonly Step[],
): Promise<Looked> {
  const changes: Change[] = [];
  const values = new Values(steps);
  let from: { readonly t: number; readonly below: number | undefined } = { t, below };
  let newer: StateVersion | null = null;
  let looked = 0;
  for (;;) {
    const some: readonly StateVersion[] = await versionsUpTo(
      source,
      pid,
      from.t,
      AT_ONCE,
      from.below,
    );
    values.add(
      await statesOf(
        source,
        some.filter(({ ref }) => !values.has(ref)),
      ),
    );
    for (const one of some) {
      if (newer !== null) {
        const change = values.change(one, newer);
        if (change !== null) changes.push(change);
        looked += 1;
        if (changes.length >= limit || looked >= MOST_VERSIONS || values.bytes >= MOST_BYTES) {
          return { changes, looked, older: { t: one.t, version: one.version } };
        }
      }
      newer = one;
    }
    const last = some.at(-1);
    if (last === undefined || some.length < AT_ONCE) break;
    from = { t: last.t, below: last.version };
    values.keepOnly(last.ref);
  }
  // the first recorded version, with nothing to compare it with, is where the value is first seen
  if (newer !== null) {
    const after = values.of(newer);
    if (after !== undefined && after !== null)
      changes.push({ one: newer, before: undefined, after });
    looked += 1;
  }
  return { changes, looked, older: null };
}

/** The values of the part by reference of the state; null: the state cannot be read. */
class Values {
  bytes = 0;
  readonly #steps: readonly Step[];
  readonly #known = new Map<number, Term | undefined | null>();

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  has(ref: number | null): boolean {
    return ref !== null && this.#known.has(ref);
  }

  add(payloads: ReadonlyMap<number, Uint8Array>): void {
    for (const [ref, payload] of payloads) {
      this.bytes += payload.length;
      const term = stateTerm(payload);
      this.#known.set(ref, term === null ? null : follow(term, this.#steps));
    }
  }

  keepOnly(ref: number | null): void {
    for (const key of this.#known.keys()) if (key !== ref) this.#known.delete(key);
  }

  of({ ref }: StateVersion): Term | undefined | null {
    return ref === null ? null : this.#known.has(ref) ? this.#known.get(ref) : null;
  }

  /** Null: it is the same, or one of both is not known. */
  change(before: StateVersion, one: StateVersion): Change | null {
    if (before.ref === one.ref) return null;
    const [old, news] = [this.of(before), this.of(one)];
    if (old === null || news === null || old === news) return null;
    if (old !== undefined && news !== undefined && equal(old, news)) return null;
    return { one, before: old, after: news };
  }
}

function follow(whole: Term, steps: readonly Step[]): Term | undefined {
  let term: Term | undefined = whole;
  for (const step of steps) {
    if (term === undefined) return undefined;
    term = inside(term, step);
  }
  return term;
}

function inside(term: Term, step: Step): Term | undefined {
  if (step.kind === "element") return term.kind === "tuple" ? term.items[step.index] : undefined;
  if (step.kind === "item") {
    return term.kind === "list" ? partsOf(term).children[step.after ?? 0]?.value : undefined;
  }
  if (term.kind === "map") return term.entries.find(([key]) => equal(key, step.key))?.[1];
  if (term.kind !== "list") return undefined;
  return partsOf(term).children.find(
    ({ key }) => key !== null && key !== "|" && equal(key, step.key),
  )?.value;
}
