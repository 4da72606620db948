// Places with what they are called by: process, function, file and line, looked up together.

import { pidTexts } from "../interned.ts";
import { mfaText } from "../names.ts";
import { asNumber, asNumberOrNull, asTextOrNull, select, sql, type Source } from "../sql.ts";
import { printTerm, styleOf } from "../print.ts";
import type { Place } from "./place.ts";
import type { OriginPlace, PlaceKind } from "@elixirscope/wire";
import { wayText } from "./term-way.ts";

export type Describe = (place: Place) => OriginPlace;

const ROOTS: Readonly<Record<PlaceKind, string>> = {
  argument: "args",
  result: "result",
  exception: "exception",
  sent: "body",
  received: "body",
  binding: "value",
  state: "state",
  spawn: "spawn",
};

export async function describePlaces(source: Source, places: readonly Place[]): Promise<Describe> {
  const calls = unique(places.map(({ call }) => call));
  const sites = unique(places.map(({ site }) => site));
  const messages = places.filter(({ kind }) => kind === "sent" || kind === "received");
  const events = unique(messages.map(({ event }) => event));
  const pids = await pidTexts(
    source,
    places.map(({ pid }) => pid),
  );
  const functions = new Map(
    (
      await select(
        source,
        sql`SELECT c.call, f.module, f."function", f.arity FROM (SELECT call, "function" FROM raw.calls WHERE call IN ${calls}) c
          JOIN base.functions f ON f.id = c."function"`,
      )
    ).map((row) => [
      asNumber(row[0]),
      mfaText(asTextOrNull(row[1]) ?? "?", asTextOrNull(row[2]) ?? "?", asNumber(row[3] ?? 0)),
    ]),
  );
  const lines = new Map(
    (await select(source, sql`SELECT site, file, line FROM raw.sites WHERE site IN ${sites}`)).map(
      (row) => [asNumber(row[0]), { file: asTextOrNull(row[1]), line: asNumberOrNull(row[2]) }],
    ),
  );
  const peers = new Map<string, string | null>(
    (
      await select(
        source,
        sql`SELECT coalesce(send_event, 0), coalesce(receive_event, 0), f.text, o.text
          FROM (SELECT * FROM raw.messages WHERE send_event IN ${events} OR receive_event IN ${events}) m
            LEFT JOIN base.pids f ON f.id = m.from_pid LEFT JOIN base.pids o ON o.id = m.to_pid`,
      )
    ).flatMap((row) => [
      [`sent ${asNumber(row[0])}`, asTextOrNull(row[3])] as const,
      [`received ${asNumber(row[1])}`, asTextOrNull(row[2])] as const,
    ]),
  );
  const style = styleOf(source.manifest);
  return ({ kind, event, t, pid, call, site, name, path, value }) => {
    const place = site === null ? undefined : lines.get(site);
    return {
      kind,
      event,
      t,
      pid: pids.get(pid) ?? "",
      mfa: call === null ? null : (functions.get(call) ?? null),
      file: place?.file ?? null,
      line: place?.line ?? null,
      where: `${name ?? ROOTS[kind]}${wayText(path)}`,
      value: printTerm(value, "line", style),
      peer: peers.get(`${kind} ${event}`) ?? null,
    };
  };
}

function unique(ids: readonly (number | null)[]): readonly number[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
