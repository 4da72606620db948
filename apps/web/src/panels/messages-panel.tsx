// Messages of the selected process around the cursor, in and out, each with its other end.

import { formatDuration } from "@elixirscope/timeline";
import type { MessageView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { Icon } from "../frame/icons.tsx";
import { useLoader } from "../frame/use-loader.ts";
import { WhyButton } from "./go-why.tsx";
import { MomentLink, ProcessLink } from "./moment-link.tsx";
import { PanelNote, waitingNote } from "./panel-note.tsx";

const LIMIT = 100;

type Direction = "both" | MessageView["direction"];
const DIRECTIONS = ["both", "in", "out"] as const satisfies readonly Direction[];

export function MessagesPanel(): JSX.Element {
  const { cinema } = useApp();
  const show = useSignal<Direction>("both");
  const loaded = useLoader("messages", () => {
    const pid = cinema.pid.value;
    const t = cinema.cursor.value?.t;
    if (pid === null || t === undefined) return null;
    return { subject: pid, params: { pid, t, limit: LIMIT } };
  });
  if (cinema.pid.value === null || cinema.cursor.value === null) {
    return (
      <PanelNote title="No process or moment selected">
        Click a lane to see the messages of its process around that moment.
      </PanelNote>
    );
  }
  const waiting = waitingNote(loaded, "messages");
  if (waiting !== null || loaded.value === null) return waiting ?? <div />;
  const messages = loaded.value.filter(
    ({ direction }) => show.value === "both" || direction === show.value,
  );
  return (
    <div class="panel" aria-busy={loaded.busy} data-messages-panel>
      <div class="segmented" role="group" aria-label="Direction of messages">
        {DIRECTIONS.map((direction) => (
          <button
            key={direction}
            type="button"
            aria-pressed={show.value === direction}
            onClick={() => (show.value = direction)}
          >
            {direction === "both" ? "All" : direction === "in" ? "In" : "Out"}
          </button>
        ))}
      </div>
      {messages.length === 0 ? (
        <PanelNote title="No message near the cursor">
          No message of this process was recorded around this moment.
        </PanelNote>
      ) : (
        <ol class="messages">
          {messages.map((message) => (
            <Message key={`${message.message} ${message.direction}`} message={message} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Message({ message }: { readonly message: MessageView }): JSX.Element {
  const { cinema } = useApp();
  const { direction, tSent, tReceived } = message;
  const own = (direction === "in" ? tReceived : tSent) ?? tReceived ?? tSent;
  const cursor = cinema.cursor.value;
  const here =
    (message.event !== null && cursor?.event === message.event) ||
    (own !== null && cursor?.t === own);
  const later = own !== null && cursor !== null && own > cursor.t;
  return (
    <li class={`message ${direction} ${here ? "here" : ""} ${later ? "later" : ""}`}>
      <div class="message-head">
        <span class="direction" title={direction === "in" ? "received" : "sent"}>
          <Icon name={direction} />
          <span class="visually-hidden">{direction === "in" ? "received" : "sent"}</span>
        </span>
        <span class={`tag ${message.kind}`}>{message.kind}</span>
        <span class="muted">{direction === "in" ? "from" : "to"}</span>
        <ProcessLink pid={direction === "in" ? message.from : message.to} />
        <span class="grow" />
        {own !== null && <MomentLink t={own} event={message.event} pid={cinema.pid.value} />}
      </div>
      <div class="mono message-body">{message.body}</div>
      <div class="message-facts muted small">
        {dwellText(message)}
        {message.replyTo !== null && ` · reply to ${message.replyTo}`}
        {" · "}
        <span title={MATCH_HELP[message.match]}>{MATCH_WORDS[message.match]}</span>{" "}
        {message.event !== null && (
          <WhyButton question={{ kind: "origin", event: message.event, what: "body" }}>
            Where it came from
          </WhyButton>
        )}
      </div>
    </li>
  );
}

function dwellText({ dwellNs, tReceived, tSent }: MessageView): string {
  if (dwellNs !== null) return `${formatDuration(dwellNs)} in the mailbox`;
  if (tReceived === null) return "receive not recorded";
  return tSent === null ? "send not recorded" : "";
}

const MATCH_WORDS: Readonly<Record<MessageView["match"], string>> = {
  exact: "exact match",
  ordered: "matched by order",
  none: "one end only",
};

const MATCH_HELP: Readonly<Record<MessageView["match"], string>> = {
  exact: "The VM named the sender and messages of one pair keep their order",
  ordered: "Matched by order after a gap: likely, not certain",
  none: "The other end was not recorded",
};
