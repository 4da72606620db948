// A drawing as a picture that needs nothing else: no scripts, no fonts, no links.

import type { Drawing, DrawnEdge, DrawnKind, DrawnNode } from "./drawing.ts";
import { layout } from "./layout/components.ts";
import type { PlacedEdge, Point, Size, Spacing } from "./layout/layered.ts";
import { groupColours, styleSheet } from "./svg-style.ts";
import { cells, shortened, visible } from "./text.ts";

/** Width of a cell of the monospaced fonts that are asked for, rounded up: 0.602 em. */
const cellWidth = 7.3;
const labelCellWidth = 6.7;
const lineHeight = 16;
const margin = 24;
const nodeBound = 64;
const labelBound = 40;
const spacing: Spacing = { node: 28, layer: 52, edge: 18 };

/** Larger ones take long to lay out and nobody can read them. */
const largest = { nodes: 3_000, edges: 8_000 };

/** Of a graph that is too large to lay out the picture says so, and nothing else. */
export function renderSvg(whole: Drawing): string {
  const drawing = drawable(whole);
  const nodes = drawing.nodes.map(drawnText);
  const sizes = nodes.map((lines, at) => nodeSize(lines, drawing.nodes[at]));
  const labels = drawing.edges.map(({ label }) =>
    label === null ? null : shortened(visible(label), labelBound),
  );
  const placed = layout(
    sizes,
    drawing.edges.map(({ from, to }, at) => ({ from, to, label: labelSize(labels[at] ?? null) })),
    drawing.direction,
    spacing,
  );
  const head = heading(drawing);
  const legend = legendOf(drawing, Math.max(placed.width, 360));
  const width = Math.ceil(Math.max(placed.width, head.width, legend.width) + 2 * margin);
  const legendTop = margin + head.height + placed.height + 20;
  const height = Math.ceil(
    legend.height === 0 ? legendTop - 20 + margin : legendTop + legend.height + margin,
  );
  const groups = new Map(drawing.groups.map(({ key }, at) => [key, at % groupColours.length]));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" class="elixirscope" role="img" aria-label="${escaped(visible(drawing.title))}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>\n${styleSheet(new Set(drawing.nodes.map((node) => node.kind)))}\n</style>`,
    markers(drawing.edges),
    '<rect class="page" width="100%" height="100%"/>',
    ...head.lines,
    `<g transform="translate(${margin} ${margin + head.height})">`,
    ...drawing.edges.map((edge, at) => edgePath(edge, placed.edges[at], drawing.direction)),
    ...drawing.nodes.map((node, at) =>
      drawNode(node, nodes[at] ?? [], placed.nodes[at], sizes[at], groups.get(node.group ?? "")),
    ),
    ...drawing.edges.map((_, at) => edgeLabel(labels[at] ?? null, placed.edges[at])),
    "</g>",
    ...(legend.height === 0
      ? []
      : [`<g transform="translate(${margin} ${round(legendTop)})">`, ...legend.lines, "</g>"]),
    "</svg>",
  ]
    .filter((line) => line !== "")
    .join("\n")}\n`;
}

function drawable(drawing: Drawing): Drawing {
  const { nodes, edges } = drawing;
  if (nodes.length <= largest.nodes && edges.length <= largest.edges) return drawing;
  const note = `${nodes.length} nodes and ${edges.length} edges are too many to lay out: ask for a part of them, or for another format`;
  return { ...drawing, note, nodes: [], edges: [], groups: [] };
}

function drawnText({ lines }: DrawnNode): readonly string[] {
  return lines.map((line) => shortened(visible(line), nodeBound));
}

/** Kinds whose shape is narrower at its ends. */
const pointed: ReadonlySet<DrawnKind> = new Set(["entry", "exit", "error", "branch", "pattern"]);

