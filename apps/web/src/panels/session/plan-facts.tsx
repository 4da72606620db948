// What a session was asked to record, with its limits.

import { bytesText } from "@elixirscope/base";
import type { PlanView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { countText, plural } from "../../model/amounts.ts";

const FEW = 6;

export function PlanFacts({ plan }: { readonly plan: PlanView }): JSX.Element {
  const all = useSignal(false);
  const modules = all.value ? plan.modules : plan.modules.slice(0, FEW);
  const hidden = plan.modules.length - modules.length;
  const { budgets } = plan;
  return (
    <section class="section">
      <h3>What is recorded</h3>
      <dl class="facts">
        <dt>Selectors</dt>
        <dd class="mono">{plan.selectors.join(", ")}</dd>
        <dt>Functions</dt>
        <dd>
          {plural(plan.functions, "function")}
          {plan.withoutResults > 0 && (
            <span class="muted" title="They may loop by tail calls, so their ends are not traced">
              , {countText(plan.withoutResults)} without results
            </span>
          )}
          {plan.modules.length > 0 && (
            <ul class="plan-modules" aria-label="Modules">
              {modules.map(({ module, functions }) => (
                <li key={module}>
                  <span class="mono clip" title={module}>
                    {module}
                  </span>
                  <span class="muted tabular">{functions}</span>
                </li>
              ))}
            </ul>
          )}
          {hidden > 0 && (
            <button type="button" class="inline-link small" onClick={() => (all.value = true)}>
              {hidden} more modules
            </button>
          )}
          {all.value && plan.moreModules > 0 && (
            <p class="muted small">and {countText(plan.moreModules)} more</p>
          )}
        </dd>
        {plan.deep.length > 0 && (
          <>
            <dt>From inside</dt>
            <dd class="mono">{plan.deep.join(", ")}</dd>
          </>
        )}
        <dt>Processes</dt>
        <dd>{plan.processes === "all" ? "all" : plan.processes.join(", ")}</dd>
        <dt>Events</dt>
        <dd>
          {kinds(plan).on.join(", ")}
          {kinds(plan).off.length > 0 && (
            <span class="muted"> (not {kinds(plan).off.join(", ")})</span>
          )}
        </dd>
        <dt>Sampling</dt>
        <dd>{samplingText(plan.sampling)}</dd>
        <dt>Budgets</dt>
        <dd>
          {countText(budgets.eventsPerSecond)} events/s,{" "}
          {countText(budgets.eventsPerSecondPerProcess)} of one process;{" "}
          {bytesText(budgets.targetMemoryBytes)} in the target; {bytesText(budgets.recordingBytes)}{" "}
          on disk
          {budgets.durationMs !== null && `; ${budgets.durationMs / 1000} s`}
        </dd>
        <dt>Payloads</dt>
        <dd>
          {countText(plan.limits.nodes)} nodes, {plan.limits.depth} levels,{" "}
          {bytesText(plan.limits.binaryBytes)} of a binary
        </dd>
      </dl>
    </section>
  );
}

function kinds(plan: PlanView): {
  readonly on: readonly string[];
  readonly off: readonly string[];
} {
  const all = [
    ["calls", true],
    ["arguments", plan.arguments],
    ["messages", plan.messages],
    ["lives of processes", plan.lifecycle],
    ["states", plan.state],
  ] as const;
  return {
    on: all.filter(([, on]) => on).map(([name]) => name),
    off: all.filter(([, on]) => !on).map(([name]) => name),
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function samplingText(sampling: PlanView["sampling"]): string {
  switch (sampling.kind) {
    case "always":
      return "every call";
    case "rate":
      return `at most ${countText(sampling.chainsPerSecond)} call chains a second per process`;
    case "chains":
      return `${percent(sampling.probability)} of call chains`;
    case "windows":
      return `what begins in ${percent(sampling.share)} of the time`;
    default:
      return sampling satisfies never;
  }
}
