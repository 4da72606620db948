// The messages between two nodes, in their order; each leads to its moment.

import { bytesText } from "@elixirscope/base";
import type { SystemMessage, SystemView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import { MomentLink } from "../../panels/moment-link.tsx";
import { waitingNote } from "../../panels/panel-note.tsx";
import type { EdgeEnds } from "./system-params.ts";
import { labelIn } from "./system-text.ts";

const LIMIT = 100;

export function Between({
  edge,
  view,
}: {
  readonly edge: EdgeEnds;
  readonly view: SystemView;
}): JSX.Element {
  const { cinema } = useApp();
  const { t0, t1 } = view;
  const loaded = useLoader("systemMessages", () => ({
    subject: `${edge.a} ${edge.b}`,
    params: { t0, t1, ...edge, limit: LIMIT },
  }));
  const title = `${labelIn(view, edge.a)} and ${labelIn(view, edge.b)}`;
  const reply = loaded.value;
  return (
    <section class="between" aria-label={`Messages between ${title}`} aria-busy={loaded.busy}>
      <header>
        <strong class="clip" title={title}>
          {title}
        </strong>
        <button
          type="button"
          class="icon-button"
          aria-label="Close the messages"
          title="Close"
          onClick={() => (cinema.param("system.edge").value = "")}
        >
          <Icon name="close" />
        </button>
      </header>
      {waitingNote(loaded, "messages") ?? (reply === null ? <div /> : null)}
      {reply !== null && reply.total === 0 && (
        <p class="muted small between-note">
          No message between them was recorded in this stretch.
        </p>
      )}
      {reply !== null && reply.total > 0 && (
        <ol class="between-list">
          {reply.messages.map((message) => (
            <Message key={`${message.t} ${message.event}`} message={message} />
          ))}
        </ol>
      )}
      {reply !== null && reply.total > reply.messages.length && (
        <p class="muted small between-note">
          The first {reply.messages.length} of {reply.total.toLocaleString("en")}: select a shorter
          range to see the others.
        </p>
      )}
    </section>
  );
}

function Message({ message }: { readonly message: SystemMessage }): JSX.Element {
  const { from, to, t, event, kind, body, bytes } = message;
  return (
    <li>
      <div class="between-head">
        <MomentLink t={t} event={event} pid={from ?? to} />
        <span class={`tag ${kind}`}>{kind}</span>
        <span class="mono clip muted" title={`${from ?? "not recorded"} → ${to ?? "not recorded"}`}>
          {from ?? "not recorded"} → {to ?? "not recorded"}
        </span>
        <span class="grow" />
        <span class="muted tabular">{bytes === null ? "" : bytesText(bytes)}</span>
      </div>
      <div class="mono clip" title={body}>
        {bytes === null ? <i class="muted">not recorded</i> : body}
      </div>
    </li>
  );
}
