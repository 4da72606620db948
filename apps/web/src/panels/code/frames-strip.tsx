// The stack at the cursor, outermost first: a click looks at that call's place and variables.

import type { FrameView, StackView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { retold } from "../../model/time-text.ts";

export function FramesStrip(props: {
  readonly stack: StackView;
  readonly frame: FrameView | null;
  readonly choose: (frame: FrameView) => void;
}): JSX.Element {
  const { cinema } = useApp();
  const { stack, frame, choose } = props;
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const chosen = list.current?.querySelector("[aria-current]");
    chosen?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [frame?.call]);
  if (stack.frames.length === 0) {
    const why = retold(cinema, stack.why ?? "nothing was recorded here");
    return (
      <p class="frames-strip muted small clip" title={why}>
        No call at the cursor: {why}
      </p>
    );
  }
  return (
    <ol ref={list} class="frames-strip" aria-label="Stack at the cursor">
      {stack.more > 0 && (
        <li class="muted small">{stack.more.toLocaleString("en")} outer calls not shown</li>
      )}
      {stack.frames.map((one) => (
        <li key={one.call}>
          <button
            type="button"
            class="frame-button mono"
            aria-current={one.call === frame?.call ? "true" : undefined}
            title={titleOf(one, (words) => retold(cinema, words))}
            onClick={() => choose(one)}
          >
            {one.mfa}
            {one.place !== null && <span class="muted">:{one.place.line}</span>}
          </button>
        </li>
      ))}
    </ol>
  );
}

function titleOf(
  { mfa, args, place, limits, ends }: FrameView,
  tell: (words: string) => string,
): string {
  const lines = [
    args === null ? mfa : `${mfa} called with ${args}`,
    ...(place === null ? [] : [`${place.file}:${place.line}`]),
    ...(ends === null ? [] : [`ends here: ${ends.outcome} ${ends.result ?? ""}`]),
    ...limits.map(tell),
  ];
  return lines.join("\n");
}
