// What is under the pointer, in numbers. Text nodes only: names come from the target.

import { formatDuration, frameText } from "@elixirscope/timeline";
import type { FlameNode } from "@elixirscope/wire";
import type { ComponentChildren, JSX } from "preact";
import { percent } from "./amounts.ts";

export type TipAt = { readonly x: number; readonly y: number };

export function FlameTip(props: {
  readonly node: FlameNode;
  readonly whole: number;
  readonly at: TipAt;
}): JSX.Element {
  const { node, whole, at } = props;
  const share = (ns: number): string => (whole === 0 ? "" : ` (${percent(ns / whole)})`);
  const rows: readonly (readonly [string, string])[] = [
    ["total", `${formatDuration(node.total)}${share(node.total)}`],
    ["self", `${formatDuration(node.self)}${share(node.self)}`],
    ...(node.waiting > 0 ? ([["waiting of self", formatDuration(node.waiting)]] as const) : []),
    ...(node.function === null
      ? []
      : ([
          ["calls", node.calls.toLocaleString("en")],
          ["mean", node.calls === 0 ? "not known" : formatDuration(node.total / node.calls)],
        ] as const)),
  ];
  return (
    <Tip at={at}>
      <div class="mono clip">{frameText(node)}</div>
      <dl class="tip-facts tabular">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt class="muted">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="muted">
        {node.function === null
          ? "too small to draw apart: zoom into the frame above"
          : "click zooms in, double click goes to the longest call"}
      </div>
    </Tip>
  );
}

export function Tip(props: {
  readonly at: TipAt;
  readonly children: ComponentChildren;
}): JSX.Element {
  const left = Math.min(props.at.x + 14, globalThis.innerWidth - 340);
  const top = Math.min(props.at.y + 16, globalThis.innerHeight - 140);
  return (
    <div class="tooltip" style={{ left: `${left}px`, top: `${top}px` }} aria-hidden="true">
      {props.children}
    </div>
  );
}
