// What can be done with a term: find text in all of it, copy the chosen branch as Elixir source, and ask who
// changed it.

import type { TermHits } from "@elixirscope/wire";
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import type { TermBook } from "./term-book.ts";
import type { TermExplorerProps } from "./term-explorer.tsx";
import { rowAt, rowOf } from "./term-rows.ts";

const HITS = 200;
const TYPING_MS = 180;

type Found = { readonly hits: TermHits; readonly current: number };

export function TermTools({
  of,
  name,
  book,
  selected,
  onHistory,
}: TermExplorerProps & {
  readonly book: TermBook | null;
  readonly selected: Signal<readonly number[]>;
}): JSX.Element {
  const { cinema } = useApp();
  const text = useSignal("");
  const found = useSignal<Found | null>(null);
  const key = JSON.stringify(of);

  const show = async (hits: TermHits, current: number): Promise<void> => {
    const hit = hits.hits[current - hits.offset];
    if (hit === undefined || book === null) return;
    await book.reveal(hit.at);
    selected.value = hit.at;
  };
  const look = async (offset: number): Promise<TermHits> =>
    await cinema.connection.request("termSearch", { of, text: text.peek(), offset, limit: HITS });
  const go = (by: 1 | -1): Promise<void> =>
    cinema.attempt(async () => {
      const now = found.peek();
      if (now === null || now.hits.total === 0) return;
      const current = (now.current + by + now.hits.total) % now.hits.total;
      const inside = current >= now.hits.offset && current < now.hits.offset + now.hits.hits.length;
      const hits = inside ? now.hits : await look(Math.floor(current / HITS) * HITS);
      found.value = { hits, current };
      await show(hits, current);
    });

  useEffect(() => {
    const wanted = text.value;
    if (wanted.trim() === "" || book === null) {
      found.value = null;
      return undefined;
    }
    const timer = setTimeout(() => {
      void cinema.attempt(async () => {
        const hits = await look(0);
        if (text.peek() !== wanted) return;
        found.value = { hits, current: 0 };
        await show(hits, 0);
      });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text.value, key, book]);

  return (
    <div class="term-tools">
      <label class="term-find">
        <Icon name="search" />
        <input
          type="search"
          placeholder="Find in this term"
          aria-label={`Find in ${name}`}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") void go(event.shiftKey ? -1 : 1);
            else if (event.key === "Escape") text.value = "";
          }}
        />
      </label>
      <Hits found={found.value} go={go} />
      <span class="grow" />
      <Chosen book={book} selected={selected} />
      <CopyBranch of={of} selected={selected} />
      {onHistory !== undefined && (
        <button
          type="button"
          class="button"
          title="The versions in which the chosen part of the state changed"
          disabled={(book?.root ?? null) === null}
          onClick={() => {
            if (book === null) return;
            onHistory({ at: selected.peek(), path: pathOf(book, selected.peek()) });
          }}
        >
          Who changed it
        </button>
      )}
    </div>
  );
}

function Hits(props: {
  readonly found: Found | null;
  readonly go: (by: 1 | -1) => Promise<void>;
}): JSX.Element | null {
  const { found, go } = props;
  if (found === null) return null;
  const { total, incomplete } = found.hits;
  const more = incomplete ? ", and the rest of the term was not searched" : "";
  if (total === 0) {
    return (
      <span class="muted small" role="status">
        {`not found${more}`}
      </span>
    );
  }
  const where = found.hits.hits[found.current - found.hits.offset];
  return (
    <>
      <span class="muted small tabular" role="status" title={where?.path}>
        {`${(found.current + 1).toLocaleString("en")} of ${total.toLocaleString("en")}${more}`}
      </span>
      <button
        type="button"
        class="icon-button small-button"
        aria-label="Previous hit"
        title="Previous hit (Shift+Enter)"
        onClick={() => void go(-1)}
      >
        <Icon name="left" />
      </button>
      <button
        type="button"
        class="icon-button small-button"
        aria-label="Next hit"
        title="Next hit (Enter)"
        onClick={() => void go(1)}
      >
        <Icon name="right" />
      </button>
    </>
  );
}

function Chosen(props: {
  readonly book: TermBook | null;
  readonly selected: Signal<readonly number[]>;
}): JSX.Element | null {
  const { book, selected } = props;
  if (book === null || selected.value.length === 0) return null;
  void book.revision.value;
  const path = pathOf(book, selected.value);
  return (
    <span class="mono small muted clip chosen-path" title={path}>
      {path}
    </span>
  );
}

function pathOf({ root }: TermBook, at: readonly number[]): string {
  if (root === null) return "";
  const row = rowAt(root, rowOf(root, at));
  if (row?.kind === "branch") return row.branch.path;
  return row?.kind === "child" ? `${row.parent.path}${row.child?.step ?? ""}` : "";
}

function CopyBranch({
  of,
  selected,
}: Pick<TermExplorerProps, "of"> & {
  readonly selected: Signal<readonly number[]>;
}): JSX.Element {
  const { cinema } = useApp();
  return (
    <button
      type="button"
      class="button"
      title="Copies the chosen branch, or the whole term, as Elixir source"
      onClick={() =>
        void cinema.attempt(async () => {
          const copied = await cinema.connection.request("termText", { of, at: selected.peek() });
          if (copied === null) {
            cinema.notify("There is no such part to copy.");
            return;
          }
          await navigator.clipboard.writeText(copied.text);
          const what = copied.path === "" ? "The term" : copied.path;
          const rest = copied.cut === null ? "." : `, not all of it: ${copied.cut}.`;
          cinema.notify(`${what} copied as Elixir source${rest}`);
        })
      }
    >
      Copy
    </button>
  );
}
