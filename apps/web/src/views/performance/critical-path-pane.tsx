// One critical path: a bar of its pieces from begin to end, how much each kind takes, and the list of pieces.

import { formatDuration } from "@elixirscope/timeline";
import type { CriticalPath, PathPiece, PieceKind } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { MomentLink, ProcessLink } from "../../panels/moment-link.tsx";
import { percent } from "./amounts.ts";

const WORDS: Readonly<Record<PieceKind, readonly [name: string, text: string]>> = {
  run: ["running", "at work for the request"],
  deliver: ["delivery", "from send to receive, or until it was scheduled"],
  queue: ["in the mailbox", "lay there while the process did other things"],
  wait: ["waiting", "for a timeout, timer or port, or a message of which no send is known"],
  serve: ["not recorded", "a call was answered by a process whose work for it was not recorded"],
  unknown: ["not known", "it is not known what made it go on"],
};

export function CriticalPathPane({ path }: { readonly path: CriticalPath }): JSX.Element {
  return (
    <>
      <header class="perf-detail-head">
        <h2 class="clip">
          <MomentLink t={path.t0} event={path.event} pid={path.pid}>
            <span class="mono">{path.title}</span>
          </MomentLink>{" "}
          <span class="muted">in {path.name ?? path.pid}</span>
        </h2>
        <b class="tabular" data-duration={path.t1 - path.t0}>
          {formatDuration(path.t1 - path.t0)}
        </b>
      </header>
      <Bar path={path} />
      <ul class="path-kinds small" aria-label="Time by kind">
        {path.byKind.map(({ kind, ns, share }) => (
          <li key={kind} title={WORDS[kind][1]} data-kind={kind} data-ns={ns}>
            <i class={`swatch piece-${kind}`} /> {WORDS[kind][0]}{" "}
            <b class="tabular">{formatDuration(ns)}</b>{" "}
            <span class="muted tabular">{percent(share)}</span>
          </li>
        ))}
      </ul>
      <div class="section">
        <h3>Pieces in the order of time</h3>
        <ol class="path-pieces" data-pieces={path.total}>
          {path.pieces.map((piece) => (
            <Piece key={`${piece.t0} ${piece.kind}`} piece={piece} />
          ))}
        </ol>
        {path.total > path.pieces.length && (
          <p class="muted small">
            {(path.total - path.pieces.length).toLocaleString("en")} shorter pieces, together{" "}
            {formatDuration(path.restNs)}, are not listed
          </p>
        )}
      </div>
      <div class="section">
        <h3>Summed up</h3>
        <ol class="path-pieces">
          {path.shares.slice(0, 12).map((share) => (
            <li key={`${share.kind} ${share.mfa ?? ""} ${share.pid}`}>
              <i class={`swatch piece-${share.kind}`} />
              <span class="tabular">{formatDuration(share.ns)}</span>
              <span class="muted tabular">{percent(share.share)}</span>
              <span class="clip" title={share.mfa ?? undefined}>
                {share.mfa === null ? WORDS[share.kind][0] : <span class="mono">{share.mfa}</span>}
              </span>
              <span class="clip muted">{share.name ?? share.pid}</span>
            </li>
          ))}
        </ol>
      </div>
      <Limits limits={path.limits} />
    </>
  );
}

/** From left to right in the order of time; a piece is at least one pixel wide. */
function Bar({ path }: { readonly path: CriticalPath }): JSX.Element {
  const { cinema } = useApp();
  const span = Math.max(1, path.t1 - path.t0);
  return (
    <div class="path-bar" role="group" aria-label="The critical path from begin to end">
      {path.pieces.map((piece) => {
        const left = ((piece.t0 - path.t0) / span) * 100;
        const text = `${wordsOf(piece)}: ${formatDuration(piece.t1 - piece.t0)}, ${percent(piece.share)}`;
        return (
          <button
            key={`${piece.t0} ${piece.kind}`}
            type="button"
            class={`path-piece piece-${piece.kind}`}
            style={{ left: `${left}%`, width: `max(1px, ${piece.share * 100}%)` }}
            title={text}
            aria-label={text}
            tabIndex={piece.share < 0.02 ? -1 : 0}
            onClick={() => cinema.goTo({ t: piece.t0, event: piece.event, pid: piece.pid })}
          >
            <span class="clip">{piece.share > 0.08 ? (piece.mfa ?? piece.name ?? "") : ""}</span>
          </button>
        );
      })}
    </div>
  );
}

function wordsOf({ kind, mfa, name, pid }: PathPiece): string {
  const who = name ?? pid;
  if (kind === "run") return `${mfa ?? "outside of recorded calls"} running in ${who}`;
  if (kind === "queue") return `in the mailbox of ${who}`;
  if (kind === "deliver") return `delivery to ${who}`;
  if (kind === "wait") return `${who} waiting`;
  return `${WORDS[kind][0]}: ${who}`;
}

function Piece({ piece }: { readonly piece: PathPiece }): JSX.Element {
  const { t0, t1, pid, kind } = piece;
  return (
    <li data-piece={kind} data-ns={t1 - t0}>
      <i class={`swatch piece-${kind}`} title={WORDS[kind][1]} />
      <span class="tabular">{formatDuration(t1 - t0)}</span>
      <MomentLink t={t0} event={piece.event} pid={pid} />
      <span class="clip" title={wordsOf(piece)}>
        {kind === "run" && piece.mfa !== null ? (
          <span class="mono">{piece.mfa}</span>
        ) : kind === "run" ? (
          <span class="muted">running outside of recorded calls</span>
        ) : (
          wordsOf(piece)
        )}
      </span>
      {piece.name === null ? (
        <ProcessLink pid={pid} />
      ) : (
        <span class="clip muted" title={pid}>
          {piece.name}
        </span>
      )}
    </li>
  );
}