function nodeSize(lines: readonly string[], node: DrawnNode | undefined): Size {
  if (node?.kind === "join") return { width: 10, height: 10 };
  const text = lines.reduce((most, line) => Math.max(most, cells(line)), 0) * cellWidth;
  const side = node !== undefined && pointed.has(node.kind) ? 18 : 12;
  const bar = node?.group === null || node === undefined ? 0 : 8;
  return { width: Math.ceil(text + 2 * side + bar), height: lines.length * lineHeight + 14 };
}

function labelSize(label: string | null): Size | null {
  return label === null
    ? null
    : { width: Math.ceil(cells(label) * labelCellWidth + 8), height: lineHeight };
}

type Block = Size & { readonly lines: readonly string[] };

function heading({ title, note }: Drawing): Block {
  const shownTitle = shortened(visible(title), 90);
  const notes = note === null ? [] : wrapped(visible(note), 100);
  const lines = [
    `<text class="title" x="${margin}" y="${margin + 12}">${escaped(shownTitle)}</text>`,
    ...notes.map(
      (line, at) =>
        `<text class="note" x="${margin}" y="${margin + 32 + at * lineHeight}">${escaped(line)}</text>`,
    ),
  ];
  const width = Math.max(proseWidth(shownTitle) * 1.35, ...notes.map(proseWidth));
  return { width, height: 36 + notes.length * lineHeight, lines };
}

/** Of 12 px text in a proportional font, rather too much than too little. */
function proseWidth(text: string): number {
  const capitals = text.match(/\p{Lu}|[mwMW@_]/gu)?.length ?? 0;
  return cells(text) * 6.6 + capitals * 2.6;
}

function wrapped(text: string, bound: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && cells(line) + 1 + cells(word) > bound) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** The colours of groups; of very many the first ones. */
function legendOf({ groups }: Drawing, bound: number): Block {
  if (groups.length < 2) return { width: 0, height: 0, lines: [] };
  const shown = groups.slice(0, 24);
  const lines: string[] = [];
  let x = 0;
  let y = 0;
  let width = 0;
  const entry = (text: string, colour: number | null): void => {
    const entryWidth = 30 + proseWidth(text);
    if (x > 0 && x + entryWidth > bound) {
      x = 0;
      y += 20;
    }
    if (colour !== null) {
      lines.push(
        `<rect class="g${colour}" x="${round(x)}" y="${y + 2}" width="12" height="12" rx="3"/>`,
      );
    }
    lines.push(
      `<text class="${colour === null ? "more" : "legend"}" x="${round(x + 18)}" y="${y + 12}">${escaped(text)}</text>`,
    );
    x += entryWidth;
    width = Math.max(width, x);
  };
  shown.forEach(({ label }, at) => entry(shortened(visible(label), 40), at % groupColours.length));
  if (groups.length > shown.length) entry(`and ${groups.length - shown.length} more`, null);
  return { width, height: y + 18, lines };
}

function markers(edges: readonly DrawnEdge[]): string {
  const tones = [...new Set(edges.map((edge) => edge.tone))].toSorted((a, b) => (a < b ? -1 : 1));
  if (tones.length === 0) return "";
  const each = tones.map(
    (tone) =>
      `<marker id="elixirscope-tip-${tone}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path class="tip ${tone}" d="M0 0.5 8 4 0 7.5Z"/></marker>`,
  );
  return `<defs>${each.join("")}</defs>`;
}

function drawNode(
  node: DrawnNode,
  lines: readonly string[],
  middle: Point | undefined,
  size: Size | undefined,
  group: number | undefined,
): string {
  if (middle === undefined || size === undefined) return "";
  const { width, height } = size;
  const left = round(middle.x - width / 2);
  const top = round(middle.y - height / 2);
  const shape = shapeOf(node, left, top, size);
  const tooltip = `<title>${escaped(node.lines.map(visible).join("\n"))}</title>`;
  if (node.kind === "join") return `<g>${tooltip}${shape}</g>`;
  const inset = pointed.has(node.kind) ? 12 : 3;
  const bar =
    group === undefined
      ? ""
      : `<rect class="g${group}" x="${round(left + inset)}" y="${round(top + 4)}" width="3" height="${height - 8}" rx="1.5"/>`;
  const textMiddle = round(middle.x + (bar === "" ? 0 : 4));
  const first = middle.y - ((lines.length - 1) * lineHeight) / 2 + 4;
  const text = lines.map(
    (line, at) =>
      `<text${at === 0 ? "" : ' class="more"'} x="${textMiddle}" y="${round(first + at * lineHeight)}" text-anchor="middle" xml:space="preserve">${escaped(line)}</text>`,
  );
  return `<g>${tooltip}${shape}${bar}${text.join("")}</g>`;
}

