// Has a function of the live target recorded from inside, by changing its code in place, and says what
// came of it. What is refused is said with the reason that the target gave.

import { messageOf } from "@elixirscope/base";
import type { Instrumentation } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../frame/app-context.ts";

type Outcome = { readonly text: string; readonly isDone: boolean };

/** `mfa`: as `Shop.Cart.add/3`. */
export function LookInside({ mfa }: { readonly mfa: string }): JSX.Element | null {
  const { cinema } = useApp();
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  if (!cinema.live.value) return null;
  const ask = async (method: "instrument" | "restore"): Promise<void> => {
    setBusy(true);
    try {
      setOutcome(outcomeOf(method, await cinema.connection.request(method, { selectors: [mfa] })));
    } catch (thrown) {
      setOutcome({ text: messageOf(thrown), isDone: false });
    }
    setBusy(false);
  };
  return (
    <div class="look-inside">
      <button
        type="button"
        class="button"
        disabled={busy}
        title="Record variables and branches of this function from now on: its module's code is changed in place"
        onClick={() => void ask("instrument")}
      >
        Look inside
      </button>
      {outcome?.isDone === true && (
        <button type="button" class="button" disabled={busy} onClick={() => void ask("restore")}>
          Give the code back
        </button>
      )}
      <span class="muted small" role="status">
        {busy ? "Changing the target’s code…" : (outcome?.text ?? "")}
      </span>
    </div>
  );
}

function outcomeOf(method: "instrument" | "restore", reply: Instrumentation): Outcome {
  const [refused] = reply.refused;
  if (refused !== undefined) return { text: refused.message, isDone: false };
  if (method === "restore") return { text: "Its own code is back.", isDone: false };
  const modules = reply.modules.map(({ module }) => module).join(", ");
  return { text: `Recorded from inside: ${modules}`, isDone: true };
}
