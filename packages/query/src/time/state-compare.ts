// The version at an instant against another one, named by its number or by another instant.

import type { Params, StateComparison, StateMoment } from "@elixirscope/wire";
import { pidIndex } from "../interned.ts";
import { limitsOf } from "../limits.ts";
import { styleOf } from "../print.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { processFacts } from "../process-facts.ts";
import { whyNone } from "../state-why.ts";
import {
  countVersions,
  stateDifference,
  statesOf,
  versionsUpTo,
  type StateVersion,
} from "./state-versions.ts";

export async function stateCompare(
  source: Source,
  { pid, t, against }: Params<"stateCompare">,
): Promise<StateComparison> {
  const index = await pidIndex(source, pid);
  const nothing = {
    pid,
    before: null,
    after: null,
    diff: null,
    diffTruncated: false,
    versions: 0,
    limits: [],
  };
  if (index === null) return { ...nothing, why: `${pid} was not seen in this recording` };
  const [before, [after]] = await Promise.all([
    "version" in against
      ? numbered(source, index, against.version)
      : versionsUpTo(source, index, against.t, 1).then(([one]) => one),
    versionsUpTo(source, index, t, 1),
  ]);
  if (before === undefined && "version" in against) {
    return {
      ...nothing,
      after: momentOf(after),
      why: `there is no version ${against.version} of it`,
    };
  }
  const other = before?.t ?? ("t" in against ? against.t : t);
  const [from, to] = [Math.min(other, t), Math.max(other, t)];
  const [payloads, versions, limits] = await Promise.all([
    statesOf(source, [before, after]),
    countVersions(source, index, [from + 1, to]),
    limitsOf(source, { pids: [index], from, to }, ["states"]),
  ]);
  const [old, news] = [before, after].map((one) => payloads.get(one?.ref ?? 0));
  const { changes, truncated } = stateDifference(old, news, styleOf(source.manifest));
  const unknown = before === undefined ? other : after === undefined ? t : null;
  return {
    pid,
    before: momentOf(before),
    after: momentOf(after),
    diff: changes,
    diffTruncated: truncated,
    versions,
    why:
      unknown === null
        ? null
        : await whyNone(source, index, unknown, null, await processFacts(source, index)),
    limits,
  };
}

function momentOf(one: StateVersion | undefined): StateMoment | null {
  if (one === undefined) return null;
  const { version, t, event, callback } = one;
  return { version, t, event, callback };
}

async function numbered(
  source: Source,
  pid: number,
  version: number,
): Promise<StateVersion | undefined> {
  const [row] = await select(
    source,
    sql`SELECT t FROM raw.states WHERE pid = ${pid} AND version = ${version} LIMIT 1`,
  );
  if (row === undefined) return undefined;
  const [one] = await versionsUpTo(source, pid, asNumber(row[0]), 1, version + 1);
  return one?.version === version ? one : undefined;
}
