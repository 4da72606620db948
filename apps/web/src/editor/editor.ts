// A CodeMirror editor in a shadow root. CodeMirror makes its style in script: a document takes that as a
// `<style>` element, which the page's policy forbids; a shadow root takes it as an adopted style sheet.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension, type Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The page's own colours: custom properties reach into a shadow root. */
const THEME: Extension = EditorView.theme({
  "&": {
    height: "100%",
    fontSize: "12.5px",
    color: "var(--text)",
    backgroundColor: "var(--bg)",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--accent)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "var(--bg-selected)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--bg-hover)" },
  ".cm-gutters": {
    backgroundColor: "var(--bg-raised)",
    color: "var(--muted)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--bg-raised)",
    border: "1px solid var(--line-strong)",
    boxShadow: "var(--shadow)",
  },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
});

const COLOURS: Extension = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.keyword, tags.definitionKeyword, tags.moduleKeyword], color: "var(--struct)" },
    { tag: [tags.string, tags.special(tags.string), tags.character], color: "var(--string)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
    { tag: [tags.atom, tags.propertyName, tags.labelName], color: "var(--atom)" },
    { tag: [tags.namespace, tags.className, tags.typeName], color: "var(--pid)" },
    { tag: [tags.comment, tags.docComment], color: "var(--muted)", fontStyle: "italic" },
    { tag: tags.invalid, color: "var(--danger)" },
  ]),
);

/**
 * Text typed over a selection goes in by the editor itself. Left to the browser it keeps the colour of what it
 * replaces by an inline style, which the page's policy forbids.
 */
const TYPED_OVER: Extension = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { data, inputType, isComposing } = event;
    if (inputType !== "insertText" || data === null || isComposing) return false;
    const { from, to } = selectedByBrowser(view) ?? view.state.selection.main;
    if (from === to) return false;
    event.preventDefault();
    const typed = (): Transaction =>
      view.state.update({
        changes: { from, to, insert: data },
        selection: { anchor: from + data.length },
        userEvent: "input.type",
      });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handler) => handler(view, from, to, data, typed))) view.dispatch(typed());
    return true;
  },
});

/**
 * What the browser has selected, which the editor's own selection may not have followed yet. Undefined outside
 * the text. In a shadow root Chromium answers by the root only, others by the document; none has target ranges.
 */
function selectedByBrowser(view: EditorView): { from: number; to: number } | undefined {
  const { root } = view;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript's DOM does not know that a shadow root has it
  const selection = "getSelection" in root ? (root as Document).getSelection() : getSelection();
  if (selection === null || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  if (!view.contentDOM.contains(range.commonAncestorContainer)) return undefined;
  return {
    from: view.posAtDOM(range.startContainer, range.startOffset),
    to: view.posAtDOM(range.endContainer, range.endOffset),
  };
}

export function mountEditor(
  host: HTMLElement,
  doc: string,
  extensions: readonly Extension[],
): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  return new EditorView({
    parent: root,
    root,
    state: EditorState.create({ doc, extensions: [THEME, COLOURS, TYPED_OVER, ...extensions] }),
  });
}
