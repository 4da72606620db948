// The facts of the constellation as tables: processes, or who sent to whom. Only rows in sight are in the
// document.

import { bytesText } from "@elixirscope/base";
import type { SystemEdge, SystemNode, SystemView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { MomentLink } from "../../panels/moment-link.tsx";
import { edgeParamOf } from "./system-params.ts";
import { lifeText, mailboxText, rateText } from "./system-text.ts";
import { WindowedTable, type Column } from "./windowed-table.tsx";

type Props = {
  readonly view: SystemView;
  readonly withMailbox: boolean;
  readonly choose: (node: SystemNode) => void;
};

export function SystemTable({ view, withMailbox, choose }: Props): JSX.Element {
  const { cinema } = useApp();
  const shows = useSignal<"processes" | "messages">("processes");
  const pid = cinema.pid.value;
  return (
    <div class="system-table">
      <div class="segmented" role="group" aria-label="Which table">
        {(["processes", "messages"] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={shows.value === one}
            onClick={() => (shows.value = one)}
          >
            {one === "processes" ? "Processes" : "Who sent to whom"}
          </button>
        ))}
      </div>
      {shows.value === "processes" ? (
        <WindowedTable
          name="Processes"
          rows={view.nodes}
          columns={processColumns(view, withMailbox, choose)}
          keyOf={({ id }) => id}
          isChosen={({ id }) => id === pid}
          sort="Messages in"
        />
      ) : (
        <WindowedTable
          name="Who sent to whom"
          rows={view.edges}
          columns={edgeColumns(view, ({ from, to }) => {
            cinema.param("system.edge").value = edgeParamOf({ a: from, b: to });
          })}
          keyOf={({ from, to }) => `${from} ${to}`}
          isChosen={() => false}
          sort="Messages"
        />
      )}
    </div>
  );
}

function processColumns(
  view: SystemView,
  withMailbox: boolean,
  choose: (node: SystemNode) => void,
): readonly Column<SystemNode>[] {
  const hulls = new Map(view.hulls.map(({ id, label }) => [id, label]));
  const hull = (node: SystemNode): string => hulls.get(node.hull) ?? node.hull;
  const columns: Column<SystemNode>[] = [
    {
      title: "Process",
      value: ({ label }) => label,
      cell: (node) => (
        <button
          type="button"
          class="inline-link"
          title={
            node.process === null && node.count > 1
              ? "List its processes apart"
              : "Select this process"
          }
          onClick={() => choose(node)}
        >
          {node.label}
          {node.count > 1 ? ` × ${node.count.toLocaleString("en")}` : ""}
        </button>
      ),
    },
    {
      title: "Pid",
      value: ({ process }) => process?.pid ?? "",
      cell: ({ process }) => <span class="mono">{process?.pid ?? ""}</span>,
    },
    {
      title: "Behaviour",
      value: ({ process }) => process?.behaviour ?? "",
      cell: ({ process }) => process?.behaviour ?? "",
    },
    { title: "Supervised by", value: hull, cell: hull },
    number("Messages in", ({ received }) => received),
    number("Messages out", ({ sent }) => sent),
    {
      title: "Life",
      value: lifeText,
      cell: (node) => (
        <span class={node.crashed > 0 ? "error" : ""} title={lifeText(node)}>
          {lifeText(node)}
        </span>
      ),
    },
    {
      title: "Spawned",
      value: ({ process }) => process?.tSpawned ?? -1,
      cell: ({ process }) => moment(process?.tSpawned, process?.pid),
    },
    {
      title: "Exited",
      value: ({ process }) => process?.tExited ?? -1,
      cell: ({ process }) => moment(process?.tExited, process?.pid),
    },
  ];
  if (withMailbox) {
    columns.splice(4, 0, {
      title: "Mailbox",
      value: ({ mailbox }) => mailbox ?? -1,
      cell: mailboxText,
    });
  }
  return columns;
}

function edgeColumns(
  view: SystemView,
  open: (edge: SystemEdge) => void,
): readonly Column<SystemEdge>[] {
  const labels = new Map(
    view.nodes.map(({ id, label, process }) => [
      id,
      process?.name == null && process !== null ? `${label} ${id}` : label,
    ]),
  );
  const name = (id: string): string => labels.get(id) ?? id;
  return [
    { title: "From", value: ({ from }) => name(from), cell: ({ from }) => name(from) },
    { title: "To", value: ({ to }) => name(to), cell: ({ to }) => name(to) },
    {
      title: "Messages",
      isNumber: true,
      value: ({ messages }) => messages,
      cell: (edge) => (
        <button
          type="button"
          class="inline-link tabular"
          title="List these messages"
          onClick={() => open(edge)}
        >
          {edge.messages.toLocaleString("en")}
        </button>
      ),
    },
    {
      title: "Rate",
      isNumber: true,
      value: ({ messages }) => messages,
      cell: ({ messages }) => rateText(messages, view.t1 - view.t0),
    },
    {
      title: "Mean payload",
      isNumber: true,
      value: ({ size }) => size?.mean ?? -1,
      cell: ({ size, messages }) =>
        size === null ? (
          <i class="muted">not looked at</i>
        ) : (
          `${size.of < messages ? "≈ " : ""}${bytesText(size.mean)}`
        ),
    },
  ];
}

function number(title: string, value: (node: SystemNode) => number): Column<SystemNode> {
  return { title, isNumber: true, value, cell: (node) => value(node).toLocaleString("en") };
}

function moment(t: number | null | undefined, pid: string | undefined): ComponentChildren {
  if (t === null || t === undefined) return "";
  return <MomentLink t={t} pid={pid ?? null} />;
}
