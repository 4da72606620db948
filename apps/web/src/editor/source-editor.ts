// Recorded source: read-only Elixir with how often each line ran, the line at the cursor, and values beside the code.
//
// Everything that changes with the cursor is one value (`SourceMarks`) in a state field; gutters and decorations are
// drawn from it, so that the text itself is set only when another file is shown.

import { standardKeymap } from "@codemirror/commands";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, type Tooltip } from "@codemirror/view";
import { elixir } from "codemirror-lang-elixir";
import { mountEditor } from "./editor.ts";
import { marksExtension, setMarks, type SourceMarks } from "./source-marks.ts";

export type SourceHandlers = {
  readonly onLine: (line: number) => void;
  /** null: no prints are made here */
  readonly onPrint: ((line: number) => void) | null;
  /** Opens where the value beside the code came from. */
  readonly onValue: (key: string) => void;
  /** The value of a variable in full, while the pointer rests on it; null: it has none here. */
  readonly valueOf: (name: string) => Promise<string | null>;
};

export type SourceText = { readonly name: string; readonly text: string };

export class SourceEditor {
  readonly #view: EditorView;
  #shown: SourceText | null = null;
  readonly #extensions: readonly Extension[];

  constructor(host: HTMLElement, label: string, handlers: SourceHandlers) {
    this.#extensions = [
      EditorState.readOnly.of(true),
      EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true" }),
      EditorView.lineWrapping,
      elixir(),
      marksExtension(handlers),
      keymap.of([
        {
          key: "Enter",
          run: (view) => {
            handlers.onLine(lineAt(view));
            return true;
          },
        },
        {
          key: "p",
          run: (view) => {
            handlers.onPrint?.(lineAt(view));
            return handlers.onPrint !== null;
          },
        },
        ...standardKeymap,
      ]),
      hoverTooltip((view, position) => valueTooltip(view, position, handlers), { hoverTime: 250 }),
    ];
    this.#view = mountEditor(host, "", this.#extensions);
  }

  /** True when it is another text than before. */
  show(source: SourceText): boolean {
    if (this.#shown?.name === source.name && this.#shown.text === source.text) return false;
    this.#shown = source;
    this.#view.dispatch({
      changes: { from: 0, to: this.#view.state.doc.length, insert: source.text },
      selection: { anchor: 0 },
    });
    this.#view.scrollDOM.scrollTop = 0;
    return true;
  }

  mark(marks: SourceMarks): void {
    this.#view.dispatch({ effects: setMarks.of(marks) });
  }

  reveal(line: number, where: "nearest" | "center"): void {
    const { doc } = this.#view.state;
    if (line < 1 || line > doc.lines) return;
    const { from } = doc.line(line);
    this.#view.dispatch({
      effects: EditorView.scrollIntoView(from, { y: where, yMargin: 48, x: "start" }),
      selection: { anchor: from },
    });
  }

  dispose(): void {
    this.#view.destroy();
  }
}

function lineAt({ state }: EditorView): number {
  return state.doc.lineAt(state.selection.main.head).number;
}

async function valueTooltip(
  view: EditorView,
  position: number,
  { valueOf }: SourceHandlers,
): Promise<Tooltip | null> {
  const line = view.state.doc.lineAt(position);
  for (const found of line.text.matchAll(/[\p{Ll}_][\p{L}\p{N}_]*[?!]?/gu)) {
    const from = line.from + found.index;
    const end = from + found[0].length;
    if (position < from || position > end) continue;
    const text = await valueOf(found[0]);
    if (text === null) return null;
    return { pos: from, end, above: true, create: () => ({ dom: valueDom(found[0], text) }) };
  }
  return null;
}

function valueDom(name: string, text: string): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "cm-whole-value";
  const label = document.createElement("b");
  label.textContent = `${name} = `;
  dom.append(label, text);
  return dom;
}
