// What is to be printed at a place, and when: small Elixir expressions. They are tried out before they are kept, so
// that a mistake is shown where it was made.

import { messageOf } from "@elixirscope/base";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { paramsOf, type PrintSpec } from "./prints.ts";
import { RefusalNote, type Refusal } from "./refusal-note.tsx";

/** Mounted anew for another place. */
export function PrintForm(props: {
  readonly at: string;
  /** grows each time that a print is asked for */
  readonly focus: number;
  readonly onAdd: (print: PrintSpec) => void;
}): JSX.Element {
  const { cinema } = useApp();
  const expression = useSignal("");
  const when = useSignal("");
  const refusal = useSignal<Refusal | null>(null);
  const failure = useSignal<string | null>(null);
  const busy = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (props.focus > 0) input.current?.focus();
  }, [props.focus]);
  const add = async (): Promise<void> => {
    const print = { at: props.at, expression: expression.value.trim(), when: when.value.trim() };
    if (print.expression === "" || busy.value) return;
    busy.value = true;
    refusal.value = null;
    failure.value = null;
    try {
      const reply = await cinema.connection.request("prints", { ...paramsOf(print), limit: 1 });
      if (reply.kind === "prints") props.onAdd(print);
      else refusal.value = reply;
    } catch (error) {
      failure.value = messageOf(error);
    }
    busy.value = false;
  };
  const broken = refusal.value?.kind === "unreadable" ? refusal.value.part : null;
  return (
    <form
      class="print-form"
      aria-label={`Print at ${props.at}`}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <input
        ref={input}
        class="mono"
        spellcheck={false}
        aria-label={`Print at ${props.at}`}
        aria-invalid={broken === "expression"}
        placeholder="expression"
        value={expression.value}
        onInput={(event) => {
          expression.value = event.currentTarget.value;
          refusal.value = null;
        }}
      />
      <input
        class="mono when"
        spellcheck={false}
        aria-label="Only when"
        aria-invalid={broken === "when"}
        placeholder="when"
        value={when.value}
        onInput={(event) => {
          when.value = event.currentTarget.value;
          refusal.value = null;
        }}
      />
      <button type="submit" class="button" disabled={busy.value || expression.value.trim() === ""}>
        + print
      </button>
      {refusal.value !== null && (
        <RefusalNote
          refusal={refusal.value}
          expression={expression.value.trim()}
          when={when.value.trim()}
        />
      )}
      {failure.value !== null && (
        <p class="print-error" role="alert">
          {failure.value}
        </p>
      )}
    </form>
  );
}
