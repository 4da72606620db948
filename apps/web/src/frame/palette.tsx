// The command palette: every command of the page, and whatever the recording has by that name, found by the
// letters that are typed.

import type { SearchHit } from "@elixirscope/wire";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { useApp, type App } from "./app-context.ts";
import { chordText, type Command } from "./command.ts";
import { commandsOf } from "./commands.ts";
import { Dialog } from "./dialog.tsx";
import { fuzzyMatch } from "./fuzzy.ts";
import { goToHit, HitRow } from "./search-hits.tsx";
import { useLoader } from "./use-loader.ts";

const MOST_COMMANDS = 60;
const MOST_LOOSE = 6;
const MOST_HITS = 20;

export function Palette(): JSX.Element {
  return (
    <Dialog overlay="palette" name="Commands">
      <PaletteContent />
    </Dialog>
  );
}

type Entry =
  | { readonly kind: "command"; readonly command: Command; readonly at: readonly number[] }
  | { readonly kind: "hit"; readonly hit: SearchHit };

function PaletteContent(): JSX.Element {
  const app = useApp();
  const text = useSignal("");
  const chosen = useSignal(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const words = text.value.trim();
  const found = useLoader(
    "search",
    () => {
      const wanted = text.value.trim();
      const params = { text: wanted, limit: MOST_HITS };
      return wanted.length < 2 ? null : { subject: wanted, params };
    },
    "still",
  );
  const commands = matching(commandsOf(app), words);
  const hits = words.length < 2 ? [] : (found.value ?? []);
  const entries: readonly Entry[] = [
    ...commands.meant,
    ...hits.map((hit): Entry => ({ kind: "hit", hit })),
    ...commands.loose,
  ];
  const at = Math.min(chosen.value, Math.max(0, entries.length - 1));
  useLayoutEffect(() => input.current?.focus(), []);
  useLayoutEffect(() => {
    list.current?.querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const run = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    app.overlay.value = null;
    runEntry(app, entry);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    const last = Math.max(0, entries.length - 1);
    if (event.key === "Enter") run(entries[at]);
    else if (event.key === "ArrowDown") chosen.value = at === last ? 0 : at + 1;
    else if (event.key === "ArrowUp") chosen.value = at === 0 ? last : at - 1;
    else if (event.key === "PageDown") chosen.value = Math.min(last, at + 8);
    else if (event.key === "PageUp") chosen.value = Math.max(0, at - 8);
    else return;
    event.preventDefault();
  };
  return (
    <div class="palette-content">
      <input
        ref={input}
        type="text"
        role="combobox"
        placeholder="A command, process, function or message"
        aria-label="Find a command or something recorded"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries.length > 0 ? `palette-${at}` : undefined}
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="palette-list" ref={list} role="listbox" aria-label="Commands and what is recorded">
        {entries.map((entry, i) => (
          <li
            key={entry.kind === "command" ? entry.command.id : `hit ${i}`}
            id={`palette-${i}`}
            role="option"
            aria-selected={i === at}
            class={i === at ? "chosen" : ""}
            onPointerMove={() => (chosen.value = i)}
            onClick={() => run(entry)}
          >
            <EntryRow entry={entry} />
          </li>
        ))}
        {entries.length === 0 && (
          <li class="muted note" role="option" aria-selected={false}>
            {found.error ??
              (found.busy ? "Searching…" : "No command and nothing recorded matches.")}
          </li>
        )}
      </ul>
    </div>
  );
}

function EntryRow({ entry }: { readonly entry: Entry }): JSX.Element {
  if (entry.kind === "hit") return <HitRow hit={entry.hit} />;
  const { command, at } = entry;
  return (
    <>
      <span class="muted group">{command.group}</span>
      <span class="clip" title={command.detail ?? command.title}>
        <Marked text={command.title} at={at} />
        {command.detail !== undefined && <span class="muted small"> {command.detail}</span>}
      </span>
      <span class="keys">
        {command.keys?.slice(0, 1).map((chord) => (
          <kbd key={chord}>{chordText(chord)}</kbd>
        ))}
      </span>
    </>
  );
}

/** The letters that matched stand out. */
function Marked(props: { readonly text: string; readonly at: readonly number[] }): JSX.Element {
  const places = new Set(props.at);
  const parts: { text: string; readonly on: boolean }[] = [];
  for (const [i, letter] of props.text.split("").entries()) {
    const last = parts.at(-1);
    if (last?.on === places.has(i)) last.text += letter;
    else parts.push({ text: letter, on: places.has(i) });
  }
  return <>{parts.map(({ text, on }, i) => (on ? <b key={i}>{text}</b> : text))}</>;
}

/** Those that are meant, best first, and those that only have the letters. */
function matching(
  commands: readonly Command[],
  words: string,
): { readonly meant: readonly Entry[]; readonly loose: readonly Entry[] } {
  const found = commands
    .filter(({ isOffered }) => isOffered === undefined || isOffered())
    .flatMap((command) => {
      const inTitle = fuzzyMatch(words, command.title);
      const inAll = fuzzyMatch(words, textOf(command));
      const match = inTitle?.loose === 0 ? inTitle : inAll;
      if (match === null) return [];
      const entry: Entry = { kind: "command", command, at: inTitle?.at ?? [] };
      const score = match === inTitle ? match.score : match.score - 20;
      return [{ entry, score, isLoose: match.loose > 0 }];
    })
    .toSorted((a, b) => (words === "" ? 0 : b.score - a.score));
  const entriesOf = (isLoose: boolean, most: number): readonly Entry[] =>
    found
      .filter((one) => one.isLoose === isLoose)
      .slice(0, most)
      .map(({ entry }) => entry);
  return { meant: entriesOf(false, MOST_COMMANDS), loose: entriesOf(true, MOST_LOOSE) };
}

function textOf({ title, group, detail = "", words = "" }: Command): string {
  return `${title} ${group} ${detail} ${words}`;
}

function runEntry(app: App, entry: Entry): void {
  if (entry.kind === "command") entry.command.run();
  else goToHit(app.cinema, entry.hit);
}
