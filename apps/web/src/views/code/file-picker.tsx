// The files and modules of the recording by name, and the functions of the one that is shown.

import type { SourceFileView, SourceFunction, SourceView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLoader } from "../../frame/use-loader.ts";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";

const MOST = 200;

export function FileList(props: {
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
  /** typing goes to the filter at once; elsewhere the keys of the page go on working */
  readonly focused?: boolean;
}): JSX.Element {
  const filter = useSignal("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (props.focused === true) input.current?.focus();
  }, []);
  const loaded = useLoader("sources", () => ({
    subject: "sources",
    params: { filter: filter.value, offset: 0, limit: MOST },
  }));
  const { value } = loaded;
  return (
    <>
      <input
        ref={input}
        type="search"
        class="picker-filter"
        aria-label="Filter files and modules"
        placeholder="Filter files and modules"
        value={filter.value}
        onInput={(event) => (filter.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = value?.files ?? [];
          if (event.key === "Enter" && first !== undefined) props.choose(first.name);
        }}
      />
      {value === null ? (
        waitingNote(loaded, "list of files")
      ) : (
        <ul class="picker-list" aria-label="Files and modules">
          {value.files.map((file) => (
            <li key={file.name}>
              <button
                type="button"
                aria-current={file.name === props.chosen ? "true" : undefined}
                onClick={() => props.choose(file.name)}
              >
                <span class="mono clip" title={file.name}>
                  {file.name}
                </span>
                <span class="muted small clip" title={file.modules.join(", ")}>
                  {file.modules.filter((module) => module !== file.name).join(", ")}
                </span>
                <span class="muted small tabular">{knownOf(file)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {value?.total === 0 && (
        <PanelNote title={filter.value === "" ? "No code was recorded" : "No such file"} />
      )}
      {value !== null && value.total > value.files.length && (
        <p class="muted small picker-more">
          {(value.total - value.files.length).toLocaleString("en")} more: narrow the filter
        </p>
      )}
    </>
  );
}

function knownOf({ calls, hasText, isInstrumented }: SourceFileView): string {
  const count = `${calls.toLocaleString("en")} call${calls === 1 ? "" : "s"}`;
  if (!hasText) return `${count} · no text`;
  return isInstrumented ? count : `${count} only`;
}

export function FunctionList(props: {
  readonly source: SourceView;
  readonly choose: (one: SourceFunction) => void;
}): JSX.Element {
  const { functions, modules, text } = props.source;
  const prefix = modules.length === 1 ? `${modules[0] ?? ""}.` : "";
  return (
    <ul class="picker-list functions" aria-label={`Functions of ${props.source.name}`}>
      {functions.map((one) => (
        <li key={`${one.mfa} ${one.line ?? ""}`}>
          <button type="button" title={one.mfa} onClick={() => props.choose(one)}>
            <span class="mono clip">
              {one.mfa.startsWith(prefix) ? one.mfa.slice(prefix.length) : one.mfa}
            </span>
            <span class="muted small tabular">{callsOf(one, text !== null)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Where there is text, it is said of which functions only calls are known. */
function callsOf({ calls, isInstrumented }: SourceFunction, hasText: boolean): string {
  if (calls === null) return "not recorded";
  if (calls === 0) return "was not called";
  return `${calls.toLocaleString("en")} call${calls === 1 ? "" : "s"}${isInstrumented || !hasText ? "" : " only"}`;
}
