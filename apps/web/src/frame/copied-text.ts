// What is selected, in the words of other tools: a pid for IEx, SQL for `elixirscope query`.

import type { Place } from "../model/place.ts";

/** `<0.123.0>` as IEx reads it. */
export function elixirPid(pid: string): string {
  const numbers = /^<([\d.]+)>$/.exec(pid)?.[1];
  return numbers === undefined ? pid : `pid("${numbers}")`;
}

/** The last state of a process at or before an instant. */
export function stateSql(pid: string, t: number): string {
  return `SELECT * FROM states WHERE pid = ${quoted(pid)} AND t <= ${Math.round(t)} ORDER BY t DESC, version DESC LIMIT 1`;
}

/** Events of the selected range, or around the cursor; of the selected process, when there is one. */
export function selectionSql({
  selection,
  cursor,
  pid,
}: Pick<Place, "selection" | "cursor" | "pid">): string {
  const tests = [
    pid === null ? "" : `pid = ${quoted(pid)}`,
    selection === null
      ? cursor === null
        ? ""
        : `t <= ${Math.round(cursor.t)}`
      : `t BETWEEN ${Math.round(selection.t0)} AND ${Math.round(selection.t1)}`,
  ].filter((test) => test !== "");
  const where = tests.length === 0 ? "" : `\nWHERE ${tests.join(" AND ")}`;
  // up to the cursor the last ones are meant
  const isUpTo = selection === null && cursor !== null;
  const order = isUpTo ? "ORDER BY t DESC, id DESC" : "ORDER BY t, id";
  return `SELECT *\nFROM events${where}\n${order}\nLIMIT 1000`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
