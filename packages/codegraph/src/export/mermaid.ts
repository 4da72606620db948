// Mermaid flowcharts: https://mermaid.js.org/syntax/flowchart.html

import type { Drawing, DrawnEdge, DrawnKind, DrawnNode } from "./drawing.ts";
import { visible } from "./text.ts";

const shapes: Readonly<Record<DrawnKind, readonly [open: string, close: string]>> = {
  entry: ["([", "])"],
  exit: ["([", "])"],
  error: ["([", "])"],
  branch: ["{", "}"],
  pattern: ["{{", "}}"],
  call: ["[", "]"],
  value: ["(", ")"],
  join: ["((", "))"],
  closure: [">", "]"],
  function: ["[", "]"],
  outside: ["[", "]"],
  module: ["[", "]"],
  handler: ["[[", "]]"],
  supervisor: ["[[", "]]"],
  worker: ["(", ")"],
};

const arrows: Readonly<Record<DrawnEdge["line"], string>> = {
  solid: "-->",
  dashed: "-.->",
  dotted: "-.->",
};

function nodeLine(node: DrawnNode, at: number, indent: string): string {
  const [open, close] = shapes[node.kind];
  return `${indent}n${at}${open}"${node.lines.map(escaped).join("<br/>")}"${close}`;
}

export function renderMermaid(drawing: Drawing): string {
  const lines = [
    "---",
    `title: ${JSON.stringify(visible(drawing.title))}`,
    "---",
    `flowchart ${drawing.direction === "down" ? "TD" : "LR"}`,
  ];
  drawing.groups.forEach(({ key, label }, group) => {
    lines.push(`  subgraph g${group}["${escaped(label)}"]`);
    drawing.nodes.forEach((node, at) => {
      if (node.group === key) lines.push(nodeLine(node, at, "    "));
    });
    lines.push("  end");
  });
  const keys = new Set(drawing.groups.map((group) => group.key));
  drawing.nodes.forEach((node, at) => {
    if (node.group === null || !keys.has(node.group)) lines.push(nodeLine(node, at, "  "));
  });
  for (const { from, to, label, line } of drawing.edges) {
    const text = label === null ? "" : `|"${escaped(label)}"|`;
    lines.push(`  n${from} ${arrows[line]}${text} n${to}`);
  }
  return `${[...lines, ...styles(drawing)].join("\n")}\n`;
}

/** Colours that read on light and dark pages: outlines alone. */
function styles({ nodes, edges }: Drawing): string[] {
  const of = (kind: (node: DrawnNode) => boolean): string[] =>
    nodes.flatMap((node, at) => (kind(node) ? [`n${at}`] : []));
  const classes: readonly (readonly [string, string, readonly string[]])[] = [
    ["error", "stroke:#cf222e", of((node) => node.kind === "error")],
    ["outside", "stroke-dasharray:4", of((node) => node.kind === "outside")],
    ["focus", "stroke-width:3px", of((node) => node.focus === true)],
  ];
  const colours = { bad: "#cf222e", good: "#1a7f37", quiet: "#8c959f" } as const;
  return [
    ...classes.flatMap(([name, style, ids]) =>
      ids.length === 0 ? [] : [`  classDef ${name} ${style}`, `  class ${ids.join(",")} ${name}`],
    ),
    ...(["bad", "good", "quiet"] as const).flatMap((tone) => {
      const numbers = edges.flatMap((edge, at) => (edge.tone === tone ? [at] : []));
      if (numbers.length === 0) return [];
      return [`  linkStyle ${numbers.join(",")} stroke:${colours[tone]}`];
    }),
  ];
}

/** Mermaid's own entities (`#quot;`), for all that could end the text or be read as HTML or Markdown. */
function escaped(text: string): string {
  return visible(text).replace(/[#"<>&`*_~\\|[\]{}()]/g, (char) => `#${char.codePointAt(0)};`);
}
