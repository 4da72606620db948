// Looks for races about ETS keys, one stretch after the other.

import { termKey } from "@elixirscope/etf";
import type { Slice } from "../find/windows.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
import type { Source } from "../sql.ts";
import { etsAccesses, MOST_ACCESSES, type EtsAccess } from "./ets-accesses.ts";
import { etsRaces, type EtsRace } from "./ets-races.ts";
import { HappensBefore } from "./happens-before.ts";
import type { AccessFacts, ExampleFacts, RaceFacts, RaceGroups } from "./race-groups.ts";
import { syncEdges } from "./sync-edges.ts";

export class EtsSearch {
  readonly #source: Source;
  readonly #groups: RaceGroups;
  readonly #style: TermStyle;
  #crowded = false;
  accesses = 0;

  constructor(source: Source, groups: RaceGroups) {
    this.#source = source;
    this.#groups = groups;
    this.#style = styleOf(source.manifest);
  }

  /** Adds the races whose last access is at `newFrom` or later. */
  async look(slice: Slice, newFrom: number): Promise<void> {
    const all = await etsAccesses(this.#source, slice);
    this.accesses += all.filter(({ t }) => t >= newFrom).length;
    if (all.length >= MOST_ACCESSES) this.#crowded = true;
    const shared = [...byKey(all).values()].filter((accesses) => isShared(accesses));
    if (shared.length === 0) return;
    const order = new HappensBefore(await syncEdges(this.#source, slice));
    for (const accesses of shared) {
      for (const race of etsRaces(accesses, (a, b) => order.isOrdered(a, b))) {
        if (lastOf(race).t >= newFrom) this.#add(race);
      }
    }
  }

  limits(): readonly string[] {
    if (this.#crowded) return [`of each stretch ${MOST_ACCESSES} ETS operations were looked at`];
    return this.accesses > 0 ? [] : ["no calls of :ets were traced, so nothing is said about ETS"];
  }

  #add(race: EtsRace): void {
    const last = lastOf(race);
    const subject = { kind: "ets", table: printTerm(last.table, "line", this.#style) } as const;
    if (race.kind === "lost_update") {
      const { read, write, other, happened } = race;
      const facts: RaceFacts = {
        kind: race.kind,
        subject,
        read: nameOf(read),
        write: nameOf(write),
        // that the write came of the read is told from their order alone
        isExact: false,
      };
      this.#groups.add(facts, happened, () => ({
        ...this.#example(happened, [read, other, write], happened ? other : null),
        around: [read.call, write.call],
      }));
      return;
    }
    const { first, second } = race;
    const [reading, writing] = first.kind === "read" ? [first, second] : [second, first];
    const names =
      race.kind === "read_write"
        ? { read: nameOf(reading), write: nameOf(writing) }
        : {
            read: null,
            write: [...new Set([nameOf(first), nameOf(second)])].toSorted().join(", "),
          };
    this.#groups.add({ kind: race.kind, subject, ...names, isExact: true }, false, () => {
      return this.#example(false, [first, second], null);
    });
  }

  #example(
    happened: boolean,
    accesses: readonly EtsAccess[],
    lost: EtsAccess | null,
  ): ExampleFacts {
    const [one] = accesses;
    return {
      happened,
      what: one === undefined ? "" : `key ${printTerm(one.key, "line", this.#style)}`,
      accesses: accesses
        .toSorted((a, b) => a.t - b.t || a.call - b.call)
        .map((access) => this.#access(access, access === lost)),
      around: null,
    };
  }

  #access(
    { kind, pid, call, t, function: name, args, result }: EtsAccess,
    isLost: boolean,
  ): AccessFacts {
    return {
      kind: kind === "read" ? "read" : "write",
      pid,
      event: call,
      t,
      text: `:ets.${name}(${printTerm(args, "line", this.#style).slice(1, -1)})`,
      result: result === null ? null : printTerm(result, "line", this.#style),
      isLost,
    };
  }
}

function byKey(accesses: readonly EtsAccess[]): ReadonlyMap<string, readonly EtsAccess[]> {
  const found = new Map<string, EtsAccess[]>();
  for (const access of accesses) {
    const key = `${termKey(access.table)} ${termKey(access.key)}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [access]);
    else known.push(access);
  }
  return found;
}

function isShared(accesses: readonly EtsAccess[]): boolean {
  const [first] = accesses;
  return (
    accesses.some(({ pid }) => pid !== first?.pid) && accesses.some(({ kind }) => kind !== "read")
  );
}

function lastOf(race: EtsRace): EtsAccess {
  return race.kind === "lost_update" ? race.write : race.second;
}

function nameOf(access: EtsAccess): string {
  return `:ets.${access.function}`;
}
