// Continue, or reverse-continue, to where a condition held: the condition, its two buttons, and what came of it.

import type { RunToReply } from "@elixirscope/wire";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useApp } from "../frame/app-context.ts";
import { Icon } from "../frame/icons.tsx";
import { sentence } from "../model/sentence.ts";
import { retold, timeText } from "../model/time-text.ts";
import type { RunOutcome } from "../model/transport.ts";
import { ProcessLink } from "../panels/moment-link.tsx";
import { ToolButton } from "./tool-button.tsx";

export function UntilBox(): JSX.Element {
  const { transport } = useApp();
  const { until, outcome, running } = transport;
  const isEmpty = until.value.trim() === "";
  const wrong = outcome.value !== null && outcome.value.reply.kind !== "ran";
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter") void transport.run(event.shiftKey ? "previous" : "next");
    else if (event.key === "Escape" && outcome.value !== null) outcome.value = null;
    else if (event.key === "Escape") event.currentTarget.blur();
    else return;
    event.preventDefault();
  };
  return (
    <div class="until" role="group" aria-label="Continue to a condition">
      <input
        type="text"
        class={wrong ? "mono wrong" : "mono"}
        placeholder="Run to: Shop.Cart.add/3: qty &lt; 0"
        aria-label="Condition to run to"
        aria-invalid={wrong}
        aria-describedby={outcome.value === null ? undefined : "until-outcome"}
        title="WHERE: CONDITION. Enter goes to the next match, Shift+Enter to the previous one (U)"
        spellcheck={false}
        autocomplete="off"
        data-until
        value={until.value}
        onInput={(event) => {
          until.value = event.currentTarget.value;
          outcome.value = null;
        }}
        onKeyDown={onKeyDown}
      />
      <RunButton direction="previous" disabled={isEmpty || running.value !== null} />
      <RunButton direction="next" disabled={isEmpty || running.value !== null} />
      {running.value !== null && (
        <div class="until-outcome" role="status">
          Searching {running.value === "next" ? "forward" : "back"}…
        </div>
      )}
      {outcome.value !== null && <Outcome outcome={outcome.value} />}
    </div>
  );
}

function RunButton(props: {
  readonly direction: "next" | "previous";
  readonly disabled: boolean;
}): JSX.Element {
  const { transport } = useApp();
  const isNext = props.direction === "next";
  const name = isNext ? "Continue to the next match" : "Reverse-continue to the previous match";
  return (
    <ToolButton
      icon={isNext ? "runNext" : "runPrevious"}
      name={name}
      hint={isNext ? "N" : "Shift+N"}
      disabled={props.disabled}
      onClick={() => void transport.run(props.direction)}
    />
  );
}

function Outcome({ outcome }: { readonly outcome: RunOutcome }): JSX.Element {
  const { transport } = useApp();
  return (
    <div id="until-outcome" class="until-outcome" role="status">
      <button
        type="button"
        class="icon-button"
        aria-label="Close the result"
        onClick={() => (transport.outcome.value = null)}
      >
        <Icon name="close" />
      </button>
      <OutcomeText reply={outcome.reply} />
    </div>
  );
}

function OutcomeText({ reply }: { readonly reply: RunToReply }): JSX.Element {
  const { cinema } = useApp();
  switch (reply.kind) {
    case "unreadable":
      return (
        <>
          <p class="error">The condition cannot be read.</p>
          <pre class="mono">{reply.lines}</pre>
        </>
      );
    case "unknown":
      return (
        <>
          <p class="error">{sentence(reply.message)}</p>
          {reply.nearest.length > 0 && <p class="mono">Nearest: {reply.nearest.join(", ")}</p>}
        </>
      );
    case "ran":
      return (
        <>
          {reply.to === null ? (
            <p>
              <strong>No further match.</strong>{" "}
              {retold(cinema, sentence(reply.why ?? "It held nowhere"))}
            </p>
          ) : (
            <p>
              Held at <span class="tabular">{timeText(cinema, reply.to.t, 1000)}</span> in{" "}
              <ProcessLink pid={reply.to.pid} />: <span class="mono">{reply.to.title}</span>
            </p>
          )}
          <Values values={reply.values} />
          {reply.limits.map((limit) => (
            <p key={limit} class="small warning-text">
              {retold(cinema, sentence(limit))}
            </p>
          ))}
        </>
      );
    default:
      return reply satisfies never;
  }
}

function Values(props: { readonly values: Readonly<Record<string, string>> }): JSX.Element | null {
  const values = Object.entries(props.values);
  if (values.length === 0) return null;
  return (
    <p class="mono values">
      {values.map(([name, value]) => (
        <span key={name} class="clip" title={`${name} = ${value}`}>
          {name} = {value}
        </span>
      ))}
    </p>
  );
}
