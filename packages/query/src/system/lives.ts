// Every process that the recording describes, with the supervisor above it. Of a recording that is whole
// they are read once: what supervises whom is asked again at every move of the cursor.

import type { TimeRange } from "@elixirscope/wire";
import { Kept } from "../kept.ts";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "../sql.ts";

/** Of more processes in one answer the rest is not read, and that is told. */
const MAX_LIVES = 100_000;
/** Supervisors further above than that are not looked for. */
const MAX_ANCESTORS = 24;

export type Life = {
  readonly index: number;
  readonly pid: string;
  readonly name: string | null;
  readonly label: string | null;
  readonly call: string | null;
  readonly behaviour: string | null;
  readonly application: string | null;
  readonly tSpawned: number | null;
  readonly tExited: number | null;
  /** reference to the term */
  readonly exitReason: number | null;
  /** who started it, in OTP's words where its spawn was not recorded */
  readonly up: number | null;
  /** `app:shop`, else `node:shop@host` */
  readonly place: string;
};

export class Lives {
  readonly all: ReadonlyMap<number, Life>;
  readonly isCut: boolean;
  /** by reference: exit reasons that were read before */
  readonly reasons: Map<number, string> = new Map();
  readonly #supervisors = new Map<number, number | null>();

  constructor(rows: readonly Row[], isCut: boolean) {
    const named = new Map<string, number>();
    for (const row of rows) {
      named.set(asText(row[1]), asNumber(row[0]));
      const name = asTextOrNull(row[2]);
      if (name !== null) named.set(name, asNumber(row[0]));
    }
    this.all = new Map(rows.map((row) => [asNumber(row[0]), lifeFrom(row, named)]));
    this.isCut = isCut;
  }

  within({ t0, t1 }: TimeRange): readonly Life[] {
    return [...this.all.values()].filter(
      ({ tSpawned, tExited }) =>
        (tSpawned === null || tSpawned <= t1) && (tExited === null || tExited >= t0),
    );
  }

  /** The hull of a process: itself for a supervisor, else the nearest one above. */
  hullOf(life: Life): number | null {
    return life.behaviour === "supervisor" ? life.index : this.supervisorOf(life);
  }

  supervisorOf(life: Life): number | null {
    const known = this.#supervisors.get(life.index);
    if (known !== undefined) return known;
    let up = life.up;
    for (let i = 0; up !== null && i < MAX_ANCESTORS; i += 1) {
      const parent = this.all.get(up);
      if (parent === undefined || parent.behaviour === "supervisor") break;
      up = parent.up === up ? null : parent.up;
    }
    const above = up === null ? undefined : this.all.get(up);
    const found = above?.behaviour === "supervisor" ? above.index : null;
    this.#supervisors.set(life.index, found);
    return found;
  }

  /** Of one that was gone too soon to say: that of who started it. */
  placeOf(life: Life): string {
    let at: Life | undefined = life;
    for (let i = 0; at !== undefined && i < 3; i += 1) {
      if (at.application !== null) return at.place;
      at = at.up === null ? undefined : this.all.get(at.up);
    }
    return life.place;
  }
}

const whole = new Kept<"lives", Lives>(1);

export async function livesIn(source: Source, range: TimeRange): Promise<Lives> {
  const kept = whole.get(source, "lives");
  if (kept !== undefined) return kept;
  if (source.manifest.state === "recording") return await read(source, range);
  const all = await read(source, null);
  if (all.isCut) return await read(source, range);
  whole.set(source, "lives", all);
  return all;
}

async function read(source: Source, range: TimeRange | null): Promise<Lives> {
  const lived =
    range === null
      ? sql`true`
      : sql`(x.t_spawned IS NULL OR x.t_spawned <= ${range.t1}) AND (x.t_exited IS NULL OR x.t_exited >= ${range.t0})`;
  const rows = await select(
    source,
    sql`SELECT x.pid, p.text, x.name, x.label, x.initial_call, x.behaviour, x.application, x.t_spawned, x.t_exited,
        x.exit_reason, x.parent, string_split(x.ancestors, ', ')[1], p.node
      FROM base.processes x JOIN base.pids p ON p.id = x.pid WHERE ${lived} LIMIT ${MAX_LIVES + 1}`,
  );
  return new Lives(rows.slice(0, MAX_LIVES), rows.length > MAX_LIVES);
}

function lifeFrom(row: Row, named: ReadonlyMap<string, number>): Life {
  const application = asTextOrNull(row[6]);
  const ancestor = asTextOrNull(row[11]);
  return {
    index: asNumber(row[0]),
    pid: asText(row[1]),
    name: asTextOrNull(row[2]),
    label: asTextOrNull(row[3]),
    call: asTextOrNull(row[4]),
    behaviour: asTextOrNull(row[5]),
    application,
    tSpawned: asNumberOrNull(row[7]),
    tExited: asNumberOrNull(row[8]),
    exitReason: asNumberOrNull(row[9]),
    up: asNumberOrNull(row[10]) ?? (ancestor === null ? null : (named.get(ancestor) ?? null)),
    place: application === null ? `node:${asTextOrNull(row[12]) ?? "?"}` : `app:${application}`,
  };
}
