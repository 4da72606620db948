// Where a value came from: back from the place that was asked about, hop by hop and across processes, to where it
// was made or where what was recorded ends.

import type { OriginEnd, OriginHop, OriginPlace, OriginView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { timeText } from "../../model/time-text.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { MomentLink, ProcessLink } from "../../panels/moment-link.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { CodeLink } from "./code-link.tsx";
import { originIn } from "./focus.ts";

export function OriginMode({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const { cinema } = useApp();
  const param = cinema.param("causality.origin");
  const loaded = useLoader(
    "origin",
    () => {
      const asked = originIn(param.value);
      return asked === null ? null : { subject: param.value, params: asked };
    },
    "still",
  );
  const asked = originIn(param.value);
  const answer = loaded.value;
  return (
    <>
      <div class="view-bar">
        {children}
        <span class="grow" />
        <AskForm key={param.value} />
      </div>
      <div class="why-scroll">
        {asked === null ? (
          <PanelNote title="No value chosen">
            Name an event and what of it, such as <code>args[0].qty</code>, <code>result</code>,{" "}
            <code>body</code> or a variable; or use “Where it came from” beside a payload or a
            message.
          </PanelNote>
        ) : answer === null ? (
          waitingNote(loaded, "origin of this value")
        ) : answer.ok ? (
          <Origin view={answer.view} />
        ) : (
          <Missing event={asked.event} missing={answer.missing} />
        )}
      </div>
    </>
  );
}

function AskForm(): JSX.Element {
  const { cinema } = useApp();
  const param = cinema.param("causality.origin");
  const asked = originIn(param.value);
  const event = useSignal(String(asked?.event ?? cinema.cursor.value?.event ?? ""));
  const what = useSignal(asked?.what ?? "");
  return (
    <form
      class="ask-form"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        param.value = `${event.value}:${what.value}`;
      }}
    >
      <label>
        <span class="muted small">Event</span>
        <input
          type="search"
          class="mono"
          inputMode="numeric"
          pattern="[0-9]+"
          required
          value={event.value}
          onInput={(typed) => (event.value = typed.currentTarget.value)}
        />
      </label>
      <label>
        <span class="muted small">Value</span>
        <input
          type="search"
          class="mono wide"
          placeholder="args[0].qty, body, cart"
          value={what.value}
          onInput={(typed) => (what.value = typed.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        Trace back
      </button>
    </form>
  );
}

function Missing(props: {
  readonly event: number;
  readonly missing: { readonly message: string; readonly nearest: readonly string[] };
}): JSX.Element {
  const { cinema } = useApp();
  const { event, missing } = props;
  return (
    <PanelNote title="This value cannot be traced">
      {missing.message}.
      {missing.nearest.length > 0 && (
        <span class="why-buttons near">
          There is:
          {missing.nearest.map((what) => (
            <button
              key={what}
              type="button"
              class="why-button mono"
              onClick={() => (cinema.param("causality.origin").value = `${event}:${what}`)}
            >
              {what}
            </button>
          ))}
        </span>
      )}
    </PanelNote>
  );
}

function Origin({ view }: { readonly view: OriginView }): JSX.Element {
  const processes = new Set(
    [view.asked, ...view.hops.map(({ place }) => place)].map(({ pid }) => pid),
  );
  return (
    <article class="origin" aria-label="Where the value came from">
      <p class="small muted">
        {view.hops.length === 0
          ? "No hop back"
          : `${view.hops.length} ${view.hops.length === 1 ? "hop" : "hops"} back`}
        {processes.size > 1 && ` through ${processes.size} processes`}, latest first
      </p>
      <ol class="hops">
        <li class="hop asked">
          <Place place={view.asked} />
        </li>
        {view.hops.map((hop, i) => (
          <Hop
            key={`${hop.place.event} ${hop.place.kind} ${hop.place.where}`}
            hop={hop}
            before={view.hops[i - 1]?.place ?? view.asked}
          />
        ))}
        <End end={view.end} />
      </ol>
      <Limits limits={view.limits} />
    </article>
  );
}

const KINDS: Readonly<Record<OriginPlace["kind"], string>> = {
  argument: "argument",
  result: "result",
  exception: "exception",
  sent: "sent",
  received: "received",
  binding: "variable",
  state: "state",
  spawn: "spawned with",
};

function Place({
  place,
  before,
}: {
  readonly place: OriginPlace;
  readonly before?: OriginPlace;
}): JSX.Element {
  const { cinema } = useApp();
  const isHere = cinema.cursor.value?.event === place.event;
  return (
    <div class={isHere ? "place here" : "place"} data-event={place.event}>
      <p class="place-head">
        <span class={`tag ${place.kind}`}>{KINDS[place.kind]}</span>
        <b class="mono">{place.where}</b>
        {place.mfa !== null && <span class="mono muted clip">in {place.mfa}</span>}
        {place.peer !== null && (
          <span class="muted small">
            {place.kind === "received" ? "from " : "to "}
            <ProcessLink pid={place.peer} />
          </span>
        )}
        <span class="grow" />
        {before?.pid !== place.pid && <ProcessLink pid={place.pid} />}
        <MomentLink t={place.t} event={place.event} pid={place.pid} />
      </p>
      {before?.value !== place.value && (
        <p class="mono value" title={place.value}>
          {place.value}
        </p>
      )}
      {place.file !== null && (
        <p class="small">
          <CodeLink file={place.file} line={place.line} />
        </p>
      )}
    </div>
  );
}

function Hop(props: { readonly hop: OriginHop; readonly before: OriginPlace }): JSX.Element {
  const { hop, before } = props;
  const open = useSignal(false);
  const { copies, passed, how, confidence, candidates, place } = hop;
  const crosses = place.pid !== before.pid;
  return (
    <li class={`hop ${confidence} ${crosses ? "crosses" : ""}`}>
      <p class="hop-how small">
        <span>{how}</span>
        <span class="muted">
          {confidence}
          {candidates > 1 && ` · nearest of ${candidates} places with an equal value`}
          {crosses && " · another process"}
        </span>
        {copies > 0 && (
          <button
            type="button"
            class="why-button"
            aria-expanded={open.value}
            disabled={passed.length === 0}
            title={
              passed.length === 0
                ? "Earlier versions of the state that held the same value at the same place"
                : "Places that only passed it on unchanged"
            }
            onClick={() => (open.value = !open.value)}
          >
            {copies.toLocaleString("en")} {copies === 1 ? "copy" : "copies"} skipped
          </button>
        )}
      </p>
      {open.value && (
        <ol class="passed small">
          {passed.map((one) => (
            <li key={`${one.event} ${one.where}`}>
              <MomentLink t={one.t} event={one.event} pid={one.pid} />{" "}
              <span class="mono">{one.where}</span>
              {one.mfa !== null && <span class="mono muted"> in {one.mfa}</span>}
            </li>
          ))}
          {copies > passed.length && (
            <li class="muted">
              {(copies - passed.length).toLocaleString("en")} more that held the same, not listed
            </li>
          )}
        </ol>
      )}
      <Place place={place} before={before} />
    </li>
  );
}

const ENDS: Readonly<Record<OriginEnd["kind"], string>> = {
  made: "Made here",
  outside: "Came from outside",
  too_common: "Too common to follow",
  not_recorded: "Not recorded further back",
  too_far: "Goes on",
};

function End({ end }: { readonly end: OriginEnd }): JSX.Element {
  const { cinema } = useApp();
  return (
    <li class={`hop end ${end.kind}`}>
      <div class="place">
        <p class="place-head">
          <b>{ENDS[end.kind]}</b>
        </p>
        <p class="small">{end.text}</p>
        {end.expression !== null && (
          <p class="small">
            <code class="mono">{end.expression.text}</code>{" "}
            <CodeLink file={end.expression.file} line={end.expression.line} />
          </p>
        )}
        <More title="Made of" items={end.inputs} />
        {end.parts.length > 0 && (
          <>
            <p class="small muted">Its parts were before:</p>
            <ul class="passed small">
              {end.parts.map(({ path, place }) => (
                <li key={path}>
                  <TraceLink place={place} text={path === "" ? "all of it" : path} />{" "}
                  <span class="muted">
                    {KINDS[place.kind]} <span class="mono">{place.where}</span> at{" "}
                    {timeText(cinema, place.t, 1000)}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        {end.maybe.length > 0 && (
          <>
            <p class="small muted">The nearest places with an equal value:</p>
            <ul class="passed small">
              {end.maybe.map((place) => (
                <li key={`${place.event} ${place.where}`}>
                  <TraceLink place={place} text={place.where} />{" "}
                  <span class="muted">
                    {KINDS[place.kind]}
                    {place.mfa !== null && ` in ${place.mfa}`} at {timeText(cinema, place.t, 1000)}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </li>
  );
}

function More(props: {
  readonly title: string;
  readonly items: OriginEnd["inputs"];
}): JSX.Element | null {
  const { cinema } = useApp();
  if (props.items.length === 0) return null;
  return (
    <>
      <p class="small muted">{props.title}:</p>
      <ul class="passed small">
        {props.items.map(({ name, text, event }) => (
          <li key={`${name} ${event}`}>
            <button
              type="button"
              class="inline-link mono"
              title="Where this came from"
              onClick={() => (cinema.param("causality.origin").value = `${event}:${name}`)}
            >
              {name}
            </button>{" "}
            = <span class="mono">{text}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function TraceLink(props: { readonly place: OriginPlace; readonly text: string }): JSX.Element {
  const { cinema } = useApp();
  const { place, text } = props;
  return (
    <button
      type="button"
      class="inline-link mono"
      title="Trace it from there"
      onClick={() => (cinema.param("causality.origin").value = `${place.event}:${place.where}`)}
    >
      {text}
    </button>
  );
}
