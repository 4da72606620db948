// Asks what a print was at the cursor, for the line that it stands on; shows nothing itself.

import type { PrintNearReply, SourceView } from "@elixirscope/wire";
import { useEffect } from "preact/hooks";
import type { BesideValue } from "../../editor/values-widget.ts";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import type { Cinema } from "../../model/cinema.ts";
import { askedAt } from "../../model/place.ts";
import { timeText } from "../../model/time-text.ts";
import { keyOf, paramsOf, type PrintSpec } from "./prints.ts";

export type PrintNears = ReadonlyMap<string, PrintNearReply>;

export function PrintProbe(props: {
  readonly print: PrintSpec;
  readonly report: (key: string, reply: PrintNearReply | null) => void;
}): null {
  const { cinema } = useApp();
  const { print, report } = props;
  const loaded = useLoader("printNear", () => {
    const cursor = cinema.cursor.value;
    if (cursor === null) return null;
    return {
      subject: cinema.pid.value ?? "",
      params: {
        ...paramsOf(print),
        ...askedAt(cursor),
        ...(cinema.pid.value === null ? {} : { pid: cinema.pid.value }),
        direction: "at",
      },
    };
  });
  const { value } = loaded;
  useEffect(() => {
    report(keyOf(print), value);
    return () => report(keyOf(print), null);
  }, [value]);
  return null;
}

/** The latest output of each print of this source up to the cursor, by its line. */
export function printsBeside(
  cinema: Cinema,
  prints: readonly PrintSpec[],
  nears: PrintNears,
  source: SourceView,
): ReadonlyMap<number, readonly BesideValue[]> {
  const beside = new Map<number, BesideValue[]>();
  for (const print of prints) {
    const line = lineOf(print, source);
    const near = nears.get(keyOf(print));
    if (line === null || near === undefined) continue;
    const there = beside.get(line) ?? [];
    beside.set(line, there);
    there.push(valueOf(cinema, print, near));
  }
  return beside;
}

function lineOf({ at }: PrintSpec, source: SourceView): number | null {
  const place = /^(.*):(\d+)$/.exec(at);
  if (place === null) return source.functions.find(({ mfa }) => mfa === at)?.line ?? null;
  return place[1] === source.name ? Number(place[2]) : null;
}

function valueOf(cinema: Cinema, { expression }: PrintSpec, near: PrintNearReply): BesideValue {
  const value = { key: null, name: expression, dim: false } as const;
  if (near.kind !== "print") return { ...value, kind: "failed", text: "?", title: near.message };
  if (near.print === null) {
    const title = "Not printed by then in the selected process";
    return { ...value, kind: "print", text: "not yet", dim: true, title };
  }
  const { printed, t, pid } = near.print;
  const title = `as last printed up to the cursor: at ${timeText(cinema, t, 1000)} in ${pid}`;
  if (printed.kind === "raised") return { ...value, kind: "failed", text: printed.message, title };
  const text = printed.kind === "value" ? printed.text : "cut or not recorded";
  return { ...value, kind: "print", text, title: `${expression} = ${text}\n${title}` };
}
