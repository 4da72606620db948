// A term as Elixir prints it, opened level by level. Everything shown comes from the target: text nodes only.

import type { DiffEntry, TermNode as Shown, TermView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../frame/icons.tsx";
import { childPath, isWithin } from "./term-path.ts";

export type Changes = ReadonlyMap<string, DiffEntry["kind"]>;

export function changesOf(diff: readonly DiffEntry[]): Changes {
  return new Map(diff.map(({ path, kind }) => [path, kind]));
}

const NONE: Changes = new Map();

export function TermTree({
  term,
  name,
  changes = NONE,
}: {
  readonly term: TermView;
  readonly name: string;
  readonly changes?: Changes;
}): JSX.Element {
  return (
    <div class="term mono" role="tree" aria-label={name}>
      <TermNode term={term} label={null} path="" open changes={changes} />
    </div>
  );
}

function TermNode(props: {
  readonly term: TermView;
  readonly label: string | null;
  readonly path: string;
  readonly open: boolean;
  readonly changes: Changes;
}): JSX.Element {
  const { term, label, path, changes } = props;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const children = term.children ?? [];
  const expandable = children.length > 0;
  const within = expandable && [...changes.keys()].some((changed) => isWithin(changed, path));
  const open = expandable && (chosen ?? (props.open || within));
  const change = changes.get(path);
  const row = `term-row${change === undefined ? "" : ` ${change}`}`;
  return (
    <div class="term-node" role="treeitem" aria-expanded={expandable ? open : undefined}>
      <div class={row}>
        {expandable ? (
          <button
            type="button"
            class={open ? "fold open" : "fold"}
            aria-label={`${open ? "Collapse" : "Expand"} ${label ?? "the term"}`}
            onClick={() => setChosen(!open)}
          >
            <Icon name="chevron" />
          </button>
        ) : (
          <span class="fold none" />
        )}
        {label !== null && <span class="term-key">{label}</span>}
        <span class={`term-text ${term.kind}`} title={term.kind === "cut" ? CUT : undefined}>
          {open ? opening({ ...term, size: children.length + (term.more ?? 0) }) : term.text}
        </span>
        {change !== undefined && <span class={`mark ${change}`}>{change}</span>}
      </div>
      {open && (
        <div class="term-children" role="group">
          {children.map((child, i) => (
            <TermNode
              key={child.key ?? i}
              term={child.value}
              label={child.key ?? indexLabel(term, i)}
              path={childPath(path, term.kind, child.key, i)}
              open={false}
              changes={changes}
            />
          ))}
          {(term.more ?? 0) > 0 && (
            <div class="term-row note">
              <span class="fold none" />
              {(term.more ?? 0).toLocaleString("en")} more, not shown
            </div>
          )}
        </div>
      )}
    </div>
  );
}

export const CUT = "Not recorded: cut by the payload limits of this recording";

/** What stands for an opened term in its own row; its parts follow below. */
export function opening({ kind, text, size }: Pick<Shown, "kind" | "text" | "size">): string {
  if (kind === "struct") return `${/^[%#][^{<(]*/.exec(text)?.[0] ?? "%"}{}`;
  if (kind === "map") return `%{} ${count(size, "key")}`;
  if (kind === "list") return `[] ${count(size, "item")}`;
  return kind === "tuple" ? `{} ${count(size, "element")}` : text;
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
}

function indexLabel(parent: TermView, index: number): string | null {
  return parent.kind === "list" || parent.kind === "tuple" ? String(index) : null;
}
