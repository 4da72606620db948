// What stands beside recorded source: counts in the gutter, the marked lines, values at the ends of lines.

import { type Extension, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  gutter,
  GutterMarker,
  lineNumbers,
} from "@codemirror/view";
import type { SourceHandlers } from "./source-editor.ts";
import { sourceTheme } from "./source-theme.ts";
import { ValuesWidget, type BesideValue } from "./values-widget.ts";

export type LineCount = {
  readonly hits: number;
  /** 0: it did not run; 1 to 5: the more the more often */
  readonly heat: number;
  readonly title: string;
};

export type SourceMarks = {
  /** lines that nothing is known of are not there */
  readonly counts: ReadonlyMap<number, LineCount>;
  /** where the selected call is at the cursor */
  readonly current: number | null;
  /** whose executions are listed */
  readonly chosen: number | null;
  readonly beside: ReadonlyMap<number, readonly BesideValue[]>;
};

const NO_MARKS: SourceMarks = {
  counts: new Map(),
  current: null,
  chosen: null,
  beside: new Map(),
};

export const setMarks: ReturnType<typeof StateEffect.define<SourceMarks>> =
  StateEffect.define<SourceMarks>();

const marksField: StateField<SourceMarks> = StateField.define<SourceMarks>({
  create: () => NO_MARKS,
  update(marks, { effects }) {
    for (const effect of effects) if (effect.is(setMarks)) return effect.value;
    return marks;
  },
});

type Clicks = {
  readonly mousedown: (view: EditorView, block: { readonly from: number }) => boolean;
};

function clicked(action: (line: number) => void): Clicks {
  return {
    mousedown: (view, block) => {
      action(view.state.doc.lineAt(block.from).number);
      return true;
    },
  };
}

export function marksExtension(handlers: SourceHandlers): Extension {
  const { onLine, onPrint, onValue } = handlers;
  return [
    marksField,
    sourceTheme,
    gutter({
      class: "cm-counts",
      lineMarker: (view, block) => {
        const { counts } = view.state.field(marksField);
        const count = counts.get(view.state.doc.lineAt(block.from).number);
        return count === undefined ? NOT_RECORDED : new CountMarker(count);
      },
      lineMarkerChange: (update) =>
        update.startState.field(marksField) !== update.state.field(marksField),
      initialSpacer: () => new CountMarker({ hits: 88_888, heat: 0, title: "" }),
      domEventHandlers: clicked(onLine),
    }),
    lineNumbers({ domEventHandlers: clicked(onLine) }),
    ...(onPrint === null
      ? []
      : [
          gutter({
            class: "cm-plus",
            lineMarker: (view, block) => {
              const { counts } = view.state.field(marksField);
              return counts.has(view.state.doc.lineAt(block.from).number) ? PLUS : null;
            },
            lineMarkerChange: (update) =>
              update.startState.field(marksField) !== update.state.field(marksField),
            initialSpacer: () => PLUS,
            domEventHandlers: clicked(onPrint),
          }),
        ]),
    EditorView.decorations.compute([marksField, "doc"], (state) => {
      return decorations(state.field(marksField), state.doc, onValue);
    }),
  ];
}

type Doc = {
  readonly lines: number;
  line(n: number): { readonly from: number; readonly to: number };
};

const CURRENT = Decoration.line({ class: "cm-current-line" });
const CHOSEN = Decoration.line({ class: "cm-chosen-line" });

function decorations(
  { current, chosen, beside }: SourceMarks,
  doc: Doc,
  onValue: (key: string) => void,
): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const lines = [...new Set([current, chosen, ...beside.keys()])]
    .filter((line) => line !== null && line >= 1 && line <= doc.lines)
    .toSorted((a, b) => (a ?? 0) - (b ?? 0));
  for (const line of lines) {
    if (line === null) continue;
    const { from, to } = doc.line(line);
    if (line === chosen) builder.add(from, from, CHOSEN);
    if (line === current) builder.add(from, from, CURRENT);
    const values = beside.get(line);
    if (values !== undefined && values.length > 0) {
      builder.add(
        to,
        to,
        Decoration.widget({ widget: new ValuesWidget(values, onValue), side: 1 }),
      );
    }
  }
  return builder.finish();
}

class CountMarker extends GutterMarker {
  readonly #count: LineCount;

  constructor(count: LineCount) {
    super();
    this.#count = count;
  }

  override eq(other: GutterMarker): boolean {
    return (
      other instanceof CountMarker &&
      other.#count.hits === this.#count.hits &&
      other.#count.heat === this.#count.heat &&
      other.#count.title === this.#count.title
    );
  }

  override toDOM(): Node {
    const dom = document.createElement("span");
    dom.className = `cm-count cm-heat-${this.#count.heat}`;
    dom.title = this.#count.title;
    dom.textContent = compact(this.#count.hits);
    return dom;
  }
}

class NotRecordedMarker extends GutterMarker {
  override toDOM(): Node {
    const dom = document.createElement("span");
    dom.className = "cm-not-recorded";
    dom.title = "Not recorded: whether this line ran cannot be told";
    return dom;
  }
}

class PlusMarker extends GutterMarker {
  override toDOM(): Node {
    const dom = document.createElement("span");
    dom.className = "cm-plus-mark";
    dom.title = "Print here, after the fact (p)";
    dom.textContent = "+";
    return dom;
  }
}

const NOT_RECORDED: GutterMarker = new NotRecordedMarker();
const PLUS: GutterMarker = new PlusMarker();

/** Five figures at most. */
function compact(hits: number): string {
  if (hits < 100_000) return hits.toLocaleString("en");
  if (hits < 1e6) return `${Math.floor(hits / 1000)}k`;
  return hits < 1e9 ? `${(Math.floor(hits / 1e5) / 10).toFixed(1)}M` : `${Math.floor(hits / 1e9)}G`;
}

/** Of a count among those of its file. */
export function heatOf(hits: number, most: number): number {
  if (hits === 0) return 0;
  if (most <= 1) return 1;
  return 1 + Math.min(4, Math.floor((4 * Math.log(hits)) / Math.log(most)));
}
