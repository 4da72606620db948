// A change of a session on its way: planned, shown with its cost, made, refused. What is made is what was shown.

import { messageOf } from "@elixirscope/base";
import type { ChangePlan, SessionChange } from "@elixirscope/wire";
import { useSignal, type ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { countText, plural } from "../../model/amounts.ts";
import { Cost } from "./cost.tsx";

type Shown =
  | { readonly kind: "nothing" }
  | { readonly kind: "busy"; readonly text: string }
  | { readonly kind: "planned"; readonly change: SessionChange; readonly plan: ChangePlan }
  | { readonly kind: "done"; readonly text: string }
  | { readonly kind: "failed"; readonly text: string };

export type Change = {
  readonly shown: ReadonlySignal<Shown>;
  /** asks what it would cost; `read` may throw what is wrong with the input */
  plan(read: () => SessionChange): Promise<void>;
  make(change: SessionChange): Promise<void>;
  clear(): void;
};

/** `onMade`: the session is changed. */
export function useChange(onMade?: () => void): Change {
  const { connection } = useApp().cinema;
  const shown = useSignal<Shown>({ kind: "nothing" });
  const attempt = async (text: string, action: () => Promise<Shown>): Promise<void> => {
    shown.value = { kind: "busy", text };
    try {
      shown.value = await action();
    } catch (error) {
      shown.value = { kind: "failed", text: messageOf(error) };
    }
  };
  return {
    shown,
    plan: async (read) =>
      await attempt("Looking at what that would cost…", async () => {
        const change = read();
        const plan = await connection.request("planChange", { change });
        return { kind: "planned", change, plan };
      }),
    make: async (change) =>
      await attempt("Changing the session…", async () => {
        const { detail } = await connection.request("changeSession", { change });
        onMade?.();
        return { kind: "done", text: `Done: ${detail}.` };
      }),
    clear: () => (shown.value = { kind: "nothing" }),
  };
}

export function ChangeOutcome({ change }: { readonly change: Change }): JSX.Element | null {
  const now = change.shown.value;
  switch (now.kind) {
    case "nothing":
      return null;
    case "busy":
    case "done":
      return (
        <p class={now.kind === "busy" ? "muted small" : "small"} role="status">
          {now.text}
        </p>
      );
    case "failed":
      return (
        <p class="session-error" role="alert">
          {now.text}
        </p>
      );
    case "planned":
      return (
        <Planned change={now.change} plan={now.plan} onMake={() => void change.make(now.change)} />
      );
    default:
      return now satisfies never;
  }
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
  const hasSubjects = change.kind !== "sampling" && change.kind !== "budgets";
  const isNothing = hasSubjects && plan.functions === 0;
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
      <button type="button" class="button primary" disabled={isNothing} onClick={onMake}>
        {isNothing ? "Nothing to change" : "Apply"}
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
