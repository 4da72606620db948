// Changes what a running session records. What it would be about and cost is shown first; it is made when the user
// says so, and as it was shown.

import { messageOf } from "@elixirscope/base";
import type { ChangePlan, LiveSession, SessionChange } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { countText, plural } from "../../model/amounts.ts";
import { Cost } from "./cost.tsx";

type Kind = SessionChange["kind"];

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
  sampling: "always, rate:100 or chains:0.1",
};

type Shown =
  | { readonly kind: "nothing" }
  | { readonly kind: "busy"; readonly what: string }
  | { readonly kind: "planned"; readonly change: SessionChange; readonly plan: ChangePlan }
  | { readonly kind: "done"; readonly text: string }
  | { readonly kind: "failed"; readonly text: string };

export function ChangeForm({ live }: { readonly live: LiveSession }): JSX.Element {
  const { cinema } = useApp();
  const kind = useSignal<Kind>("add_functions");
  const text = useSignal("");
  const shown = useSignal<Shown>({ kind: "nothing" });
  const attempt = async (what: string, action: () => Promise<Shown>): Promise<void> => {
    shown.value = { kind: "busy", what };
    try {
      shown.value = await action();
    } catch (error) {
      shown.value = { kind: "failed", text: messageOf(error) };
    }
  };
  const plan = async (): Promise<void> =>
    await attempt("Looking at what that would cost…", async () => {
      const change = changeOf(kind.value, text.value);
      const planned = await cinema.connection.request("planChange", { change });
      return { kind: "planned", change, plan: planned };
    });
  const make = async (change: SessionChange): Promise<void> =>
    await attempt("Changing the session…", async () => {
      const { detail } = await cinema.connection.request("changeSession", { change });
      return { kind: "done", text: `Done: ${detail}.` };
    });
  const edit = (next: () => void): void => {
    next();
    // what is made must be what was shown
    shown.value = { kind: "nothing" };
  };
  const isOffered = (offered: Kind): boolean => {
    if (offered === "deepen") return live.canInstrument;
    return offered.endsWith("_processes") ? live.canListProcesses : true;
  };
  const now = shown.value;
  return (
    <section class="section change">
      <h3>Change it</h3>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (now.kind !== "busy" && text.value.trim() !== "") void plan();
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
        <button
          type="submit"
          class="button"
          disabled={now.kind === "busy" || text.value.trim() === ""}
        >
          Show the cost
        </button>
      </form>
      {!live.canListProcesses && (
        <p class="muted small">
          Processes: this session records those of whole applications; single ones cannot be added
          or removed.
        </p>
      )}
      {now.kind === "busy" && (
        <p class="muted small" role="status">
          {now.what}
        </p>
      )}
      {now.kind === "done" && (
        <p class="small" role="status">
          {now.text}
        </p>
      )}
      {now.kind === "failed" && (
        <p class="session-error" role="alert">
          {now.text}
        </p>
      )}
      {now.kind === "planned" && (
        <Planned change={now.change} plan={now.plan} onMake={() => void make(now.change)} />
      )}
    </section>
  );
}

function Planned(props: {
  readonly change: SessionChange;
  readonly plan: ChangePlan;
  readonly onMake: () => void;
}): JSX.Element {
  const { change, plan, onMake } = props;
  if (plan.problem !== null) return <Problem problem={plan.problem} />;
  const removes = change.kind === "remove_functions" || change.kind === "shallow";
  const rest = plan.functions - plan.sample.length;
  return (
    <div class="planned">
      {plan.functions > 0 && (
        <p class="small">
          {plural(plan.functions, change.kind.endsWith("_processes") ? "process" : "function")}:{" "}
          <span class="mono">{plan.sample.join(", ")}</span>
          {rest > 0 && <span class="muted"> and {countText(rest)} more</span>}
        </p>
      )}
      <Cost cost={plan.cost} {...(removes ? { saved: "saved" as const } : {})} />
      {plan.notes.map((note) => (
        <p key={note} class="muted small">
          {note}
        </p>
      ))}
      <button
        type="button"
        class="button primary"
        disabled={plan.functions === 0 && change.kind !== "sampling"}
        onClick={onMake}
      >
        {plan.functions === 0 && change.kind !== "sampling" ? "Nothing to change" : "Apply"}
      </button>
    </div>
  );
}

/** The text with the place that is wrong marked in it. */
function Problem({
  problem: { message, place },
}: {
  readonly problem: NonNullable<ChangePlan["problem"]>;
}): JSX.Element {
  if (place === null) {
    return (
      <p class="session-error" role="alert">
        {message}
      </p>
    );
  }
  const end = Math.max(place.end, place.start + 1);
  return (
    <p class="session-error" role="alert">
      {message}
      <span class="mono wrong-place">
        {place.text.slice(0, place.start)}
        <mark>{place.text.slice(place.start, end) || " "}</mark>
        {place.text.slice(end)}
      </span>
    </p>
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
  throw new Error(`“${text}” is not always, rate:N (N ≥ 1) or chains:P (0 < P ≤ 1)`);
}
