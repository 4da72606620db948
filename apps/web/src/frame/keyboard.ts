// Keys that work anywhere on the page: each command's chords, except while typing or under a dialog.

import type { App } from "./app-context.ts";
import { chordsOf, type Command } from "./command.ts";
import { commandsOf } from "./commands.ts";

/** How long the second key of `g t` may take. */
const SEQUENCE_MS = 1_500;

export function attachKeyboard(app: App, target: Window): () => void {
  const byChord = new Map(
    commandsOf(app).flatMap((command) =>
      (command.keys ?? []).map((key) => [key, command] as const),
    ),
  );
  const firsts = new Set(
    [...byChord.keys()].filter((key) => /^\S \S$/.test(key)).map((key) => key.slice(0, 1)),
  );
  let first: { readonly key: string; readonly at: number } | null = null;
  // a button that was clicked keeps the focus; Space presses it again only for who came to it by keyboard
  let chosenByKey = false;
  const onFocus = ({ target: focused }: FocusEvent): void => {
    chosenByKey = focused instanceof HTMLElement && focused.matches(":focus-visible");
  };
  const commandOf = (event: KeyboardEvent): Command | "first" | null => {
    const chords = chordsOf(event);
    const before = first !== null && event.timeStamp - first.at < SEQUENCE_MS ? first.key : null;
    first = null;
    for (const chord of chords) {
      const command = byChord.get(before === null ? chord : `${before} ${chord}`);
      if (command !== undefined) return command;
    }
    const [key] = chords;
    if (before !== null || key === undefined || !firsts.has(key)) return null;
    first = { key, at: event.timeStamp };
    return "first";
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const withControl = event.ctrlKey || event.metaKey;
    if (!withControl && (isTyping(event.target) || app.overlay.peek() !== null)) return;
    if (event.key === " " && event.target instanceof HTMLButtonElement && chosenByKey) return;
    const command = commandOf(event);
    if (command === null) return;
    event.preventDefault();
    if (command !== "first") command.run();
  };
  target.addEventListener("focusin", onFocus);
  target.addEventListener("keydown", onKeyDown);
  return () => {
    target.removeEventListener("focusin", onFocus);
    target.removeEventListener("keydown", onKeyDown);
  };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && (target.isContentEditable || target.shadowRoot !== null)) ||
    (target instanceof HTMLInputElement && target.type !== "checkbox")
  );
}
