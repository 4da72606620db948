// All recordings of the folder: open one, bring one, take one away, begin a new one.

import { bytesText } from "@elixirscope/base";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { Brand } from "../../frame/brand.tsx";
import { Icon } from "../../frame/icons.tsx";
import { PanelNote } from "../../panels/panel-note.tsx";
import { AttachForm } from "./attach-form.tsx";
import { CleanUp } from "./clean-up.tsx";
import { Dropping, ImportNote, Importing } from "./importing.tsx";
import { plural } from "../../model/amounts.ts";
import { RecordingsTable } from "./recordings-table.tsx";
import { Shelf } from "./shelf.ts";
import "./recordings.css";

type Form = "none" | "attach" | "clean-up";

export function RecordingsPage(): JSX.Element {
  const { cinema } = useApp();
  const [shelf] = useState(() => new Shelf(cinema));
  const [importing] = useState(() => new Importing(cinema, () => void shelf.reload()));
  const form = useSignal<Form>("none");
  const filter = useSignal("");
  useEffect(() => {
    document.title = "Recordings · ElixirScope";
    return () => shelf.dispose();
  }, []);
  const list = shelf.list.value;
  const toggle = (which: Form): void => void (form.value = form.value === which ? "none" : which);
  return (
    <Dropping importing={importing}>
      <header class="top-bar">
        <Brand />
        {!cinema.empty.value && cinema.info.value !== null && (
          <button
            type="button"
            class="button"
            onClick={() => (cinema.main.value = "timeline")}
            title="Back to the recording that this page shows"
          >
            <Icon name="left" />
            {cinema.info.value.manifest.target.node}
          </button>
        )}
        <span class="grow" />
      </header>
      <main class="recordings-page">
        <div class="recordings-head">
          <div>
            <h1>Recordings</h1>
            {list !== null && (
              <p class="muted small clip" title={list.folder}>
                {plural(list.total, "recording")} · {bytesText(list.totalBytes)} ·{" "}
                <span class="mono">{list.folder}</span>
              </p>
            )}
          </div>
          <span class="grow" />
          <input
            type="search"
            class="recordings-filter"
            placeholder="Filter by name or node"
            aria-label="Filter recordings by name or node"
            value={filter.value}
            onInput={(event) => (filter.value = event.currentTarget.value)}
          />
          <button
            type="button"
            class="button"
            aria-expanded={form.value === "clean-up"}
            onClick={() => toggle("clean-up")}
          >
            Clean up…
          </button>
          <importing.Chooser />
          {list?.canAttach === true && (
            <button
              type="button"
              class="button primary"
              aria-expanded={form.value === "attach"}
              onClick={() => toggle("attach")}
            >
              Record a node…
            </button>
          )}
        </div>
        {form.value === "attach" && (
          <AttachForm shelf={shelf} onClose={() => (form.value = "none")} />
        )}
        {form.value === "clean-up" && list !== null && (
          <CleanUp shelf={shelf} keep={list.keep} onClose={() => (form.value = "none")} />
        )}
        <ImportNote importing={importing} onOpen={(name) => shelf.goTo(name)} />
        {shelf.problem.value !== null && (
          <p class="recordings-problem" role="alert">
            <Icon name="warning" />
            {shelf.problem.value}
          </p>
        )}
        <List shelf={shelf} filter={filter.value} />
      </main>
    </Dropping>
  );
}

function List({ shelf, filter }: { readonly shelf: Shelf; readonly filter: string }): JSX.Element {
  const list = shelf.list.value;
  if (list === null) {
    const failure = shelf.failure.value;
    if (failure === null) return <div class="panel-note muted loading">Loading recordings…</div>;
    return <PanelNote title="The recordings could not be listed">{failure}</PanelNote>;
  }
  if (list.recordings.length === 0) return <Empty canAttach={list.canAttach} />;
  const wanted = filter.trim().toLowerCase();
  const found = list.recordings.filter(
    ({ name, target }) =>
      name.toLowerCase().includes(wanted) || (target ?? "").toLowerCase().includes(wanted),
  );
  if (found.length === 0) {
    return <PanelNote title="No recording has that in its name">Clear the filter.</PanelNote>;
  }
  return (
    <RecordingsTable
      shelf={shelf}
      recordings={found}
      unlisted={list.total - list.recordings.length}
    />
  );
}

function Empty({ canAttach }: { readonly canAttach: boolean }): JSX.Element {
  return (
    <div class="recordings-empty">
      <h2>Nothing is recorded here yet</h2>
      <p class="muted">
        {canAttach ? "Record a node with the button above, drop" : "Drop"} a file of a recording
        (.escope) or of a dbg or ttb trace here, or record from a terminal:
      </p>
      <dl>
        <dt class="mono">elixirscope attach shop@127.0.0.1</dt>
        <dd class="muted">a live, unmodified node</dd>
        <dt class="mono">elixirscope run -- mix test</dt>
        <dd class="muted">a command, with every value of your own code</dd>
        <dt class="mono">elixirscope demo</dt>
        <dd class="muted">the example shop, to look around</dd>
      </dl>
    </div>
  );
}
