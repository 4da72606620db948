// The help overlay: every command that has a key, what the pointer does, and what the shapes mean.

import type { MarkView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "./app-context.ts";
import { GROUPS, keyCaps } from "./command.ts";
import { commandsOf } from "./commands.ts";
import { CloseButton, Dialog } from "./dialog.tsx";

const POINTER: readonly (readonly [string, string])[] = [
  ["Drag in the lanes", "move in time"],
  ["Shift + drag", "select a range"],
  ["Ctrl + wheel", "zoom about the pointer"],
  ["Double click a box", "zoom to that call"],
  ["Drag the ruler", "move the cursor"],
  ["Drag in the strip", "choose what is shown"],
];

const LEGEND: readonly (readonly [MarkView["kind"], string])[] = [
  ["send", "message sent"],
  ["receive", "message received"],
  ["state", "state change"],
  ["spawn", "spawn"],
  ["exit", "exit"],
  ["exception", "exception"],
];

const SHAPES: Readonly<Record<MarkView["kind"], string>> = {
  send: "M2 11.600 8 4l6 7.600z",
  receive: "M2 4.400 8 12l6-7.600z",
  state: "m8 2.500 5.500 5.500L8 13.500 2.500 8z",
  spawn: "M8 13a5 5 0 1 0 0-10 5 5 0 0 0 0 10z",
  exit: "M3.500 3.500h9v9h-9z",
  exception: "M3 5l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z",
  link: "M3 7h10v2H3z",
};

export function Help(): JSX.Element {
  return (
    <Dialog overlay="help" name="Keyboard shortcuts and legend">
      <div class="help-content">
        <Keys />
        <Signs />
        <p class="help-foot muted small">
          <kbd>Ctrl</kbd> <kbd>K</kbd> lists every command, also those without a key.
          <CloseButton />
        </p>
      </div>
    </Dialog>
  );
}

function Keys(): JSX.Element {
  const commands = commandsOf(useApp());
  return (
    <section class="help-keys">
      {GROUPS.map((group) => {
        const withKeys = commands.filter((one) => one.group === group && one.keys !== undefined);
        if (withKeys.length === 0) return null;
        return (
          <div key={group}>
            <h2>{group}</h2>
            <dl>
              {withKeys.map(({ id, title, keys = [] }) => (
                <div key={id}>
                  <dt>
                    {keys.flatMap(keyCaps).map((cap, i) => (
                      <kbd key={`${cap} ${i}`}>{cap}</kbd>
                    ))}
                  </dt>
                  <dd>{title}</dd>
                </div>
              ))}
            </dl>
          </div>
        );
      })}
    </section>
  );
}

function Signs(): JSX.Element {
  return (
    <section class="help-signs">
      <h2>Pointer</h2>
      <dl>
        {POINTER.map(([gesture, meaning]) => (
          <div key={gesture}>
            <dt>{gesture}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <h2>Legend</h2>
      <ul class="legend">
        {LEGEND.map(([kind, meaning]) => (
          <li key={kind}>
            <svg
              viewBox="0 0 16 16"
              width="14"
              height="14"
              class={`glyph ${kind}`}
              aria-hidden="true"
            >
              <path d={SHAPES[kind]} />
            </svg>
            {meaning}
          </li>
        ))}
        <li>
          <span class="swatch gap" aria-hidden="true" /> hatched: not recorded
        </li>
        <li>
          <span class="swatch raised" aria-hidden="true" /> red edge: raised
        </li>
        <li>
          <span class="swatch open" aria-hidden="true" /> ragged end: end not seen
        </li>
        <li>
          <span class="swatch result" aria-hidden="true" /> flag: a row of a query
        </li>
        <li>
          <span class="swatch merged" aria-hidden="true" /> ×12: calls too short to draw apart
        </li>
      </ul>
    </section>
  );
}
