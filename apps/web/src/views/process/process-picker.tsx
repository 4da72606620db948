// Adds a process to the diagram: by name, or of those that speak with the selected one.

import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { MOST_COLUMNS } from "@elixirscope/wire";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import { whole, type ProcessModel } from "./process-model.ts";

const MOST = 30;

type Option = { readonly pid: string; readonly name: string | null; readonly fact: string };

export function ProcessPicker({ model }: { readonly model: ProcessModel }): JSX.Element {
  const open = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const isFull = model.pids.value.length >= MOST_COLUMNS;
  return (
    <span class="seq-picker">
      <button
        ref={button}
        type="button"
        class="button"
        aria-expanded={open.value}
        aria-haspopup="dialog"
        disabled={isFull}
        title={isFull ? `${MOST_COLUMNS} processes are shown at most` : "Add a process"}
        onClick={() => (open.value = !open.value)}
      >
        <Icon name="zoomIn" />
        Process
      </button>
      {open.value && (
        <Choices
          model={model}
          onClose={() => {
            open.value = false;
            button.current?.focus();
          }}
        />
      )}
    </span>
  );
}

function Choices({
  model,
  onClose,
}: {
  readonly model: ProcessModel;
  readonly onClose: () => void;
}): JSX.Element {
  const { cinema } = useApp();
  const text = useSignal("");
  const chosen = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const found = useLoader("processes", () => {
    const filter = text.value.trim();
    return filter === "" ? null : { subject: "", params: { filter, offset: 0, limit: MOST } };
  });
  const spoke = useLoader("partners", () => {
    const pid = cinema.pid.value;
    const range = whole(model.range.value);
    return {
      subject: pid ?? "",
      params: { ...range, ...(pid === null ? {} : { pid }), limit: MOST },
    };
  });
  useEffect(() => {
    input.current?.focus();
    const onDown = ({ target }: PointerEvent): void => {
      if (target instanceof Node && box.current?.contains(target) === false) onClose();
    };
    globalThis.addEventListener("pointerdown", onDown);
    return () => globalThis.removeEventListener("pointerdown", onDown);
  }, []);
  const isSearch = text.value.trim() !== "";
  const shown = model.pids.value;
  const options: readonly Option[] = (
    isSearch
      ? (found.value?.rows ?? []).map((row) => ({
          pid: row.pid,
          name: row.name ?? row.label ?? row.initialCall,
          fact: row.application ?? "",
        }))
      : (spoke.value?.partners ?? []).map(({ pid, name, messages }) => ({
          pid,
          name,
          fact: `${messages.toLocaleString("en")} messages`,
        }))
  ).filter(({ pid }) => !shown.includes(pid));
  const at = Math.min(chosen.value, options.length - 1);
  const add = (option: Option | undefined): void => {
    if (option === undefined) return;
    model.choose([...shown, option.pid]);
    text.value = "";
    chosen.value = 0;
    input.current?.focus();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) chosen.value = Math.min(Math.max(0, at + step), options.length - 1);
    else if (event.key === "Enter") add(options[at]);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const busy = isSearch ? found.busy : spoke.busy;
  return (
    <div ref={box} class="seq-choices" role="dialog" aria-label="Add a process">
      <input
        ref={input}
        type="search"
        role="combobox"
        list={undefined}
        aria-expanded="true"
        aria-controls="seq-options"
        aria-activedescendant={at < 0 ? undefined : `seq-option-${at}`}
        aria-label="Find a process by name, pid or application"
        placeholder="Name, pid or application"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <p class="small muted seq-choices-title">
        {isSearch
          ? "Processes of the recording"
          : cinema.pid.value === null
            ? "Most messages in what is shown"
            : `Most messages with ${cinema.pid.value}`}
      </p>
      <ul id="seq-options" role="listbox" aria-label="Processes" aria-busy={busy}>
        {options.map((option, i) => (
          <li
            key={option.pid}
            id={`seq-option-${i}`}
            role="option"
            aria-selected={i === at}
            title={`${option.name ?? option.pid} ${option.pid}`}
            onClick={() => add(option)}
          >
            <span class="clip">{option.name ?? option.pid}</span>
            <span class="mono muted">{option.name === null ? "" : option.pid}</span>
            <span class="small muted seq-option-fact">{option.fact}</span>
          </li>
        ))}
      </ul>
      {options.length === 0 && (
        <p class="small muted seq-choices-title">{busy ? "Looking…" : "No other process found."}</p>
      )}
    </div>
  );
}
