// What is different in the version at the cursor: from the one before, or from the one that was pinned.

import type { DiffEntry, StateComparison, StateVersionView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { Icon } from "../../frame/icons.tsx";
import { DiffList } from "../../panels/diff-list.tsx";
import { Limits } from "../../panels/limits-note.tsx";
import { MomentLink } from "../../panels/moment-link.tsx";
import type { Comparison } from "./comparison.ts";

export function Differences(props: {
  readonly view: StateVersionView;
  readonly comparison: Comparison;
}): JSX.Element {
  const { view, comparison } = props;
  if (comparison.against !== null) return <Compared comparison={comparison} />;
  const { state, previous, diff, diffTruncated } = view;
  return (
    <>
      <div class="side-head">
        <h3>
          {previous === null
            ? "The first version recorded"
            : `Since version ${previous.version.toLocaleString("en")}`}
        </h3>
        {state !== null && (
          <button
            type="button"
            class="button"
            title="Pins this version: wherever the cursor goes, its state is compared with this one (Shift+click a version in the strip)"
            onClick={() => (comparison.param.value = `v${state.version}`)}
          >
            Compare with here
          </button>
        )}
      </div>
      {diff.length === 0 ? (
        <p class="muted small">
          {previous === null
            ? "There is nothing to compare it with."
            : "Nothing changed: the callback left the state as it was."}
        </p>
      ) : (
        <Entries diff={diff} truncated={diffTruncated} name="Changes to the previous version" />
      )}
    </>
  );
}

function Compared({ comparison }: { readonly comparison: Comparison }): JSX.Element {
  const { param, loaded } = comparison;
  const view = loaded.value;
  const before = view?.before ?? null;
  return (
    <>
      <div class="side-head">
        <h3>
          {before === null
            ? "Compared"
            : `Compared with version ${before.version.toLocaleString("en")}`}
        </h3>
        {before !== null && (
          <span class="small">
            <MomentLink t={before.t} event={before.event} />
          </span>
        )}
        <span class="grow" />
        <button
          type="button"
          class="icon-button small-button"
          aria-label="Compare with the version before again"
          title="Compare with the version before again"
          onClick={() => (param.value = "")}
        >
          <Icon name="close" />
        </button>
      </div>
      {view === null ? (
        <p class="muted small">{loaded.error ?? "Comparing…"}</p>
      ) : (
        <ComparedEntries view={view} />
      )}
    </>
  );
}

function ComparedEntries({ view }: { readonly view: StateComparison }): JSX.Element {
  const { diff, diffTruncated, versions, why, limits } = view;
  return (
    <>
      {diff === null ? (
        <p class="muted small">
          Not known: {why ?? "one of the two states was not recorded, or cannot be read"}.
        </p>
      ) : diff.length === 0 ? (
        <p class="muted small">
          Both are the same, with {versions.toLocaleString("en")} versions from one to the other.
        </p>
      ) : (
        <Entries diff={diff} truncated={diffTruncated} name="Changes to the pinned version" />
      )}
      <Limits limits={limits} />
    </>
  );
}

function Entries(props: {
  readonly diff: readonly DiffEntry[];
  readonly truncated: boolean;
  readonly name: string;
}): JSX.Element {
  const { diff, truncated, name } = props;
  return (
    <>
      <DiffList diff={diff} name={name} />
      {truncated && (
        <p class="small warning-text">
          The first {diff.length.toLocaleString("en")} differences; there are more.
        </p>
      )}
    </>
  );
}
