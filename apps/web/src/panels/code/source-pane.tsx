// The source editor as a component: the text, its marks, and the line that is to be in sight.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { SourceEditor, type SourceHandlers, type SourceText } from "../../editor/source-editor.ts";
import type { SourceMarks } from "../../editor/source-marks.ts";

export function SourcePane(props: {
  readonly source: SourceText;
  readonly marks: SourceMarks;
  /** scrolled to when it changes */
  readonly shown: number | null;
  readonly handlers: SourceHandlers;
}): JSX.Element {
  const { marks, shown, handlers } = props;
  const { name, text } = props.source;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<SourceEditor | null>(null);
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    if (host.current === null) return undefined;
    const made = new SourceEditor(host.current, "Recorded source", {
      onLine: (line) => latest.current.onLine(line),
      onPrint: handlers.onPrint === null ? null : (line) => latest.current.onPrint?.(line),
      onValue: (key) => latest.current.onValue(key),
      valueOf: async (variable) => await latest.current.valueOf(variable),
    });
    editor.current = made;
    return () => made.dispose();
  }, []);
  useEffect(() => {
    const isNew = editor.current?.show({ name, text }) === true;
    if (shown !== null) editor.current?.reveal(shown, isNew ? "center" : "nearest");
  }, [name, text, shown]);
  useEffect(() => editor.current?.mark(marks), [marks, name, text]);
  return <div class="source-pane" ref={host} data-source={name} />;
}
