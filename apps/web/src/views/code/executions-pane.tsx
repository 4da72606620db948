// Every execution of a line, or every call of a function, around the cursor.

import type { Direction, ExecutionsReply, ExecutionView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import { askedAt, type Cursor } from "../../model/place.ts";
import { pathOf } from "../../panels/code/beside.ts";
import { askWhy, WhyButton } from "../../panels/go-why.tsx";
import { Limits } from "../../panels/limits-note.tsx";
import { MomentLink } from "../../panels/moment-link.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { goToExecution } from "./go-to-execution.ts";

const PAGE = 25;

type Listed = Extract<ExecutionsReply, { kind: "executions" }>;
type Anchor = { readonly t: number; readonly event: number };

/** Mounted anew for another place. */
export function ExecutionsPane({ at }: { readonly at: string }): JSX.Element {
  const { cinema } = useApp();
  const anchor = useSignal<Anchor | null>(null);
  const own = useSignal(false);
  const loaded = useLoader("executions", () => {
    const from = anchor.value ?? cinema.cursor.value ?? { t: cinema.bounds.value.t0, event: null };
    return {
      subject: `${at} ${String(own.value)}`,
      params: {
        at,
        ...askedAt(from),
        ...(own.value && cinema.pid.value !== null ? { pid: cinema.pid.value } : {}),
        before: PAGE,
        after: PAGE,
      },
    };
  });
  const { value } = loaded;
  if (value === null) return waitingNote(loaded, "executions") ?? <div />;
  if (value.kind === "unknown") {
    return (
      <PanelNote title="Executions are not recorded here">
        {value.message}
        {value.nearest.length > 0 && `; near: ${value.nearest.join(", ")}`}
      </PanelNote>
    );
  }
  const pid = own.value ? cinema.pid.value : null;
  const go = (direction: Direction): void => {
    anchor.value = null;
    void goToExecution(cinema, at, direction, pid);
  };
  return (
    <div class="executions" aria-busy={loaded.busy} data-executions={value.total}>
      <div class="side-bar">
        <button
          type="button"
          class="icon-button"
          aria-label="Previous execution"
          title="Back to the execution before the cursor"
          onClick={() => go("previous")}
        >
          <Icon name="previous" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Next execution"
          title="On to the execution after the cursor"
          onClick={() => go("next")}
        >
          <Icon name="next" />
        </button>
        <span class="tabular small">{countText(value, anchor.value !== null)}</span>
        <label class="small own-only">
          <input
            type="checkbox"
            checked={own.value}
            disabled={cinema.pid.value === null}
            onChange={(event) => (own.value = event.currentTarget.checked)}
          />
          this process
        </label>
      </div>
      <Limits limits={value.limits} />
      {value.total === 0 ? (
        <PanelNote title="It did not run">
          {own.value ? "Not in the selected process." : "Not once in this recording."}
        </PanelNote>
      ) : (
        <Rows listed={value} onPage={(next) => (anchor.value = next)} />
      )}
      {anchor.value !== null && (
        <button type="button" class="inline-link small" onClick={() => (anchor.value = null)}>
          Back to the cursor
        </button>
      )}
    </div>
  );
}

function countText({ total, before }: Listed, isPaged: boolean): string {
  const all = total.toLocaleString("en");
  if (isPaged || total === 0) return `${all} execution${total === 1 ? "" : "s"}`;
  return `${before.toLocaleString("en")} of ${all} up to now`;
}

function Rows(props: {
  readonly listed: Listed;
  readonly onPage: (anchor: Anchor) => void;
}): JSX.Element {
  const { cinema } = useApp();
  const { executions, first, total } = props.listed;
  const cursor = cinema.cursor.value;
  const earliest = executions[0];
  const latest = executions.at(-1);
  const left = total - first - executions.length;
  return (
    <ol class="execution-list" aria-label="Executions">
      {first > 0 && earliest !== undefined && (
        <li>
          <button type="button" class="inline-link small" onClick={() => props.onPage(earliest)}>
            {first.toLocaleString("en")} earlier
          </button>
        </li>
      )}
      {executions.map((one) => (
        <Row
          key={one.event}
          execution={one}
          when={cursor === null ? "later" : whenOf(one, cursor)}
        />
      ))}
      {left > 0 && latest !== undefined && (
        <li>
          <button type="button" class="inline-link small" onClick={() => props.onPage(latest)}>
            {left.toLocaleString("en")} later
          </button>
        </li>
      )}
    </ol>
  );
}

type When = "earlier" | "here" | "later";

function whenOf({ t, event }: Anchor, cursor: Cursor): When {
  if (cursor.event === event) return "here";
  if (t !== cursor.t) return t < cursor.t ? "earlier" : "later";
  return cursor.event === null || event < cursor.event ? "earlier" : "later";
}

function Row(props: { readonly execution: ExecutionView; readonly when: When }): JSX.Element {
  const { cinema } = useApp();
  const { t, event, pid, call, values } = props.execution;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (props.when === "here") row.current?.scrollIntoView({ block: "nearest" });
  }, [props.when]);
  return (
    <li
      ref={row}
      class={`execution ${props.when}`}
      aria-current={props.when === "here" ? "true" : undefined}
    >
      <div class="execution-head">
        <MomentLink t={t} event={event} pid={pid} />
        <span class="mono muted clip">{pid}</span>
        {call !== null && <WhyButton question={{ kind: "clauses", call }}>why?</WhyButton>}
      </div>
      {values.length > 0 && (
        <div class="execution-values mono">
          {values.map(({ name, text, event: bound }) => (
            <button
              key={name}
              type="button"
              class="value-chip clip"
              title={`${name} = ${text}\nclick: where it came from`}
              onClick={() => askWhy(cinema, { kind: "origin", event: bound, what: pathOf(name) })}
            >
              <span class="muted">{name} = </span>
              {text}
            </button>
          ))}
        </div>
      )}
    </li>
  );
}
