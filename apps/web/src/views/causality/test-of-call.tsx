// The ExUnit test that a recorded call makes, to be copied; or why there can be none.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { WhyButton } from "../../panels/go-why.tsx";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";

export function TestOfCall({ call }: { readonly call: number }): JSX.Element | null {
  const { cinema } = useApp();
  const copied = useSignal(false);
  const loaded = useLoader(
    "recordedTest",
    () => ({ subject: String(call), params: { call } }),
    "still",
  );
  const answer = loaded.value;
  if (answer === null) return waitingNote(loaded, "test");
  if (!answer.ok) {
    const { message, instead } = answer.refused;
    return (
      <PanelNote title="No test can be made of this call">
        {message}.
        {instead !== null && (
          <span class="why-buttons near">
            Instead:
            <WhyButton question={{ kind: "test", call: instead.call }}>
              {`call ${instead.call} of ${instead.mfa}`}
            </WhyButton>
          </span>
        )}
      </PanelNote>
    );
  }
  const { test } = answer;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(test.text);
    copied.value = true;
  };
  return (
    <article class="clauses" aria-label="Test of the recorded call">
      <header class="clauses-head">
        <p>
          <b class="mono">{test.mfa}</b>
          <span class={test.outcome === "raised" ? "tag exit" : "tag"}>{test.outcome}</span>
          <span class="muted small mono">{test.module}</span>
          <button type="button" class="button" onClick={() => void cinema.attempt(copy)}>
            {copied.value ? "Copied" : "Copy the test"}
          </button>
        </p>
        {test.warnings.map((warning) => (
          <p key={warning} class="small warning-text">
            {warning}
          </p>
        ))}
      </header>
      <pre class="mono test-text" tabIndex={0} role="region" aria-label="Text of the test">
        {test.text}
      </pre>
      <Limits limits={test.limits} />
    </article>
  );
}
