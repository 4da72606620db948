// The editor for SQL. Its text is the address's: whoever sets `query.sql` sets it here.

import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { Compartment, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import type { Schema } from "@elixirscope/wire";
import { useSignalEffect, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { mountEditor } from "../../editor/editor.ts";
import { plainSql, sqlOf } from "./sql-language.ts";

const setMistake = StateEffect.define<number | null>();
const MISTAKE = Decoration.mark({ class: "cm-mistake" });

/** From where the database found the mistake to the end of the word there; gone with the next change. */
const mistake = StateField.define({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    for (const effect of transaction.effects) {
      if (!effect.is(setMistake)) continue;
      const from = effect.value;
      const { doc } = transaction.state;
      if (from === null || doc.length === 0) return Decoration.none;
      const begin = Math.min(from, doc.length - 1);
      const word = /^[\w."]+/.exec(doc.sliceString(begin, begin + 200))?.[0].length ?? 1;
      return Decoration.set(MISTAKE.range(begin, Math.min(doc.length, begin + word)));
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const STYLE = EditorView.theme({
  ".cm-mistake": {
    textDecoration: "underline wavy var(--danger)",
    textUnderlineOffset: "3px",
    backgroundColor: "var(--danger-soft)",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12px" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-placeholder": { color: "var(--muted)" },
});

export function SqlEditor(props: {
  readonly sql: Signal<string>;
  readonly schema: Schema | null;
  /** where the last run found a mistake */
  readonly mistakeAt: Signal<number | null>;
  readonly onRun: () => void;
}): JSX.Element {
  const { sql, schema, mistakeAt, onRun } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const language = useRef(new Compartment());
  const run = useRef(onRun);
  run.current = onRun;
  useEffect(() => {
    if (host.current === null) return undefined;
    const view = mountEditor(host.current, sql.peek(), [
      lineNumbers(),
      history(),
      bracketMatching(),
      closeBrackets(),
      autocompletion(),
      placeholder("select … from calls, messages, states, events"),
      language.current.of(schema === null ? plainSql() : sqlOf(schema)),
      mistake,
      STYLE,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "SQL query" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) sql.value = update.state.doc.toString();
      }),
      keymap.of([
        {
          key: "Mod-Enter",
          run: () => {
            run.current();
            return true;
          },
        },
        ...completionKeymap,
        ...defaultKeymap,
        ...historyKeymap,
      ]),
    ]);
    editor.current = view;
    return () => {
      editor.current = null;
      view.destroy();
    };
  }, []);
  useEffect(() => {
    if (schema === null) return;
    editor.current?.dispatch({ effects: language.current.reconfigure(sqlOf(schema)) });
  }, [schema]);
  useSignalEffect(() => {
    const text = sql.value;
    const view = editor.current;
    if (view === null || view.state.doc.toString() === text) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  });
  useSignalEffect(() => {
    const at = mistakeAt.value;
    editor.current?.dispatch({
      effects: setMistake.of(at),
      ...(at === null
        ? {}
        : { selection: { anchor: Math.min(at, editor.current.state.doc.length) } }),
    });
  });
  return <div ref={host} class="sql-editor" />;
}
