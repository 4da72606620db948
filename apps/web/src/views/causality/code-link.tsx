// A place in the code that opens in the Code view.

import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { openCode } from "../../panels/go-to.ts";

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
        openCode(cinema, file, line);
      }}
    >
      {line === null ? file : `${file}:${line}`}
    </button>
  );
}
