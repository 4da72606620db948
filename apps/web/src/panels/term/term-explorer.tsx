// A recorded term, opened branch by branch: only rows in sight are in the document, only their pages are
// fetched. Everything shown comes from the target: text nodes only.

import type { TermSource } from "@elixirscope/wire";
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { useRowsInSight } from "../../frame/use-rows-in-sight.ts";
import { retold } from "../../model/time-text.ts";
import { isWithin } from "../term-path.ts";
import type { Changes } from "../term-tree.tsx";
import { TermBook, type AskTerm } from "./term-book.ts";
import { positionOf, rowAt, rowOf, type Branch } from "./term-rows.ts";
import { ROW_PX, TermRow } from "./term-row.tsx";
import { TermTools } from "./term-tools.tsx";
import "./term.css";
import { moveByKey } from "./term-keys.ts";

/** Browsers cannot scroll further. */
const MOST_ROWS = 1_500_000;

const NONE: Changes = new Map();

/** A part that was chosen, for what can be asked about it. */
export type ChosenPart = { readonly at: readonly number[]; readonly path: string };

export type TermExplorerProps = {
  readonly of: TermSource;
  readonly name: string;
  readonly changes?: Changes;
  /** what else can be asked about a part */
  readonly onHistory?: (part: ChosenPart) => void;
};

export function TermExplorer(props: TermExplorerProps): JSX.Element {
  const { of, changes = NONE } = props;
  const { cinema } = useApp();
  const [chosen] = useState(() => new Map<string, boolean>());
  const book = useSignal<TermBook | null>(null);
  const selected = useSignal<readonly number[]>([]);
  const key = JSON.stringify(of);
  const wanted = useRef(of);
  wanted.current = of;
  const turn = useRef({ asked: 0, shown: 0 });
  useEffect(() => {
    // The term before stays on show until a newer one is there; of a state that changes faster than it can be
    // read, that is not always the newest.
    const own = ++turn.current.asked;
    const within = (path: string): boolean =>
      [...changes.keys()].some((changed) => isWithin(changed, path));
    const ask: AskTerm = (params) => cinema.connection.request("term", params);
    const next = new TermBook(of, ask, { chosen, isWithin: within });
    void next.load().then(() => {
      if (own > turn.current.shown && isSameThing(of, wanted.current)) {
        turn.current.shown = own;
        book.value = next;
      }
      return undefined;
    });
  }, [key, cinema.connection.epoch.value]);
  const shown = book.value;
  return (
    <div class="term-explorer">
      <TermTools {...props} book={shown} selected={selected} />
      {shown === null ? (
        <p class="muted small term-note">Reading the term…</p>
      ) : shown.root === null ? (
        <p class="muted small term-note">
          {shown.failure ?? retold(cinema, shown.why ?? "No term.")}
        </p>
      ) : (
        <Rows
          book={shown}
          root={shown.root}
          selected={selected}
          changes={changes}
          name={props.name}
        />
      )}
    </div>
  );
}

/** Versions of one process's state are one thing at different times. */
function isSameThing(one: TermSource, other: TermSource): boolean {
  return one.kind === "state" && other.kind === "state"
    ? one.pid === other.pid
    : JSON.stringify(one) === JSON.stringify(other);
}

function Rows({
  book,
  root,
  selected,
  changes,
  name,
}: {
  readonly book: TermBook;
  readonly root: Branch;
  readonly selected: Signal<readonly number[]>;
  readonly changes: Changes;
  readonly name: string;
}): JSX.Element {
  const { scroller, inSight } = useRowsInSight(ROW_PX);
  void book.revision.value;
  const row = rowOf(root, selected.value);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const y = row * ROW_PX;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + ROW_PX > element.scrollTop + element.clientHeight) {
      element.scrollTop = y + ROW_PX - element.clientHeight;
    }
  }, [row, book]);
  const total = Math.min(root.rows + 1, MOST_ROWS);
  const { first, end } = inSight(total);
  const rows = [];
  for (let i = first; i < end; i += 1) {
    const at = rowAt(root, i);
    if (at === null) continue;
    if (at.kind === "child" && at.child === null) book.want(at.parent, at.index);
    rows.push(
      <TermRow
        key={i}
        book={book}
        row={at}
        number={i}
        changes={changes}
        selected={i === row && at.kind !== "cut"}
        onSelect={() => (selected.value = positionOf(at))}
      />,
    );
  }
  return (
    <div
      ref={scroller}
      class="term term-rows mono"
      role="tree"
      aria-label={name}
      aria-activedescendant={`term-row-${row}`}
      tabIndex={0}
      onKeyDown={(event) => moveByKey(event, book, selected)}
    >
      <div class="term-space" role="presentation" style={{ height: `${total * ROW_PX}px` }}>
        {rows}
      </div>
      {root.rows + 1 > MOST_ROWS && (
        <p class="muted small term-note">Further rows are not shown; search finds what they say.</p>
      )}
    </div>
  );
}
