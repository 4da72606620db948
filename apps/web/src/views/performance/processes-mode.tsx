// Who is busy, who waits, and whose mailbox fills: bottlenecks first, then mailboxes, then time by process.

import { formatDuration } from "@elixirscope/timeline";
import type { Bottleneck, Mailbox, ProcessTimes } from "@elixirscope/wire";
import type { ComponentChildren, JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { ProcessLink } from "../../panels/moment-link.tsx";
import { waitingNote } from "../../panels/panel-note.tsx";
import type { ModeProps } from "./asked-range.ts";
import { durationText, percent, rateText } from "./amounts.ts";
import { Lengths } from "./lengths.tsx";

const MOST_BOTTLENECKS = 8;
const MOST_MAILBOXES = 50;
const MOST_PROCESSES = 200;
const BUCKETS = 60;

export function ProcessesMode({ range }: ModeProps): JSX.Element {
  const ranks = useLoader(
    "bottlenecks",
    () => {
      const asked = range.value;
      if (asked === null) return null;
      return { subject: "", params: { t0: asked.t0, t1: asked.t1, limit: MOST_BOTTLENECKS } };
    },
    "still",
  );
  const queues = useLoader(
    "queues",
    () => {
      const asked = range.value;
      if (asked === null) return null;
      const { t0, t1 } = asked;
      return { subject: "", params: { t0, t1, buckets: BUCKETS, limit: MOST_MAILBOXES } };
    },
    "still",
  );
  const times = useLoader(
    "times",
    () => {
      const asked = range.value;
      if (asked === null) return null;
      const { t0, t1 } = asked;
      return { subject: "", params: { t0, t1, order: "self", limit: MOST_PROCESSES } };
    },
    "still",
  );
  const limits = [ranks.value, queues.value, times.value].flatMap((one) => one?.limits ?? []);
  const busy = ranks.busy || queues.busy || times.busy;
  return (
    <div class="perf-scroll" tabIndex={0} role="region" aria-label="Processes" aria-busy={busy}>
      <Part
        title="Bottlenecks"
        hint="Ranked by how busy a process is × (messages that lie in its mailbox + callers that wait for it), each on average"
      >
        {waitingNote(ranks, "bottlenecks") ?? (
          <BottleneckTable rows={ranks.value?.bottlenecks ?? []} />
        )}
      </Part>
      <Part title="Mailboxes" hint="Longest on average first">
        {waitingNote(queues, "mailboxes") ?? (
          <MailboxTable rows={queues.value?.mailboxes ?? []} more={queues.value?.more ?? 0} />
        )}
      </Part>
      <Part
        title="Time by process"
        hint="Processes without a registered name that ran the same are one row"
      >
        {waitingNote(times, "processes") ?? (
          <TimeTable rows={times.value?.processes ?? []} more={times.value?.moreProcesses ?? 0} />
        )}
      </Part>
      <Limits limits={[...new Set(limits)]} />
    </div>
  );
}

function Part(props: {
  readonly title: string;
  readonly hint: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="section perf-part" aria-label={props.title}>
      <h3 title={props.hint}>{props.title}</h3>
      {props.children}
    </section>
  );
}

function Head({ names }: { readonly names: readonly (readonly [string, string])[] }): JSX.Element {
  return (
    <thead>
      <tr>
        {names.map(([name, title]) => (
          <th key={name} scope="col" title={title}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Who(props: { readonly name: string | null; readonly pid: string }): JSX.Element {
  const isPid = props.pid.startsWith("<");
  return (
    <th scope="row" class="who">
      <span class="clip" title={props.name ?? undefined}>
        {props.name}
      </span>{" "}
      {isPid ? <ProcessLink pid={props.pid} /> : <span class="muted">{props.pid}</span>}
    </th>
  );
}

const length = (value: number): string => (value === 0 ? "0" : value.toPrecision(3));

function BottleneckTable({ rows }: { readonly rows: readonly Bottleneck[] }): JSX.Element {
  if (rows.length === 0) {
    return (
      <p class="muted small">
        None: no process was both busy and kept messages or callers waiting, as far as is recorded.
      </p>
    );
  }
  return (
    <table class="perf-table" data-bottlenecks>
      <Head
        names={[
          ["Process", ""],
          ["Share", "Of all scores"],
          ["Busy", "Share of the time in a callback, waiting inside of it included"],
          ["In mailbox", "Messages on average"],
          ["Callers", "Processes that waited for its reply, on average"],
          ["Longest call", "The call that waited longest for its reply"],
          ["Trend", "Whether much more came than went"],
        ]}
      />
      <tbody>
        {rows.map((row) => (
          <tr key={row.pid} data-pid={row.pid}>
            <Who {...row} />
            <td>
              <span class="share">
                <span class="share-bar">
                  <i style={{ width: `${row.share * 100}%` }} />
                </span>
                {percent(row.share)}
              </span>
            </td>
            <td>{row.busy === null ? "not known" : percent(row.busy)}</td>
            <td>{length(row.meanLength)}</td>
            <td title={`${row.callers} different ones`}>{length(row.meanCallers)}</td>
            <td>{row.longestCall === null ? "" : <EventLink event={row.longestCall} />}</td>
            <td>{row.grows && <span class="warning-text">grows</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function MailboxTable(props: {
  readonly rows: readonly Mailbox[];
  readonly more: number;
}): JSX.Element {
  const { rows, more } = props;
  if (rows.length === 0) {
    return <p class="muted small">No message with a recorded receive was in a mailbox here.</p>;
  }
  return (
    <>
      <table class="perf-table" data-mailboxes>
        <Head
          names={[
            ["Process", ""],
            ["Length", "Messages in the mailbox over the time shown, and the most there were"],
            ["Mean", "Messages on average"],
            ["In / s", "Arrivals per second"],
            ["Could / s", "1 / mean time in a callback: how many it could take"],
            ["Busy", "Share of the time in a callback"],
            ["Dwell p50", "Half of the messages lay there at most so long"],
            ["p95", "95 % of the messages lay there at most so long"],
            ["Max", "The message that lay there longest"],
          ]}
        />
        <tbody>
          {rows.map((row) => (
            <tr key={row.pid} data-pid={row.pid}>
              <Who {...row} />
              <td>
                <Lengths lengths={row.lengths} longest={row.longest} />
              </td>
              <td>{length(row.meanLength)}</td>
              <td>{rateText(row.arrivalRate)}</td>
              <td>{rateText(row.serviceRate)}</td>
              <td>{row.busy === null ? "–" : percent(row.busy)}</td>
              <td>{durationText(row.dwell.p50)}</td>
              <td>{durationText(row.dwell.p95)}</td>
              <td>
                {row.longestDwell === null ? (
                  durationText(row.dwell.max)
                ) : (
                  <EventLink event={row.longestDwell}>{durationText(row.dwell.max)}</EventLink>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p class="muted small">{more.toLocaleString("en")} more mailboxes, shorter on average</p>
      )}
    </>
  );
}

function TimeTable(props: {
  readonly rows: readonly ProcessTimes[];
  readonly more: number;
}): JSX.Element {
  const { rows, more } = props;
  if (rows.length === 0) return <p class="muted small">No call was recorded here.</p>;
  const most = rows.reduce((max, one) => Math.max(max, one.inCallsNs), 1);
  return (
    <>
      <table class="perf-table" data-process-times>
        <Head
          names={[
            ["Process", ""],
            ["In calls", "Running, then waiting (striped)"],
            ["Calls", ""],
            ["Running", "In calls and not waiting"],
            ["For replies", "Waiting in calls for the answer to a call"],
            ["For messages", "Waiting in calls for another message"],
            ["For timers", "Waiting in calls for a timeout, timer or port"],
            ["Idle", "Outside of recorded calls until a message came"],
          ]}
        />
        <tbody>
          {rows.map((row) => (
            <tr key={row.pid} data-pid={row.pid}>
              <Who
                name={
                  row.processes === 1
                    ? row.name
                    : `${row.processes.toLocaleString("en")} × ${row.name ?? "processes"}`
                }
                pid={row.pid}
              />
              <td>
                <span class="time-bar" title={`${formatDuration(row.inCallsNs)} in calls`}>
                  <i class="own" style={{ width: `${(100 * row.runningNs) / most}%` }} />
                  <i class="waited" style={{ width: `${(100 * row.waitingNs) / most}%` }} />
                </span>
              </td>
              <td>{row.calls.toLocaleString("en")}</td>
              <td>{durationText(row.runningNs)}</td>
              <td>{row.waitingFor.reply === 0 ? "" : durationText(row.waitingFor.reply)}</td>
              <td>{row.waitingFor.message === 0 ? "" : durationText(row.waitingFor.message)}</td>
              <td>{row.waitingFor.timer === 0 ? "" : durationText(row.waitingFor.timer)}</td>
              <td>{row.idleNs === 0 ? "" : durationText(row.idleNs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <p class="muted small">{more.toLocaleString("en")} more that ran less in calls</p>
      )}
    </>
  );
}

function EventLink(props: {
  readonly event: number;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { cinema } = useApp();
  return (
    <button
      type="button"
      class="inline-link tabular"
      title="Move the cursor there"
      onClick={() => void cinema.goToEvent(props.event)}
    >
      {props.children ?? "go there"}
    </button>
  );
}
