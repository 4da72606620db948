// Why this clause: which clauses of a function (or case, cond, receive) were passed over for the recorded values, and
// the first pattern or guard that refused; the test that the call makes; clauses that nothing ever took.

import type { ClausesView, ClauseView } from "@elixirscope/wire";
import type { ComponentChildren, JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { eventIn } from "../../model/place.ts";
import { WhyButton } from "../../panels/go-why.tsx";
import { Limits } from "../../panels/limits-note.tsx";
import { MomentLink, ProcessLink } from "../../panels/moment-link.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { CodeLink } from "./code-link.tsx";
import { NeverChosenList } from "./never-chosen.tsx";
import { TestOfCall } from "./test-of-call.tsx";

const SHOWN = [
  ["", "This call"],
  ["test", "Test from it"],
  ["never", "Never chosen"],
] as const;

export function ClausesMode({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const { cinema } = useApp();
  const shown = cinema.param("causality.show");
  const asked = eventIn(cinema.param("causality.clauses").value);
  const event = asked ?? cinema.cursor.value?.event ?? null;
  const which = SHOWN.find(([name]) => name === shown.value)?.[0] ?? "";
  return (
    <>
      <div class="view-bar">
        {children}
        <span class="grow" />
        {asked !== null && which !== "never" && (
          <button
            type="button"
            class="why-button"
            title={`Event ${asked} is held. Show the call at the cursor instead`}
            onClick={() => (cinema.param("causality.clauses").value = "")}
          >
            Follow the cursor
          </button>
        )}
        <div class="segmented" role="group" aria-label="What is shown of clauses">
          {SHOWN.map(([name, title]) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === which}
              onClick={() => (shown.value = name)}
            >
              {title}
            </button>
          ))}
        </div>
      </div>
      <div class="why-scroll">
        {which === "never" ? (
          <NeverChosenList />
        ) : event === null ? (
          <PanelNote title="No call chosen">
            Put the cursor at a call, or use “Why this clause” beside one in the Calls tab.
          </PanelNote>
        ) : which === "test" ? (
          <TestOfCall key={event} call={event} />
        ) : (
          <ClausesOf />
        )}
      </div>
    </>
  );
}

function ClausesOf(): JSX.Element | null {
  const { cinema } = useApp();
  const loaded = useLoader(
    "clauses",
    () => {
      const named = eventIn(cinema.param("causality.clauses").value);
      const event = named ?? cinema.cursor.value?.event ?? null;
      return event === null ? null : { subject: String(event), params: { event } };
    },
    "still",
  );
  const answer = loaded.value;
  if (answer === null) return waitingNote(loaded, "clauses");
  if (!answer.ok) {
    const { code, message } = answer.missing;
    return (
      <PanelNote title={code === "no_call" ? "No call here" : "The clauses are not known"}>
        {message}.
        {code === "no_sources" &&
          " Recordings of `elixirscope run` and `attach --deep` hold the source of what they instrument."}
      </PanelNote>
    );
  }
  return <Clauses view={answer.view} />;
}

function Clauses({ view }: { readonly view: ClausesView }): JSX.Element {
  const isFunction = view.of === "function";
  return (
    <article class="clauses" aria-label="Clauses">
      <header class="clauses-head">
        <p>
          <b class="mono">{view.mfa}</b>
          {!isFunction && <span class="tag">{view.of.replace(/_clause$/, "")}</span>}
          <CodeLink file={view.file} line={view.clauses[0]?.line ?? null} />
          <span class="muted small">
            <ProcessLink pid={view.pid} /> at{" "}
            <MomentLink t={view.t} event={view.event} pid={view.pid} />
          </span>
          {isFunction && (
            <WhyButton question={{ kind: "test", call: view.event }}>Test from this call</WhyButton>
          )}
        </p>
        <Values view={view} />
        <p class="small">{verdictOf(view)}</p>
      </header>
      <ol class="clause-list">
        {view.clauses.map((clause) => (
          <Clause key={clause.clause} clause={clause} file={view.file} />
        ))}
      </ol>
      <Limits limits={view.limits} />
    </article>
  );
}

function Values({ view }: { readonly view: ClausesView }): JSX.Element {
  if (view.values === null) {
    return <p class="small warning-text">The values were not recorded.</p>;
  }
  const name = (i: number): string => (view.of === "function" ? `args[${i}]` : "value");
  return (
    <dl class="crash-locals mono" aria-label="Recorded values">
      {view.values.map((value, i) => (
        <div key={name(i)}>
          <dt>{name(i)}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function verdictOf({ chosen, recorded, agrees, clauses }: ClausesView): string {
  const chosenText =
    chosen === null
      ? clauses.some(({ verdict }) => verdict === "unknown")
        ? "Which clause was chosen cannot be told from what was recorded."
        : "No clause takes these values."
      : `Clause ${chosen + 1} of ${clauses.length} takes these values.`;
  if (recorded === null) return chosenText;
  const ran = recorded.clause === "none" ? "no clause" : `clause ${recorded.clause + 1}`;
  if (agrees === true) return `${chosenText} The recording says the same.`;
  return `${chosenText} The recording says that ${ran} ran.`;
}

const VERDICTS: Readonly<Record<ClauseView["verdict"], string>> = {
  matched: "chosen",
  skipped: "skipped",
  unknown: "cannot be told",
  not_tried: "not tried",
};

function Clause(props: { readonly clause: ClauseView; readonly file: string }): JSX.Element {
  const { clause, file } = props;
  const { verdict, holds, failure } = clause;
  return (
    <li class={`clause ${verdict}`} data-clause={clause.clause}>
      <p class="clause-head">
        <span class={`verdict ${verdict}`}>{VERDICTS[verdict]}</span>
        <code class="mono clip" title={clause.text}>
          {clause.text}
        </code>
        <CodeLink file={file} line={clause.line} />
      </p>
      {failure !== null && <Failure failure={failure} />}
      {verdict === "not_tried" && holds === true && (
        <p class="clause-why small warning-text">
          It would have taken these values, too: a clause before it did first.
        </p>
      )}
      {clause.unknown !== null && <p class="clause-why small muted">{clause.unknown}</p>}
    </li>
  );
}

function Failure({
  failure,
}: {
  readonly failure: NonNullable<ClauseView["failure"]>;
}): JSX.Element {
  if (failure.kind === "pattern") {
    return (
      <p class="clause-why small">
        <span class="muted">pattern</span> <code class="mono">{failure.expected}</code>{" "}
        <span class="muted">does not match</span> <code class="mono">{failure.path}</code>{" "}
        {failure.found === null ? (
          <span class="muted">: there is no such key</span>
        ) : (
          <>
            <span class="muted">=</span> <code class="mono found">{failure.found}</code>
          </>
        )}
      </p>
    );
  }
  return (
    <p class="clause-why small">
      <span class="muted">guard</span> <code class="mono">{failure.expected}</code>{" "}
      <span class="muted">
        {failure.raised === null ? "does not hold" : `raises ${failure.raised}`}
      </span>
      {failure.values.map(({ name, text }) => (
        <span key={name}>
          {" · "}
          <code class="mono">{name}</code> <span class="muted">=</span>{" "}
          <code class="mono found">{text}</code>
        </span>
      ))}
    </p>
  );
}
