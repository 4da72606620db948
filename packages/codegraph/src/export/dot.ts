// Graphviz: https://graphviz.org/doc/info/lang.html

import type { Drawing, DrawnEdge, DrawnKind, DrawnNode } from "./drawing.ts";
import { visible } from "./text.ts";

const shapes: Readonly<Record<DrawnKind, string>> = {
  entry: "shape=oval",
  exit: "shape=oval",
  error: 'shape=oval color="#cf222e"',
  branch: "shape=diamond",
  pattern: "shape=hexagon",
  call: "shape=box",
  value: 'shape=box style="rounded"',
  join: "shape=point width=0.1",
  closure: "shape=cds",
  function: "shape=box",
  outside: 'shape=box style="dashed"',
  module: "shape=tab",
  handler: "shape=component",
  supervisor: "shape=box3d",
  worker: 'shape=box style="rounded"',
};

function nodeLine(node: DrawnNode, at: number, indent: string): string {
  const focus = node.focus === true ? " penwidth=2" : "";
  return `${indent}n${at} [label=${quotedLines(node)} ${shapes[node.kind]}${focus}]`;
}

export function renderDot(drawing: Drawing): string {
  const lines = [
    `digraph ${quoted(drawing.title)} {`,
    `  graph [label=${quoted(drawing.title)} labelloc=t rankdir=${drawing.direction === "down" ? "TB" : "LR"} fontname="sans-serif"]`,
    '  node [fontname="monospace" fontsize=10]',
    '  edge [fontname="monospace" fontsize=9]',
  ];
  drawing.groups.forEach(({ key, label }, group) => {
    lines.push(`  subgraph cluster_${group} {`, `    label=${quoted(label)}`);
    drawing.nodes.forEach((node, at) => {
      if (node.group === key) lines.push(nodeLine(node, at, "    "));
    });
    lines.push("  }");
  });
  const keys = new Set(drawing.groups.map((group) => group.key));
  drawing.nodes.forEach((node, at) => {
    if (node.group === null || !keys.has(node.group)) lines.push(nodeLine(node, at, "  "));
  });
  for (const edge of drawing.edges) {
    lines.push(`  n${edge.from} -> n${edge.to}${edgeAttributes(edge)}`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

function edgeAttributes({ label, line, tone }: DrawnEdge): string {
  const attributes = [
    ...(label === null ? [] : [`label=${quoted(label)}`]),
    ...(line === "solid" ? [] : [`style=${line}`]),
    ...(tone === "bad" ? ['color="#cf222e"'] : []),
    ...(tone === "good" ? ['color="#1a7f37"'] : []),
    ...(tone === "quiet" ? ['color="#8c959f"'] : []),
  ];
  return attributes.length === 0 ? "" : ` [${attributes.join(" ")}]`;
}

/** In quotes a backslash begins an escape (`\N` is the node's name), so it is doubled as well. */
function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

function quotedLines({ lines }: DrawnNode): string {
  return `"${lines.map(escaped).join("\\n")}"`;
}

function escaped(text: string): string {
  return visible(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
