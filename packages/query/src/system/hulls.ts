// What is drawn around nodes: supervisors inside of supervisors; where nobody supervises, the application,
// else the node.

import type { SystemHull } from "@elixirscope/wire";
import type { Lives } from "./lives.ts";
import { labelOf, placeText, type Member } from "./members.ts";

/** Trees deeper than that are drawn without the rest of their ancestors. */
const MAX_DEPTH = 12;

export const UNKNOWN_HULL: SystemHull = {
  id: "unknown",
  kind: "unknown",
  label: "not described",
  parent: null,
  pid: null,
};

export function hullId(lives: Lives, { hull, place }: Pick<Member, "hull" | "place">): string {
  return hull === null ? place : (lives.all.get(hull)?.pid ?? place);
}

export function hullsOf(lives: Lives, members: readonly Member[]): readonly SystemHull[] {
  const supervisors = new Set<number>();
  for (const { hull } of members) {
    let at = hull;
    for (let depth = 0; at !== null && depth < MAX_DEPTH; depth += 1) {
      supervisors.add(at);
      const life = lives.all.get(at);
      at = life === undefined ? null : lives.supervisorOf(life);
    }
  }
  const places = new Set(members.flatMap(({ hull, place }) => (hull === null ? [place] : [])));
  const found = [...supervisors].flatMap((index): SystemHull[] => {
    const life = lives.all.get(index);
    if (life === undefined) return [];
    const above = lives.supervisorOf(life);
    const place = lives.placeOf(life);
    const parent =
      above !== null && above !== index && supervisors.has(above)
        ? (lives.all.get(above)?.pid ?? null)
        : places.has(place)
          ? place
          : null;
    return [{ id: life.pid, kind: "supervisor", label: labelOf(life), parent, pid: life.pid }];
  });
  return [...found, ...[...places].toSorted().map(placeHull)];
}

function placeHull(id: string): SystemHull {
  const kind = id.startsWith("app:") ? "application" : "node";
  return { id, kind, label: placeText(id), parent: null, pid: null };
}
