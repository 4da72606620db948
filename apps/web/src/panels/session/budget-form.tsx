// The budgets of a running session, to be changed. What is typed is held against what comes now before it is applied.

import type { PlanView, SessionChange } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { ChangeOutcome, useChange } from "./change-outcome.tsx";

type Budgets = PlanView["budgets"];
type Field = {
  readonly name: keyof Budgets;
  readonly title: string;
  readonly unit: string;
  /** what one of the unit is */
  readonly factor: number;
  readonly help: string;
};

const MB = 1024 * 1024;
const FIELDS: readonly Field[] = [
  {
    name: "eventsPerSecond",
    title: "All processes",
    unit: "events/s",
    factor: 1,
    help: "Beyond it recording stops for a second or more",
  },
  {
    name: "eventsPerSecondPerProcess",
    title: "One process",
    unit: "events/s",
    factor: 1,
    help: "A process beyond it is left out for the rest of a second",
  },
  {
    name: "targetMemoryBytes",
    title: "Target memory",
    unit: "MB",
    factor: MB,
    help: "What the probe may hold there",
  },
  {
    name: "inFlightBytes",
    title: "In flight",
    unit: "MB",
    factor: MB,
    help: "Sent by the target and not taken by the collector yet: the queue between them",
  },
  {
    name: "recordingBytes",
    title: "On disk",
    unit: "MB",
    factor: MB,
    help: "The session ends when the recording is larger",
  },
  {
    name: "durationMs",
    title: "Ends after",
    unit: "s",
    factor: 1000,
    help: "Counted from the session's start, pauses too; empty: it ends when it is stopped",
  },
];

export function BudgetForm({ budgets }: { readonly budgets: Budgets }): JSX.Element {
  const { cinema } = useApp();
  /** what was typed, by field */
  const draft = useSignal<Readonly<Partial<Record<keyof Budgets, string>>>>({});
  const change = useChange(() => (draft.value = {}));
  const edited = FIELDS.filter((field) => isEdited(field, draft.value[field.name], budgets));
  const isBusy = change.shown.value.kind === "busy";
  const seconds = Math.floor((cinema.status.value?.durationNs ?? 0) / 1e9);
  return (
    <section class="section change">
      <h3>Budgets</h3>
      <form
        aria-label="Budgets"
        class="budgets"
        onSubmit={(event) => {
          event.preventDefault();
          if (isBusy || edited.length === 0) return;
          void change.plan(() => changeOf(edited, draft.value));
        }}
      >
        {FIELDS.map((field) => {
          const { name, title, unit, help } = field;
          return (
            <label key={name} title={help}>
              <span>{title}</span>
              <input
                class={edited.includes(field) ? "tabular edited" : "tabular"}
                inputMode="decimal"
                placeholder={name === "durationMs" ? "no end" : ""}
                value={draft.value[name] ?? textOf(field, budgets[name])}
                onInput={(event) => {
                  draft.value = { ...draft.value, [name]: event.currentTarget.value };
                  change.clear();
                }}
              />
              <span class="muted">
                {unit}
                {name === "durationMs" && `, at ${seconds}`}
              </span>
            </label>
          );
        })}
        <span class="budget-buttons">
          <button
            type="submit"
            class="button"
            disabled={isBusy || edited.length === 0}
            title="Holds them against what comes now; nothing is changed yet"
          >
            Show the effect
          </button>
          {edited.length > 0 && (
            <button
              type="button"
              class="button"
              onClick={() => {
                draft.value = {};
                change.clear();
              }}
            >
              Undo
            </button>
          )}
        </span>
      </form>
      <ChangeOutcome change={change} />
    </section>
  );
}

function textOf({ factor }: Field, value: number | null): string {
  return value === null ? "" : (value / factor).toLocaleString("en", { maximumFractionDigits: 3 });
}

function isEdited(field: Field, typed: string | undefined, budgets: Budgets): boolean {
  return typed !== undefined && typed.trim() !== textOf(field, budgets[field.name]);
}

function changeOf(
  edited: readonly Field[],
  draft: Readonly<Partial<Record<keyof Budgets, string>>>,
): SessionChange {
  const values = edited.map((field) => [field.name, valueOf(field, draft[field.name] ?? "")]);
  return { kind: "budgets", budgets: Object.fromEntries(values) };
}

/** Thousands may be marked: 200,000. */
function valueOf({ name, title, factor }: Field, typed: string): number | null {
  const text = typed.trim().replaceAll(/[, _]/g, "");
  if (text === "" && name === "durationMs") return null;
  const value = Number(text);
  if (text === "" || !Number.isFinite(value) || value < 0) {
    throw new Error(`${title}: “${typed}” is not a number above 0`);
  }
  return Math.round(value * factor);
}
