// How a running session is doing, each figure against its limit where it has one.

import { bytesText } from "@elixirscope/base";
import type { LiveSession, PlanView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { countText } from "../../model/amounts.ts";

export function Meters(props: {
  readonly meters: LiveSession["meters"];
  readonly budgets: PlanView["budgets"];
}): JSX.Element {
  const { meters, budgets } = props;
  return (
    <section class="section">
      <h3>Now</h3>
      <dl class="meters">
        <Meter
          name="Events/s"
          value={countText(meters.eventsPerSecond)}
          share={meters.eventsPerSecond / budgets.eventsPerSecond}
          of={countText(budgets.eventsPerSecond)}
        />
        <Meter
          name="Probe memory"
          value={meters.probeBytes === null ? null : bytesText(meters.probeBytes)}
          share={(meters.probeBytes ?? 0) / budgets.targetMemoryBytes}
          of={bytesText(budgets.targetMemoryBytes)}
        />
        <Meter
          name="In flight"
          value={meters.inFlightBytes === null ? null : bytesText(meters.inFlightBytes)}
          share={(meters.inFlightBytes ?? 0) / budgets.inFlightBytes}
          of={bytesText(budgets.inFlightBytes)}
        />
        <Meter name="Ring" value={`${Math.round(meters.ringUse * 100)}%`} share={meters.ringUse} />
        <Meter
          name="On disk"
          value={bytesText(meters.recordingBytes)}
          share={meters.recordingBytes / budgets.recordingBytes}
          of={bytesText(budgets.recordingBytes)}
        />
        <Meter name="Lost" value={countText(meters.lost)} share={null} />
        <Meter
          name="Processes"
          value={meters.processes === null ? null : countText(meters.processes)}
          share={null}
        />
      </dl>
    </section>
  );
}

function Meter(props: {
  readonly name: string;
  /** null: the target did not say in time */
  readonly value: string | null;
  readonly share: number | null;
  readonly of?: string;
}): JSX.Element {
  const { name, value, share, of } = props;
  const percent = Math.max(0, Math.min(100, (share ?? 0) * 100));
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span class="tabular">
          {value ?? <span class="muted">the target answers late</span>}
          {value !== null && of !== undefined && <span class="muted"> of {of}</span>}
        </span>
        {share !== null && (
          <span class={percent > 80 ? "meter-bar high" : "meter-bar"} aria-hidden="true">
            <span style={{ width: `${percent}%` }} />
          </span>
        )}
      </dd>
    </div>
  );
}
