// A file from this machine becomes a recording of the folder: chosen or dropped, sent with progress, read there.

import { bytesText, messageOf } from "@elixirscope/base";
import { type Imported, RECORDINGS_PATH } from "@elixirscope/wire";
import { signal, type Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../../frame/icons.tsx";
import type { Cinema } from "../../model/cinema.ts";

type State =
  | { readonly kind: "none" }
  | {
      readonly kind: "sending";
      readonly file: string;
      readonly sent: number;
      readonly bytes: number;
    }
  | { readonly kind: "done"; readonly imported: Imported }
  | { readonly kind: "failed"; readonly file: string; readonly message: string };

export class Importing {
  readonly state: Signal<State> = signal<State>({ kind: "none" });
  readonly #cinema: Cinema;
  readonly #onDone: () => void;
  #request: XMLHttpRequest | null = null;

  constructor(cinema: Cinema, onDone: () => void) {
    this.#cinema = cinema;
    this.#onDone = onDone;
  }

  async send(files: readonly File[]): Promise<void> {
    if (this.state.value.kind === "sending") return;
    const [file] = files;
    if (file === undefined) return;
    if (files.length > 1) {
      this.#fail(
        file.name,
        "One file at a time; the files of a wrap set go by `elixirscope import`.",
      );
      return;
    }
    try {
      const imported = await this.#upload(file);
      this.state.value = { kind: "done", imported };
      this.#onDone();
    } catch (error) {
      this.#fail(file.name, messageOf(error));
    }
  }

  cancel(): void {
    this.#request?.abort();
  }

  dismiss(): void {
    this.state.value = { kind: "none" };
  }

  readonly Chooser = (): JSX.Element => {
    const input = useRef<HTMLInputElement>(null);
    return (
      <>
        <input
          ref={input}
          type="file"
          class="visually-hidden"
          tabIndex={-1}
          aria-label="File to import"
          onChange={(event) => {
            void this.send([...(event.currentTarget.files ?? [])]);
            // the same file can be chosen again
            event.currentTarget.value = "";
          }}
        />
        <button
          type="button"
          class="button"
          disabled={this.state.value.kind === "sending"}
          title="A recording in one file (.escope), or a trace that dbg or ttb wrote; or drop it here"
          onClick={() => input.current?.click()}
        >
          Import…
        </button>
      </>
    );
  };

  #fail(file: string, message: string): void {
    this.state.value = { kind: "failed", file, message };
  }

  /** By XMLHttpRequest: `fetch` does not tell how much was sent. */
  #upload(file: File): Promise<Imported> {
    const name = file.name;
    this.state.value = { kind: "sending", file: name, sent: 0, bytes: file.size };
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.#request = request;
      request.open("PUT", `${RECORDINGS_PATH}?name=${encodeURIComponent(name)}`);
      request.setRequestHeader("Authorization", `Bearer ${this.#cinema.token}`);
      request.responseType = "json";
      request.upload.addEventListener("progress", ({ loaded }) => {
        this.state.value = { kind: "sending", file: name, sent: loaded, bytes: file.size };
      });
      request.addEventListener("load", () => {
        if (request.status === 200) resolve(importedOf(request.response));
        else reject(new Error(problemOf(request.response) ?? `HTTP status ${request.status}`));
      });
      request.addEventListener("error", () => reject(new Error("the connection was lost")));
      request.addEventListener("abort", () => reject(new Error("cancelled; nothing was kept")));
      request.send(file);
    });
  }
}

function importedOf(response: unknown): Imported {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: our own server made it
  return response as Imported;
}

function problemOf(response: unknown): string | null {
  if (typeof response !== "object" || response === null || !("error" in response)) return null;
  const { error } = response;
  if (typeof error !== "object" || error === null || !("message" in error)) return null;
  return typeof error.message === "string" ? error.message : null;
}

export function ImportNote(props: {
  readonly importing: Importing;
  readonly onOpen: (name: string) => void;
}): JSX.Element | null {
  const { importing, onOpen } = props;
  const state = importing.state.value;
  if (state.kind === "none") return null;
  if (state.kind === "sending") {
    const all = state.sent >= state.bytes;
    return (
      <div class="import-note" role="status">
        <span class="clip" title={state.file}>
          {all ? `Reading ${state.file}…` : `Sending ${state.file}`}
        </span>
        <progress
          aria-label={`Import of ${state.file}`}
          max={state.bytes}
          value={all ? undefined : state.sent}
        />
        <span class="tabular muted small">
          {bytesText(state.sent)} of {bytesText(state.bytes)}
        </span>
        <button type="button" class="button" onClick={() => importing.cancel()}>
          Cancel
        </button>
      </div>
    );
  }
  if (state.kind === "failed") {
    return (
      <div class="import-note failed" role="alert">
        <Icon name="warning" />
        <span>
          <strong>{state.file} was not imported.</strong> {state.message}
        </span>
        <Close importing={importing} />
      </div>
    );
  }
  const { name, notes } = state.imported;
  return (
    <div class="import-note" role="status">
      <span class="import-done">
        Imported as <strong>{name}</strong>.
        {notes.map((note) => (
          <span key={note} class="muted small import-detail">
            {note}
          </span>
        ))}
      </span>
      <button type="button" class="button primary" onClick={() => onOpen(name)}>
        Open
      </button>
      <Close importing={importing} />
    </div>
  );
}

function Close({ importing }: { readonly importing: Importing }): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label="Dismiss"
      onClick={() => importing.dismiss()}
    >
      <Icon name="close" />
    </button>
  );
}

/** The whole page takes a file that is dropped on it. */
export function Dropping(props: {
  readonly importing: Importing;
  readonly children: ComponentChildren;
}): JSX.Element {
  const [over, setOver] = useState(false);
  return (
    <div
      class={over ? "dropping over" : "dropping"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.currentTarget === event.target) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void props.importing.send([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      {props.children}
      {over && <div class="drop-hint">Drop a recording or a trace to import it</div>}
    </div>
  );
}
