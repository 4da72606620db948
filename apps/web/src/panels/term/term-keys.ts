// Keys in a tree of a term: up and down a row or a page, left and right along branches.

import type { Signal } from "@preact/signals";
import type { TargetedKeyboardEvent } from "preact";
import type { TermBook } from "./term-book.ts";
import { positionOf, rowAt, rowOf, type Branch, type Row } from "./term-rows.ts";

const PAGE_ROWS = 15;

export function moveByKey(
  event: TargetedKeyboardEvent<HTMLElement>,
  book: TermBook,
  selected: Signal<readonly number[]>,
): void {
  const { root } = book;
  if (root === null || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const at = rowOf(root, selected.peek());
  const row = rowAt(root, at);
  if (row === null) return;
  const to = (next: number): void => {
    const found = rowAt(root, Math.min(Math.max(0, next), root.rows));
    if (found !== null) selected.value = positionOf(found);
  };
  const actions: Readonly<Record<string, () => void>> = {
    ArrowDown: () => to(at + 1),
    ArrowUp: () => to(at - 1),
    PageDown: () => to(at + PAGE_ROWS),
    PageUp: () => to(at - PAGE_ROWS),
    Home: () => to(0),
    End: () => to(root.rows),
    ArrowRight: () => unfold(book, row, () => to(at + 1)),
    ArrowLeft: () => fold(book, row, selected),
    Enter: () => unfold(book, row, () => fold(book, row, selected)),
  };
  const action = actions[event.key];
  if (action === undefined) return;
  // the page's own keys move in time
  event.preventDefault();
  event.stopPropagation();
  action();
}

function unfold(book: TermBook, row: Row, isOpen: () => void): void {
  if (row.kind === "branch") {
    if (book.isOpen(row.branch)) isOpen();
    else void book.toggle(row.branch);
  } else if (row.kind === "child" && (row.child?.size ?? 0) > 0) {
    void book.toggle({ parent: row.parent, index: row.index });
  }
}

function fold(book: TermBook, row: Row, selected: Signal<readonly number[]>): void {
  if (row.kind === "branch" && book.isOpen(row.branch)) {
    void book.toggle(row.branch);
    return;
  }
  const parent: Branch | null = row.kind === "branch" ? row.branch.parent : row.parent;
  if (parent !== null) selected.value = parent.at;
}
