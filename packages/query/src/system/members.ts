// The nodes of a cut: what is known of a process that is one, and how many a family has.

import type { SystemNode, SystemProcess, TimeRange } from "@elixirscope/wire";
import { initialCallText, moduleText } from "../names.ts";
import { isCrash, type Ends } from "./exit-reasons.ts";
import type { Cell } from "./families.ts";
import type { Life, Lives } from "./lives.ts";

/** A node but for its hull and its messages. */
export type Member = Omit<SystemNode, "hull" | "received" | "sent" | "mailbox" | "reductions"> & {
  /** index of the supervisor around it; null: it is in `place` */
  readonly hull: number | null;
  readonly place: string;
};

export type Members = {
  readonly members: readonly Member[];
  /** id of its node, by process */
  readonly nodes: ReadonlyMap<number, string>;
};

export function membersOf(
  lives: Lives,
  cells: readonly Cell[],
  range: TimeRange,
  ends: Ends,
): Members {
  const nodes = new Map<number, string>();
  for (const cell of cells) for (const { index } of cell.lives) nodes.set(index, idOf(cell));
  const members = cells.flatMap((cell): Member[] => {
    const [first] = cell.lives;
    if (first === undefined) return [];
    const hull = cell.isFamily && cell.grain > 0 ? null : lives.hullOf(first);
    const up = cell.isFamily ? hull : first.up;
    const parent = up === null ? undefined : nodes.get(up);
    const dead = cell.lives.filter((life) => isDead(life, range));
    return [
      {
        id: idOf(cell),
        label: cell.isFamily ? familyLabel(cell, first, lives) : labelOf(first),
        hull,
        place: lives.placeOf(first),
        parent: parent === undefined || parent === idOf(cell) ? null : parent,
        process: cell.isFamily ? null : processOf(first, lives, range, ends),
        count: cell.lives.length,
        dead: dead.length,
        crashed: dead.filter((life) => isCrash(ends.reasonOf(life))).length,
        spawned: cell.lives.filter(({ tSpawned }) => tSpawned !== null && tSpawned > range.t0)
          .length,
      },
    ];
  });
  return { members, nodes };
}

export function isDead({ tExited }: Life, { t1 }: TimeRange): boolean {
  return tExited !== null && tExited <= t1;
}

function idOf({ isFamily, family, lives }: Cell): string {
  return isFamily ? family : (lives[0]?.pid ?? family);
}

function familyLabel({ grain }: Cell, life: Life, lives: Lives): string {
  if (grain < 2 && life.call !== null) return initialCallText(life.call);
  return `others of ${placeText(lives.placeOf(life))}`;
}

/** `shop` of `app:shop`. */
export function placeText(place: string): string {
  return place.slice(place.indexOf(":") + 1);
}

export function labelOf(life: Life): string {
  const { name, label, call, pid } = life;
  if (name !== null) return moduleText(name);
  return label ?? (call === null ? pid : initialCallText(call));
}

function processOf(life: Life, lives: Lives, range: TimeRange, ends: Ends): SystemProcess {
  const { pid, name, label, call, behaviour, application, tSpawned, tExited, up } = life;
  const died = isDead(life, range);
  const exitReason = died ? ends.reasonOf(life) : null;
  return {
    pid,
    name: name === null ? label : moduleText(name),
    initialCall: call === null ? null : initialCallText(call),
    parent: up === null ? null : (lives.all.get(up)?.pid ?? null),
    behaviour,
    application,
    tSpawned,
    tExited: died ? tExited : null,
    exitReason,
    crashed: isCrash(exitReason),
  };
}
