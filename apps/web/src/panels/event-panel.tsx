// The event at the cursor: what it was, its payload, what caused it and what it caused.

import type { EventView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { timeText } from "../model/time-text.ts";
import { useLoader } from "../frame/use-loader.ts";
import { WhyButton } from "./go-why.tsx";
import { LookInside } from "./look-inside.tsx";
import { ProcessLink } from "./moment-link.tsx";
import { PanelNote, waitingNote } from "./panel-note.tsx";
import { Section } from "./state-panel.tsx";
import { TermExplorer } from "./term/term-explorer.tsx";

export function EventPanel(): JSX.Element {
  const { cinema } = useApp();
  const loaded = useLoader("event", () => {
    const id = cinema.cursor.value?.event ?? null;
    return id === null ? null : { subject: String(id), params: { id } };
  });
  const id = cinema.cursor.value?.event ?? null;
  if (id === null) {
    return (
      <PanelNote title="No event at the cursor">
        Click a mark or a box in a lane, or step with <kbd>,</kbd> and <kbd>.</kbd>
      </PanelNote>
    );
  }
  const waiting = waitingNote(loaded, "event");
  if (waiting !== null) return waiting;
  if (loaded.value === null) {
    return <PanelNote title={`Event ${id} is not in this recording`} />;
  }
  return <Details event={loaded.value} />;
}

function Details({ event }: { readonly event: EventView }): JSX.Element {
  const { cinema } = useApp();
  const causes = event.links.filter(({ direction }) => direction === "cause");
  const effects = event.links.filter(({ direction }) => direction === "effect");
  return (
    <div class="panel" data-event-panel>
      <div class="event-title">
        <span class={`tag ${event.kind}`}>{event.kind.replaceAll("_", " ")}</span>
        <span class="mono">{event.title}</span>
      </div>
      <dl class="facts">
        <dt>Time</dt>
        <dd class="tabular">{timeText(cinema, event.t)}</dd>
        <dt>Process</dt>
        <dd>
          <ProcessLink pid={event.pid} />
        </dd>
        {event.mfa !== null && (
          <>
            <dt>Function</dt>
            <dd>
              <span class="mono">{event.mfa}</span>
              <LookInside key={event.mfa} mfa={event.mfa} />
            </dd>
          </>
        )}
        <dt>Event</dt>
        <dd class="tabular">{event.id}</dd>
      </dl>
      <p class="why-buttons">
        <WhyButton question={{ kind: "causes", event: event.id }}>Why did this happen</WhyButton>
        {event.payload !== null && (
          <WhyButton question={{ kind: "origin", event: event.id, what: "" }}>
            Where it came from
          </WhyButton>
        )}
      </p>
      <Section title="Payload">
        {event.payload === null ? (
          <p class="muted small">This event carries no payload, or the plan did not record it.</p>
        ) : (
          <TermExplorer of={{ kind: "event", id: event.id }} name="Payload" />
        )}
      </Section>
      {event.truncated && (
        <p class="small warning-text">
          Cut at capture: parts beyond the payload limits were not recorded.
        </p>
      )}
      <Section title="Caused by">
        <Links links={causes} none="No cause of this event was recorded." />
      </Section>
      <Section title="Led to">
        <Links links={effects} none="No effect of this event was recorded." />
      </Section>
    </div>
  );
}

function Links(props: { readonly links: EventView["links"]; readonly none: string }): JSX.Element {
  const { cinema } = useApp();
  if (props.links.length === 0) return <p class="muted small">{props.none}</p>;
  return (
    <ul class="links">
      {props.links.map((link) => (
        <li key={`${link.event} ${link.type}`}>
          <button
            type="button"
            class="link-row"
            title="Go to this event"
            onClick={() => void cinema.goToEvent(link.event)}
          >
            <span class="tag">{link.type}</span>
            <span class="mono clip">{link.title}</span>
            <span class="muted small">{link.confidence}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
