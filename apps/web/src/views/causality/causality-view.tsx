// Why: the causes and effects of an event, the report of a crash, where a value came from, why a clause was chosen.

import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { CausesMode } from "./causes-mode.tsx";
import { ClausesMode } from "./clauses-mode.tsx";
import { OriginMode } from "./origin-mode.tsx";
import "./causality.css";

const MODES = [
  ["causes", "Causes and effects", CausesMode],
  ["origin", "Origin of a value", OriginMode],
  ["clauses", "Why this clause", ClausesMode],
] as const;

export function CausalityView(): JSX.Element {
  const { cinema } = useApp();
  const mode = cinema.param("causality.mode");
  const chosen = MODES.find(([name]) => name === mode.value) ?? MODES[0];
  const [name, , Mode] = chosen;
  return (
    <div class="causality">
      <Mode key={name}>
        <div class="segmented" role="group" aria-label="What is asked">
          {MODES.map(([one, title]) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === name}
              onClick={() => (mode.value = one === "causes" ? "" : one)}
            >
              {title}
            </button>
          ))}
        </div>
      </Mode>
    </div>
  );
}
