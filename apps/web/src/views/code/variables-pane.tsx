// The variables of the selected call at the cursor, each as a term that opens.

import type { FrameView, LocalView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Icon } from "../../frame/icons.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import { WhyButton } from "../../panels/go-why.tsx";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote } from "../../panels/panel-note.tsx";
import { TermTree } from "../../panels/term-tree.tsx";

export function VariablesPane({ frame }: { readonly frame: FrameView | null }): JSX.Element {
  if (frame === null) {
    return (
      <PanelNote title="No call at the cursor">
        Select a process and put the cursor where one of its calls runs.
      </PanelNote>
    );
  }
  const { mfa, args, place, locals, ends, limits, call } = frame;
  return (
    <div class="variables">
      <p class="variables-head">
        <b class="mono clip" title={mfa}>
          {mfa}
        </b>
        <WhyButton question={{ kind: "clauses", call }}>why this clause</WhyButton>
      </p>
      <Limits limits={limits} />
      {locals.map((local) => (
        <Variable key={`${local.name} ${local.event}`} local={local} />
      ))}
      {locals.length === 0 && (
        <p class="mono variable-args" title={args ?? ""}>
          <span class="muted">args </span>
          {args ?? "not recorded"}
        </p>
      )}
      {locals.length === 0 && place !== null && (
        <p class="muted small">It had bound no variable by then.</p>
      )}
      {ends !== null && (
        <p class="mono">
          <span class="muted">{ends.outcome} </span>
          {ends.result ?? "its result was not recorded"}
        </p>
      )}
    </div>
  );
}

function Variable({ local }: { readonly local: LocalView }): JSX.Element {
  const isOpen = useSignal(false);
  const { name, text, event, inScope, truncated } = local;
  return (
    <div class={inScope === false ? "variable dim" : "variable"}>
      <div class="variable-row">
        <button
          type="button"
          class={isOpen.value ? "fold open" : "fold"}
          aria-expanded={isOpen.value}
          aria-label={`${isOpen.value ? "Close" : "Open"} ${name}`}
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          <Icon name="chevron" />
        </button>
        <span class="mono muted">{name}</span>
        <span class="mono clip" title={`${name} = ${text}`}>
          {text}
        </span>
        {truncated && (
          <span class="tag" title="Parts of it were beyond the recording’s limits">
            cut
          </span>
        )}
        {inScope === false && (
          <span class="tag" title="The clause or block that bound it is over">
            over
          </span>
        )}
        <WhyButton question={{ kind: "origin", event, what: name }}>from</WhyButton>
      </div>
      {isOpen.value && <WholeValue event={event} name={name} />}
    </div>
  );
}

function WholeValue({
  event,
  name,
}: {
  readonly event: number;
  readonly name: string;
}): JSX.Element {
  const loaded = useLoader(
    "variable",
    () => ({ subject: `${event} ${name}`, params: { event, name } }),
    "still",
  );
  if (loaded.value === null) {
    return <p class="muted small">{loaded.busy ? "Loading…" : (loaded.error ?? "Not recorded")}</p>;
  }
  return <TermTree term={loaded.value.term} name={name} />;
}
