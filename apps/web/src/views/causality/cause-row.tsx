// One event of the drawing in words: who did what, how it followed, how much later, and what is folded in.

import { formatDuration } from "@elixirscope/timeline";
import type { CauseEdge, CauseNode } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { timeText } from "../../model/time-text.ts";
import { CAUSE_WORDS } from "./cause-legend.tsx";

export type RowActions = {
  /** moves the cursor there */
  readonly goTo: (node: CauseNode) => void;
  /** makes it the event that is asked about */
  readonly ask: (node: CauseNode) => void;
  readonly fold: (which: "causesOf" | "effectsOf", event: number) => void;
};

export type CauseRowProps = {
  readonly node: CauseNode;
  readonly row: number;
  readonly before: CauseNode | null;
  /** how it followed from what came before on the main line */
  readonly edge: CauseEdge | null;
  readonly colour: string;
  readonly isHere: boolean;
  readonly isTabStop: boolean;
  readonly isOpen: { readonly causes: boolean; readonly effects: boolean };
  readonly actions: RowActions;
};

export function CauseRow(props: CauseRowProps): JSX.Element {
  const { cinema } = useApp();
  const { node, before, edge, actions, isHere } = props;
  const { process, side, isMain } = node;
  const isSame = before?.process.pid === process.pid;
  const who = process.name ?? process.pid;
  return (
    <li
      data-row={props.row}
      data-event={node.event}
      class={`cause-row is-${side} ${isMain ? "is-main" : "is-aside"} ${isHere ? "is-here" : ""}`}
    >
      <button
        type="button"
        class="cause-main"
        tabIndex={props.isTabStop ? 0 : -1}
        aria-current={isHere ? "true" : undefined}
        title={`${who} ${process.pid} at ${timeText(cinema, node.t)}\n${node.text}\nDouble click: why did this happen`}
        onClick={() => actions.goTo(node)}
        onDblClick={() => actions.ask(node)}
        onKeyDown={(key) => {
          if (key.key !== "Enter" || !key.shiftKey) return;
          key.preventDefault();
          actions.ask(node);
        }}
      >
        <b class={isSame ? "visually-hidden" : ""} style={{ color: props.colour }}>
          {who}{" "}
        </b>
        <span class="cause-text">{node.text}</span>
      </button>
      <span class="cause-how small muted">
        <Fold {...props} which="causesOf" />
        <Fold {...props} which="effectsOf" />
        {edge !== null && (
          <span class={`cause-type by-${edge.type}`}>{CAUSE_WORDS[edge.type].word}</span>
        )}
        <span class="cause-later tabular" title={timeText(cinema, node.t)}>
          {before === null
            ? timeText(cinema, node.t, 1000)
            : node.t === before.t
              ? "same time"
              : `+${formatDuration(node.t - before.t)}`}
        </span>
      </span>
    </li>
  );
}

function Fold({
  node,
  which,
  isOpen,
  actions,
}: CauseRowProps & { readonly which: "causesOf" | "effectsOf" }): JSX.Element | null {
  const isCauses = which === "causesOf";
  const hidden = (isCauses ? node.causes : node.effects) ?? 0;
  const open = isCauses ? isOpen.causes : isOpen.effects;
  if (hidden === 0 && !open) return null;
  const noun = isCauses ? "cause" : "effect";
  const words = open
    ? `Fold in the other ${noun}s of this event`
    : `Show ${hidden} more ${noun}${hidden === 1 ? "" : "s"} of this event`;
  return (
    <button
      type="button"
      class="cause-fold tabular"
      tabIndex={-1}
      aria-expanded={open}
      aria-label={words}
      title={words}
      onClick={() => actions.fold(which, node.event)}
    >
      {open ? "−" : `+${hidden}`}
      {isCauses ? "↑" : "↓"}
    </button>
  );
}
