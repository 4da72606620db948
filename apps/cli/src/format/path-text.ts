// A critical path as text: what it was made of, then its pieces in the order of time.

import type { CriticalPath, PathPiece, PathShare, PieceKind } from "@elixirscope/query";
import { columnsText, left, right } from "./columns.ts";
import { noteLines } from "./note-lines.ts";
import { percent, shortDuration } from "./short-duration.ts";
import { styled } from "./style.ts";
import { formatCount } from "./units.ts";
import { visible } from "./visible.ts";

const MOST_SHARES = 10;

const WORDS: Readonly<Record<PieceKind, string>> = {
  run: "running",
  deliver: "delivery",
  queue: "queued",
  wait: "waiting",
  serve: "served",
  unknown: "unknown",
};

const MEANINGS: Readonly<Partial<Record<PieceKind, string>>> = {
  deliver:
    "delivery: sent and not yet received, the receiver was free: on its way, or waiting for a scheduler",
  queue: "queued: in the mailbox while the process did other things",
  wait: "waiting: for a timeout, a timer, a port, or a message of which no send is known",
  serve: "served: from a call to its reply; what the server did is not known",
};

export function pathText(path: CriticalPath, stream: NodeJS.WriteStream): string {
  const duration = path.t1 - path.t0;
  const made = path.byKind.map(({ kind, share }) => `${percent(share)} ${WORDS[kind]}`).join(", ");
  const who = whoText(path);
  const rest = path.total - path.pieces.length;
  return [
    styled(stream, "bold", visible(`${path.title} in ${who}: ${shortDuration(duration)}`)),
    `${made}; ${formatCount(path.total)} pieces that sum to the whole`,
    "",
    sharesTable(path.shares.slice(0, MOST_SHARES), stream),
    "",
    piecesTable(path, stream),
    ...(rest > 0
      ? [`… ${formatCount(rest)} shorter pieces, ${shortDuration(path.restNs)} (--limit)`]
      : []),
    ...path.byKind.flatMap(({ kind }) => MEANINGS[kind] ?? []),
    ...noteLines(path.limits, stream),
  ].join("\n");
}

function sharesTable(shares: readonly PathShare[], stream: NodeJS.WriteStream): string {
  const rows = shares.map((one) => [
    percent(one.share),
    shortDuration(one.ns),
    formatCount(one.pieces),
    WORDS[one.kind],
    one.mfa ?? (one.kind === "run" ? "outside of recorded calls" : ""),
    whoText(one),
  ]);
  const columns = [
    ...["share", "time", "pieces"].map(right),
    ...["", "function", "process"].map(left),
  ];
  return columnsText(columns, rows, stream);
}

function piecesTable({ t0, pieces }: CriticalPath, stream: NodeJS.WriteStream): string {
  const rows = pieces.map((piece: PathPiece) => [
    `+${shortDuration(piece.t0 - t0)}`,
    shortDuration(piece.t1 - piece.t0),
    percent(piece.share),
    piece.event === null ? "" : `#${piece.event}`,
    WORDS[piece.kind],
    piece.mfa ?? "",
    whoText(piece),
  ]);
  const columns = [
    ...["at", "for", "share", "event"].map(right),
    ...["", "mostly in", "process"].map(left),
  ];
  return columnsText(columns, rows, stream);
}

function whoText({ pid, name }: { readonly pid: string; readonly name: string | null }): string {
  return name === null ? pid : `${name} ${pid}`;
}
