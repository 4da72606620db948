// A place in the code that opens in the Code view.

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";

export function CodeLink(props: {
  readonly file: string;
  readonly line: number | null;
}): JSX.Element {
  const { cinema } = useApp();
  const { file, line } = props;
  return (
    <button
      type="button"
      class="inline-link mono code-link"
      title={`${file}: open in the Code view`}
      onClick={(click) => {
        click.stopPropagation();
        batch(() => {
          cinema.param("code.file").value = file;
          cinema.param("code.line").value = line === null ? "" : String(line);
          cinema.main.value = "code";
        });
      }}
    >
      {line === null ? file : `${file}:${line}`}
    </button>
  );
}
