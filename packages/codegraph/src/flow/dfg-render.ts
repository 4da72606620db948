// A data-flow graph as text, one definition a line with what flows into it: for tests and for reading.

import type { Definition, Dfg, Flow } from "./dfg.ts";

/** `text` is the file's: unnamed values are shown as they are written. */
export function renderDfg(dfg: Dfg, text: string): string {
  const names = dfg.definitions.map((definition, i) => nameOf(dfg, definition, i, text));
  const into: Flow[][] = dfg.definitions.map(() => []);
  for (const flow of dfg.flows) into[flow.to]?.push(flow);
  const lines = dfg.definitions.map((definition, i) => {
    const flows = (into[i] ?? []).map((flow) => flowText(flow, names));
    const kind = definition.kind === "pattern" ? "" : ` ${definition.kind}`;
    return `${names[i]}${kind}${flows.length === 0 ? "" : ` <- ${flows.join(", ")}`}`;
  });
  return lines.join("\n");
}

function flowText({ from, kind, path, index }: Flow, names: readonly string[]): string {
  const numbered = kind === "argument" || kind === "call_argument";
  const position = numbered ? ` ${index < 0 ? "callee" : index}` : "";
  return `${kind}${position}${path === null ? "" : ` ${path}`} ${names[from]}`;
}

function nameOf(dfg: Dfg, definition: Definition, index: number, text: string): string {
  const { kind, name, version, start, end, closure } = definition;
  const inside = closure < 0 ? "" : `@${closure}`;
  if (name !== null) return `${name}.${version}${inside}`;
  if (kind === "argument") return `arg${argumentPosition(dfg, index, closure)}${inside}`;
  if (index === dfg.result) return "result";
  if (dfg.closures[closure]?.result === index) return `result${inside}`;
  const source = text.slice(start, end).replace(/\s+/g, " ");
  const shown = source.length > 40 ? `${source.slice(0, 39)}…` : source;
  return `${kind === "value" ? "" : `${kind} `}\`${shown}\``;
}

function argumentPosition(dfg: Dfg, index: number, closure: number): number {
  const parameters = dfg.closures[closure]?.parameters ?? dfg.parameters;
  return parameters.indexOf(index);
}