function shapeOf(node: DrawnNode, left: number, top: number, { width, height }: Size): string {
  const classes = `node ${node.kind}${node.focus === true ? " focus" : ""}`;
  const box = (radius: number, inset = 0): string =>
    `<rect class="${classes}" x="${left + inset}" y="${top + inset}" width="${width - 2 * inset}" height="${height - 2 * inset}" rx="${radius}"/>`;
  switch (node.kind) {
    case "join":
      return `<circle class="${classes}" cx="${round(left + width / 2)}" cy="${round(top + height / 2)}" r="4"/>`;
    case "entry":
    case "exit":
    case "error":
      return box(height / 2);
    case "branch":
    case "pattern": {
      const right = round(left + width);
      const bottom = round(top + height);
      const middle = round(top + height / 2);
      const cut = 10;
      return `<path class="${classes}" d="M${left} ${middle} ${left + cut} ${top} ${right - cut} ${top} ${right} ${middle} ${right - cut} ${bottom} ${left + cut} ${bottom}Z"/>`;
    }
    case "supervisor":
      return box(6) + box(4, 3);
    case "value":
    case "worker":
      return box(10);
    case "call":
    case "closure":
    case "function":
    case "outside":
    case "module":
    case "handler":
      return box(5);
    default:
      return box(5);
  }
}

function edgePath(edge: DrawnEdge, placed: PlacedEdge | undefined, direction: string): string {
  const points = placed?.points ?? [];
  if (points.length < 2) return "";
  const classes = `edge ${edge.tone}${edge.line === "solid" ? "" : ` ${edge.line}`}`;
  const path = edge.from === edge.to ? loopPath(points) : curve(points, direction);
  return `<path class="${classes}" marker-end="url(#elixirscope-tip-${edge.tone})" d="${path}"/>`;
}

function loopPath(points: readonly Point[]): string {
  const [first, ...rest] = points.map(({ x, y }) => `${round(x)} ${round(y)}`);
  return `M${first}C${rest.join(" ")}`;
}

/** Between two points a curve that begins and ends in the direction in which layers follow. */
function curve(points: readonly Point[], direction: string): string {
  let path = "";
  points.forEach(({ x, y }, at) => {
    const before = points[at - 1];
    const here = `${round(x)} ${round(y)}`;
    if (before === undefined) path += `M${here}`;
    else if (direction === "down") {
      if (Math.abs(before.x - x) < 0.5) path += `L${here}`;
      else {
        const middle = round((before.y + y) / 2);
        path += `C${round(before.x)} ${middle} ${round(x)} ${middle} ${here}`;
      }
    } else if (Math.abs(before.y - y) < 0.5) path += `L${here}`;
    else {
      const middle = round((before.x + x) / 2);
      path += `C${middle} ${round(before.y)} ${middle} ${round(y)} ${here}`;
    }
  });
  return path;
}

function edgeLabel(label: string | null, placed: PlacedEdge | undefined): string {
  const at = placed?.label ?? null;
  if (label === null || at === null) return "";
  const { width, height } = labelSize(label) ?? { width: 0, height: 0 };
  const box = `<rect class="page" x="${round(at.x - width / 2 + 1)}" y="${round(at.y - height / 2)}" width="${width - 2}" height="${height}"/>`;
  return `${box}<text class="label" x="${round(at.x)}" y="${round(at.y + 4)}" text-anchor="middle" xml:space="preserve">${escaped(label)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
