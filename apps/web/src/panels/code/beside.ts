// What stands beside the code: the values of the selected call at the lines that bound them.

import { isSameFile, type FrameView, type LocalView, type SourceView } from "@elixirscope/wire";
import type { BesideValue } from "../../editor/values-widget.ts";
import type { Cinema } from "../../model/cinema.ts";
import { askWhy } from "../go-why.tsx";
import { heatOf, type LineCount } from "../../editor/source-marks.ts";

export type Beside = ReadonlyMap<number, readonly BesideValue[]>;

/** A value by the event that holds it and the path there. */
export function originKey(event: number, name: string): string {
  return `${event}:${pathOf(name)}`;
}

/** `arg2` is what paths call `args[1]`. */
export function pathOf(name: string): string {
  const position = /^arg([1-9]\d*)$/.exec(name)?.[1];
  return position === undefined ? name : `args[${Number(position) - 1}]`;
}

export function askOrigin(cinema: Cinema, key: string): void {
  const colon = key.indexOf(":");
  const event = Number(key.slice(0, colon));
  askWhy(cinema, { kind: "origin", event, what: key.slice(colon + 1) });
}

/** Is the call's code what the source shows? */
export function isOf(frame: FrameView | null, source: SourceView): boolean {
  if (frame === null) return false;
  const file = frame.place?.file;
  if (file !== undefined) return isSameFile(file, source.name);
  return source.modules.includes(frame.module);
}

/** Where the call is; of one that was not instrumented the head of its function. */
export function lineOf(frame: FrameView | null, source: SourceView): number | null {
  if (frame === null || !isOf(frame, source)) return null;
  return frame.place?.line ?? headOf(frame, source);
}

function headOf({ mfa }: FrameView, { functions }: SourceView): number | null {
  return functions.find((one) => one.mfa === mfa)?.line ?? null;
}

export function valuesBeside(frame: FrameView | null, source: SourceView): Beside {
  const beside = new Map<number, BesideValue[]>();
  if (frame === null || !isOf(frame, source)) return beside;
  for (const local of frame.locals) {
    const there = beside.get(local.line) ?? [];
    beside.set(local.line, there);
    there.push(valueOf(local));
  }
  if (frame.place === null && frame.args !== null) {
    const head = headOf(frame, source);
    const args = { key: `${frame.call}:args`, kind: "value", name: "args", dim: false } as const;
    const title = `${frame.args}\nas the call began; click: where they came from`;
    if (head !== null) beside.set(head, [{ ...args, text: frame.args, title }]);
  }
  return beside;
}

function valueOf({ name, text, truncated, event, inScope }: LocalView): BesideValue {
  const notes = [
    ...(truncated ? ["parts of it were beyond the recording’s limits"] : []),
    ...(inScope === false ? ["its clause or block is over"] : []),
    "click: where it came from",
  ];
  return {
    key: originKey(event, name),
    kind: "value",
    name,
    text,
    dim: inScope === false,
    title: `${name} = ${text}\n${notes.join("; ")}`,
  };
}

export function lineCounts(source: SourceView): ReadonlyMap<number, LineCount> {
  const most = source.lines.reduce((max, { hits }) => Math.max(max, hits), 0);
  return new Map(
    source.lines.map(({ line, hits, kind, function: mfa }) => {
      const times = `${hits.toLocaleString("en")} time${hits === 1 ? "" : "s"}`;
      const ran = hits === 0 ? "Did not run" : `Executed ${times}`;
      const called = hits === 0 ? "Was not called" : `Called ${times}`;
      const title =
        kind === "calls"
          ? `${called}: of ${mfa ?? "the function"} only calls were recorded`
          : `${ran}; click for every execution`;
      return [line, { hits, heat: heatOf(hits, most), title }];
    }),
  );
}
