// Begins a recording of a live node, with what `elixirscope attach` would do. When that fails, the node is looked at
// as `doctor` does, and what it says is shown.

import { messageOf } from "@elixirscope/base";
import type { CheckView, Target } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../../frame/icons.tsx";
import type { Shelf } from "./shelf.ts";

export function AttachForm(props: {
  readonly shelf: Shelf;
  readonly onClose: () => void;
}): JSX.Element {
  const { shelf, onClose } = props;
  const { connection } = shelf.cinema;
  const node = useSignal("");
  const cookie = useSignal("");
  const cookieFile = useSignal("");
  const selectors = useSignal("");
  const seconds = useSignal("");
  const nodes = useSignal<readonly string[]>([]);
  const doing = useSignal<"nothing" | "attaching" | "checking">("nothing");
  const problem = useSignal<string | null>(null);
  const checks = useSignal<readonly CheckView[]>([]);
  useEffect(() => {
    void connection
      .request("localNodes", {})
      .then(({ names, hosts }) => {
        nodes.value = names.flatMap((name) => hosts.map((host) => `${name}@${host}`));
        return undefined;
      })
      // without EPMD there is nothing to suggest; a name can still be typed
      .catch(() => undefined);
  }, []);
  const target = (): Target => ({
    node: node.value.trim(),
    ...(cookie.value === "" ? {} : { cookie: cookie.value }),
    ...(cookieFile.value === "" ? {} : { cookieFile: cookieFile.value }),
  });
  const check = async (): Promise<void> => {
    doing.value = "checking";
    try {
      checks.value = await connection.request("checkNode", target());
    } catch (error) {
      problem.value = messageOf(error);
    }
    doing.value = "nothing";
  };
  const start = async (): Promise<void> => {
    problem.value = null;
    checks.value = [];
    doing.value = "attaching";
    try {
      const { name } = await connection.request("attachNode", {
        ...target(),
        selectors: lines(selectors.value),
        durationMs: durationOf(seconds.value),
      });
      shelf.goTo(name);
    } catch (error) {
      problem.value = messageOf(error);
      if (node.value.includes("@")) return await check();
    }
    doing.value = "nothing";
  };
  const busy = doing.value !== "nothing";
  return (
    <form
      class="recordings-card attach-form"
      aria-label="Record a node"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void start();
      }}
    >
      <div class="form-grid">
        <Field label="Node" hint="as it was started, with --name or --sname">
          <input
            class="field mono"
            list="local-nodes"
            required
            placeholder="shop@127.0.0.1"
            spellcheck={false}
            value={node.value}
            ref={(input) => {
              if (input !== null && document.activeElement === document.body) input.focus();
            }}
            onInput={(event) => (node.value = event.currentTarget.value)}
          />
          <datalist id="local-nodes">
            {nodes.value.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </Field>
        <Field label="Cookie" hint="empty: ELIXIRSCOPE_COOKIE or ~/.erlang.cookie">
          <input
            class="field mono"
            type="password"
            autocomplete="off"
            value={cookie.value}
            onInput={(event) => (cookie.value = event.currentTarget.value)}
          />
        </Field>
        <Field label="or file with it" hint="a path on this machine">
          <input
            class="field mono"
            spellcheck={false}
            value={cookieFile.value}
            onInput={(event) => (cookieFile.value = event.currentTarget.value)}
          />
        </Field>
        <Field label="Stop after" hint="seconds; empty: when you stop it">
          <input
            class="field"
            inputMode="decimal"
            value={seconds.value}
            onInput={(event) => (seconds.value = event.currentTarget.value)}
          />
        </Field>
      </div>
      <Field label="What to trace" hint="one selector a line; empty: the node’s own applications">
        <textarea
          class="field mono"
          rows={2}
          spellcheck={false}
          placeholder={"Shop.Cart.*\nShop.Inventory.reserve(_, n) when n > 3"}
          value={selectors.value}
          onInput={(event) => (selectors.value = event.currentTarget.value)}
        />
      </Field>
      {problem.value !== null && (
        <p class="recordings-problem mono" role="alert">
          {problem.value}
        </p>
      )}
      {checks.value.length > 0 && <Checks checks={checks.value} />}
      <div class="form-row">
        <button type="submit" class="button primary" disabled={busy || node.value.trim() === ""}>
          {doing.value === "attaching" ? "Attaching…" : "Start recording"}
        </button>
        <button
          type="button"
          class="button"
          disabled={busy || node.value.trim() === ""}
          onClick={() => void check()}
        >
          {doing.value === "checking" ? "Checking…" : "Check the node"}
        </button>
        <span class="muted small">
          Calls, messages, lives and states within the default budgets. Nothing stays in the node.
        </span>
        <span class="grow" />
        <button type="button" class="button" onClick={onClose}>
          Close
        </button>
      </div>
    </form>
  );
}

function Field(props: {
  readonly label: string;
  readonly hint: string;
  readonly children: JSX.Element | readonly JSX.Element[];
}): JSX.Element {
  return (
    <label class="form-field">
      <span class="form-label">{props.label}</span>
      {props.children}
      <span class="muted small">{props.hint}</span>
    </label>
  );
}

const MARKS = { ok: "✓", warn: "!", fail: "✗" } as const;

function Checks({ checks }: { readonly checks: readonly CheckView[] }): JSX.Element {
  return (
    <ul class="checks" aria-label="What was checked">
      {checks.map(({ name, result, detail, advice }) => (
        <li key={name} class={result}>
          <span class="check-mark" title={result}>
            {MARKS[result]}
          </span>
          <strong>{name}</strong>
          <span>
            {detail}
            {advice !== "" && (
              <span class="muted">
                {" "}
                <Icon name="right" /> {advice}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function lines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function durationOf(text: string): number | null {
  if (text.trim() === "") return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return Math.max(1, Math.round(seconds * 1000));
  throw new Error(`“${text}” is not a number of seconds; leave it empty to stop it yourself`);
}
