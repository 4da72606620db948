// Changes what a running session records. What it would be about and cost is shown first; it is made when the user
// says so, and as it was shown.

import { messageOf } from "@elixirscope/base";
import type { LiveSession, SessionChange } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { plural } from "../../model/amounts.ts";
import { ChangeOutcome, useChange } from "./change-outcome.tsx";

/** What the form offers; budgets and pauses have their own. */
type Kind = Exclude<SessionChange["kind"], "budgets" | "pause" | "resume">;

const KINDS: readonly (readonly [Kind, string])[] = [
  ["add_functions", "Add functions"],
  ["remove_functions", "Remove functions"],
  ["deepen", "Look inside functions"],
  ["add_processes", "Add processes"],
  ["remove_processes", "Remove processes"],
  ["sampling", "Sampling"],
];

const HINTS: Readonly<Record<Kind, string>> = {
  add_functions: "Shop.Cart.*, Shop.Inventory.reserve(_, n) when n > 3",
  remove_functions: "Shop.Cart.total/1",
  deepen: "Shop.Cart",
  shallow: "Shop.Cart",
  add_processes: "Shop.Inventory, <0.200.0>",
  remove_processes: "Shop.Inventory",
  sampling: "rate:50, chains:0.1, windows:0.1",
};

export function ChangeForm({ live }: { readonly live: LiveSession }): JSX.Element {
  const kind = useSignal<Kind>("add_functions");
  const text = useSignal("");
  const change = useChange();
  const edit = (next: () => void): void => {
    next();
    // what is made must be what was shown
    change.clear();
  };
  const isOffered = (offered: Kind): boolean => {
    if (offered === "deepen") return live.canInstrument;
    return offered.endsWith("_processes") ? live.canListProcesses : true;
  };
  const isBusy = change.shown.value.kind === "busy";
  return (
    <section class="section change">
      <h3>Change it</h3>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isBusy || text.value.trim() === "") return;
          void change.plan(() => changeOf(kind.value, text.value));
        }}
      >
        <select
          aria-label="What to change"
          value={kind.value}
          onChange={(event) => {
            const chosen = KINDS.find(([name]) => name === event.currentTarget.value);
            if (chosen !== undefined) edit(() => (kind.value = chosen[0]));
          }}
        >
          {KINDS.map(([name, title]) => (
            <option key={name} value={name} disabled={!isOffered(name)}>
              {title}
            </option>
          ))}
        </select>
        <input
          class="mono"
          aria-label="Which"
          spellcheck={false}
          placeholder={HINTS[kind.value]}
          value={text.value}
          onInput={(event) => {
            const { value } = event.currentTarget;
            edit(() => (text.value = value));
          }}
        />
        <button type="submit" class="button" disabled={isBusy || text.value.trim() === ""}>
          Show the cost
        </button>
      </form>
      {!live.canListProcesses && (
        <p class="muted small">
          Processes: this session records those of whole applications; single ones cannot be added
          or removed.
        </p>
      )}
      <ChangeOutcome change={change} />
    </section>
  );
}

/** What is instrumented now, to be given back. */
export function Inside({ live }: { readonly live: LiveSession }): JSX.Element | null {
  const { cinema } = useApp();
  const busy = useSignal<string | null>(null);
  const problem = useSignal<string | null>(null);
  if (live.inside.length === 0) return null;
  const giveBack = async (module: string): Promise<void> => {
    busy.value = module;
    problem.value = null;
    try {
      const change = { kind: "shallow", selectors: [module] } as const;
      const { outcome, detail } = await cinema.connection.request("changeSession", { change });
      if (outcome !== "done") problem.value = detail;
    } catch (error) {
      problem.value = messageOf(error);
    }
    busy.value = null;
  };
  return (
    <section class="section">
      <h3>Recorded from inside</h3>
      <ul class="inside" aria-label="Recorded from inside">
        {live.inside.map(({ module, functions }) => (
          <li key={module}>
            <span class="mono clip" title={module}>
              {module}
            </span>
            <span class="muted small">{plural(functions, "function")}</span>
            <button
              type="button"
              class="button"
              disabled={busy.value !== null}
              onClick={() => void giveBack(module)}
            >
              {busy.value === module ? "Giving back…" : "Give the code back"}
            </button>
          </li>
        ))}
      </ul>
      {problem.value !== null && (
        <p class="session-error" role="alert">
          {problem.value}
        </p>
      )}
    </section>
  );
}

function changeOf(kind: Kind, text: string): SessionChange {
  if (kind === "sampling") return { kind, sampling: samplingOf(text.trim()) };
  if (kind === "add_processes" || kind === "remove_processes") {
    return { kind, processes: listed(text) };
  }
  return { kind, selectors: listed(text) };
}

/** At commas outside of brackets and quotes: arguments have commas, too. */
function listed(text: string): readonly string[] {
  const parts = text.match(
    /(?:"(?:\\.|[^"\\])*"|\((?:"(?:\\.|[^"\\])*"|[^()]|\([^()]*\))*\)|[^,])+/g,
  );
  return (parts ?? []).map((part) => part.trim()).filter((part) => part !== "");
}

function samplingOf(text: string): Extract<SessionChange, { kind: "sampling" }>["sampling"] {
  if (text === "always") return { kind: "always" };
  const [kind, number] = text.split(":", 2);
  const value = Number(number);
  if (kind === "rate" && Number.isInteger(value)) return { kind, chainsPerSecond: value };
  if (kind === "chains" && Number.isFinite(value)) return { kind, probability: value };
  if (kind === "windows" && Number.isFinite(value)) return { kind, share: value };
  throw new Error(`“${text}” is not always, rate:N (N ≥ 1), chains:P or windows:P (0 < P ≤ 1)`);
}
