// Families of processes: those of one supervisor that started alike. When all processes are too many for a
// screen, the large families become one node each; when even that is too many, supervisors are put together
// by application, and at last everything of an application.

import { hullId } from "./hulls.ts";
import type { Life, Lives } from "./lives.ts";

/** By supervisor and initial call; by application and initial call; by application. */
const GRAINS = [0, 1, 2] as const;
export type Grain = (typeof GRAINS)[number];

export type Family = {
  /** as `<0.159.0>|Shop.Cart.init/1`; not of one kind: of two different ones never the same */
  readonly id: string;
  readonly members: Life[];
};

/** One node: a process, or those of a family that are not drawn apart. */
export type Cell = {
  readonly family: string;
  readonly grain: Grain;
  readonly lives: readonly Life[];
  /** a family, also when one process is all that is left of it */
  readonly isFamily: boolean;
};

export type CutOptions = {
  readonly limit: number;
  /** ids of families that are drawn apart in any case, up to `members` of each */
  readonly open: readonly string[];
  readonly members: number;
  /** is drawn apart in any case */
  readonly pid: string | null;
};

/** The finest cut that has at most `limit` cells, with what is open beyond that. */
export function cut(lives: Lives, within: readonly Life[], options: CutOptions): readonly Cell[] {
  for (const grain of GRAINS) {
    const families = familiesOf(lives, within, grain);
    const least = leastFor(
      families.map(({ members }) => members.length),
      options.limit,
    );
    if (least !== "too many") return cellsOf(families, grain, least, options);
  }
  return cellsOf(familiesOf(lives, within, 2), 2, 1, options);
}

function familiesOf(lives: Lives, within: readonly Life[], grain: Grain): readonly Family[] {
  const families = new Map<string, Family>();
  for (const life of within) {
    const id = familyId(lives, life, grain);
    const family = families.get(id) ?? { id, members: [] };
    family.members.push(life);
    families.set(id, family);
  }
  return [...families.values()];
}

function familyId(lives: Lives, life: Life, grain: Grain): string {
  const place = lives.placeOf(life);
  if (grain === 2) return place;
  const hull = grain === 0 ? lives.hullOf(life) : null;
  return `${hullId(lives, { hull, place })}|${life.call ?? ""}`;
}

/**
 * From which size on families must be one cell each: a power of two, so that it stays the same while
 * processes come and go; null: there is room for all.
 */
export function leastFor(sizes: readonly number[], limit: number): number | null | "too many" {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  if (all <= limit) return null;
  for (let least = 2 ** Math.ceil(Math.log2(all)); least >= 2; least /= 2) {
    const cells = sizes.reduce((sum, size) => sum + (size < least ? size : 1), 0);
    if (cells <= limit) return least;
  }
  return "too many";
}

function cellsOf(
  families: readonly Family[],
  grain: Grain,
  least: number | null,
  { open, members: most, pid }: CutOptions,
): readonly Cell[] {
  return families.flatMap(({ id, members }): readonly Cell[] => {
    const apart = (lives: readonly Life[]): readonly Cell[] =>
      lives.map((life) => ({ family: id, grain, lives: [life], isFamily: false }));
    if (least === null || members.length < least) return apart(members);
    if (!open.includes(id)) {
      const others = members.filter((life) => life.pid !== pid);
      const chosen = members.filter((life) => life.pid === pid);
      return [...apart(chosen), { family: id, grain, lives: others, isFamily: true }];
    }
    // those that live, the newest first
    const ranked = members.toSorted(
      (a, b) => Number(a.tExited !== null) - Number(b.tExited !== null) || b.index - a.index,
    );
    const rest = ranked.slice(most);
    const others: Cell = { family: id, grain, lives: rest, isFamily: true };
    return [...apart(ranked.slice(0, most)), ...(rest.length === 0 ? [] : [others])];
  });
}

/** The processes of a family, of whatever grain its id is. */
export function membersOfFamily(
  lives: Lives,
  within: readonly Life[],
  id: string,
): readonly number[] {
  const grains = id.includes("|") ? ([0, 1] as const) : ([2] as const);
  return within
    .filter((life) => grains.some((grain) => familyId(lives, life, grain) === id))
    .map(({ index }) => index);
}
