// Races about a key of an ETS table, among its accesses in the order of time: an update that was lost between a
// read and the write that came of it, and accesses that nothing orders. Steps that read and write at once
// (`update_counter`) are safe among themselves.

import type { At } from "./happens-before.ts";
import type { EtsAccess } from "./ets-accesses.ts";

export type EtsRace =
  | {
      readonly kind: "lost_update";
      readonly read: EtsAccess;
      readonly other: EtsAccess;
      readonly write: EtsAccess;
      readonly happened: boolean;
    }
  | {
      readonly kind: "write_write" | "read_write";
      readonly first: EtsAccess;
      readonly second: EtsAccess;
    };

/** How far apart, in accesses of the key, two are compared. */
const REACH = 8;

/** `accesses`: of one key of one table. `isOrdered` by what both processes were told. */
export function etsRaces(
  accesses: readonly EtsAccess[],
  isOrdered: (a: At, b: At) => boolean,
): readonly EtsRace[] {
  const found: EtsRace[] = [];
  const told = new Set<EtsAccess>();
  for (const [at, access] of accesses.entries()) {
    const recent = accesses.slice(Math.max(0, at - REACH), at);
    const update = access.kind === "write" ? lostUpdate(recent, access, isOrdered) : null;
    if (update !== null) {
      found.push(update);
      for (const one of [update.read, update.other, update.write]) told.add(one);
    }
  }
  for (const [at, second] of accesses.entries()) {
    const recent = accesses.slice(Math.max(0, at - REACH), at).toReversed();
    const first = recent.find(
      (one) => conflicts(one, second) && isUnordered(one, second, isOrdered),
    );
    // what belongs to a lost update is told with it
    if (first === undefined || (told.has(first) && told.has(second))) continue;
    const isReading = first.kind === "read" || second.kind === "read";
    found.push({ kind: isReading ? "read_write" : "write_write", first, second });
  }
  return found;
}

function lostUpdate(
  recent: readonly EtsAccess[],
  write: EtsAccess,
  isOrdered: (a: At, b: At) => boolean,
): Extract<EtsRace, { readonly kind: "lost_update" }> | null {
  const own = recent.findLast(({ pid }) => pid === write.pid);
  if (own?.kind !== "read") return null;
  const place = recent.indexOf(own);
  const others = recent.filter(({ pid, kind }) => pid !== write.pid && kind !== "read");
  const between = others.find((one) => recent.indexOf(one) > place);
  if (between !== undefined) {
    return { kind: "lost_update", read: own, other: between, write, happened: true };
  }
  const before = others.findLast((one) => isUnordered(one, own, isOrdered));
  if (before === undefined) return null;
  return { kind: "lost_update", read: own, other: before, write, happened: false };
}

function conflicts(a: EtsAccess, b: EtsAccess): boolean {
  if (a.pid === b.pid || (a.kind === "read" && b.kind === "read")) return false;
  // one step is enough for both: whichever comes first, neither is lost
  return !(a.kind === "update" && b.kind === "update");
}

function isUnordered(
  first: EtsAccess,
  second: EtsAccess,
  isOrdered: (a: At, b: At) => boolean,
): boolean {
  if (first.pid === second.pid) return false;
  return !isOrdered({ pid: first.pid, event: first.call }, { pid: second.pid, event: second.call });
}
