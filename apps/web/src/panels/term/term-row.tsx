// One row of a term: what stands before it, the value or what an open branch is, and how it changed.

import type { TermNode } from "@elixirscope/wire";
import type { JSX } from "preact";
import { Icon } from "../../frame/icons.tsx";
import { CUT, opening, type Changes } from "../term-tree.tsx";
import type { TermBook } from "./term-book.ts";
import type { Row } from "./term-rows.ts";

const INDENT_PX = 16;
export const ROW_PX = 21;

type RowProps = {
  readonly book: TermBook;
  readonly row: Row;
  readonly number: number;
  readonly changes: Changes;
  readonly selected: boolean;
  readonly onSelect: () => void;
};

export function TermRow(props: RowProps): JSX.Element {
  const { row } = props;
  if (row.kind === "cut") {
    return (
      <div class="term-row note" style={placeOf(props)} title={CUT}>
        <span class="fold none" />
        {row.parent.cut.toLocaleString("en")} more, not recorded
      </div>
    );
  }
  if (row.kind === "child" && row.child === null) {
    return (
      <div class="term-row note" style={placeOf(props)}>
        <span class="fold none" />
        {row.index.toLocaleString("en")} …
      </div>
    );
  }
  return <PartRow {...props} />;
}

function placeOf({ number, row }: RowProps): {
  readonly top: string;
  readonly paddingLeft: string;
} {
  return { top: `${number * ROW_PX}px`, paddingLeft: `${row.depth * INDENT_PX}px` };
}

function PartRow(props: RowProps): JSX.Element | null {
  const { book, row, number, changes, selected, onSelect } = props;
  const part = partOf(row);
  if (part === null) return null;
  const { node, label, path } = part;
  const open = row.kind === "branch" && book.isOpen(row.branch);
  const expandable = node.size > 0 || (row.kind === "branch" && row.branch.cut > 0);
  const change = changes.get(path);
  const toggle = (): void => {
    onSelect();
    if (row.kind === "branch") void book.toggle(row.branch);
    else if (row.kind === "child") void book.toggle({ parent: row.parent, index: row.index });
  };
  return (
    <div
      id={`term-row-${number}`}
      class={`term-row${change === undefined ? "" : ` ${change}`}${selected ? " selected" : ""}`}
      style={placeOf(props)}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={expandable ? open : undefined}
      aria-selected={selected}
      title={`${path === "" ? "the whole" : path}\n${node.kind === "cut" ? CUT : node.text}`}
      onClick={onSelect}
      onDblClick={() => expandable && toggle()}
    >
      {expandable ? (
        <button
          type="button"
          class={open ? "fold open" : "fold"}
          tabIndex={-1}
          aria-label={`${open ? "Collapse" : "Expand"} ${label ?? "the term"}`}
          onClick={(event) => {
            event.stopPropagation();
            toggle();
          }}
        >
          <Icon name="chevron" />
        </button>
      ) : (
        <span class="fold none" />
      )}
      {label !== null && <span class="term-key">{label}</span>}
      <span class={`term-text ${node.kind}`}>{open ? opening(node) : node.text}</span>
      {(node.bytes ?? 0) > 200 && (
        <span class="term-size">{(node.bytes ?? 0).toLocaleString("en")} bytes</span>
      )}
      {change !== undefined && <span class={`mark ${change}`}>{change}</span>}
    </div>
  );
}

type Part = { readonly node: TermNode; readonly label: string | null; readonly path: string };

function partOf(row: Row): Part | null {
  if (row.kind === "branch") {
    const { branch } = row;
    const { parent, key, path, node } = branch;
    return { node, label: parent === null ? null : (key ?? positionLabel(branch.at)), path };
  }
  if (row.kind !== "child" || row.child === null) return null;
  const { child, index, parent } = row;
  return { node: child, label: child.key ?? String(index), path: `${parent.path}${child.step}` };
}

function positionLabel(at: readonly number[]): string {
  return String(at.at(-1) ?? "");
}
