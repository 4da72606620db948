// What a stack needs to know beside its frames, in one query: to hand one over takes as long as to answer it.

import { moduleText } from "../names.ts";
import { asNumberOrNull, asTextOrNull, select, sql, type Source } from "../sql.ts";
import { lifeFrom, type Life } from "../state-why.ts";

export type Surroundings = {
  readonly name: string | null;
  readonly life: Life;
  /** false: nothing is known to be missing anywhere in the recording */
  readonly hasGaps: boolean;
  /** false: no code of the recording was instrumented */
  readonly hasSites: boolean;
};

export async function surroundings(source: Source, pid: number): Promise<Surroundings> {
  const [row = []] = await select(
    source,
    sql`SELECT x.name, x.t_spawned, x.t_exited, x.behaviour, g.one, s.one FROM (SELECT ${pid} AS pid) p
      LEFT JOIN (SELECT * FROM base.processes WHERE pid = ${pid}) x ON true
      LEFT JOIN (SELECT 1 AS one FROM base.gaps LIMIT 1) g ON true
      LEFT JOIN (SELECT 1 AS one FROM raw.sites LIMIT 1) s ON true`,
  );
  const [name, spawned, exited, behaviour, gap, site] = row;
  const text = asTextOrNull(name);
  return {
    name: text === null ? null : moduleText(text),
    life: lifeFrom([spawned, exited, behaviour]),
    hasGaps: asNumberOrNull(gap) !== null,
    hasSites: asNumberOrNull(site) !== null,
  };
}
