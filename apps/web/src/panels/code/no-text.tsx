// What is said where source text should stand: why there is none, and what would record it.

import type { SourceView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { LookInside } from "../look-inside.tsx";

export function NoText({ source }: { readonly source: SourceView }): JSX.Element {
  const [module] = source.modules;
  return (
    <div class="no-text" data-no-text>
      <strong>No source text of {source.name}</strong>
      <p>{source.why}</p>
      <dl>
        <dt class="mono">elixirscope run -- mix test</dt>
        <dd>records a command with its source, lines and variables</dd>
        <dt class="mono">elixirscope attach NODE --deep {module ?? "MODULE"}</dt>
        <dd>looks inside of functions of a running node, and keeps their source</dd>
        <dt class="mono">elixirscope analyze DIR --out RECORDING</dt>
        <dd>adds the text of a project to a recording that is there already</dd>
      </dl>
      {module !== undefined && <LookInside mfa={`${module}.*`} />}
    </div>
  );
}
