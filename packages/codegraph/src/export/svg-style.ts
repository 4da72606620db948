// How drawings look: one style sheet for light and dark pages, whichever the reader's system asks for.

import type { DrawnKind } from "./drawing.ts";

type Colours = { readonly fill: string; readonly stroke: string };

const light: Readonly<Record<DrawnKind, Colours>> = {
  entry: { fill: "#dafbe1", stroke: "#1a7f37" },
  exit: { fill: "#ddf4ff", stroke: "#0969da" },
  error: { fill: "#ffebe9", stroke: "#cf222e" },
  branch: { fill: "#fff8c5", stroke: "#9a6700" },
  pattern: { fill: "#fbefff", stroke: "#8250df" },
  call: { fill: "#ffffff", stroke: "#57606a" },
  value: { fill: "#f6f8fa", stroke: "#8c959f" },
  join: { fill: "#8c959f", stroke: "#8c959f" },
  closure: { fill: "#e6fffb", stroke: "#0f766e" },
  function: { fill: "#ffffff", stroke: "#57606a" },
  outside: { fill: "#f6f8fa", stroke: "#8c959f" },
  module: { fill: "#ffffff", stroke: "#57606a" },
  handler: { fill: "#ddf4ff", stroke: "#0969da" },
  supervisor: { fill: "#fff8c5", stroke: "#9a6700" },
  worker: { fill: "#ffffff", stroke: "#57606a" },
};

const dark: Readonly<Record<DrawnKind, Colours>> = {
  entry: { fill: "#12261e", stroke: "#3fb950" },
  exit: { fill: "#121d2f", stroke: "#58a6ff" },
  error: { fill: "#2c1618", stroke: "#f85149" },
  branch: { fill: "#272115", stroke: "#d29922" },
  pattern: { fill: "#1f1b2e", stroke: "#bc8cff" },
  call: { fill: "#161b22", stroke: "#8b949e" },
  value: { fill: "#0d1117", stroke: "#6e7681" },
  join: { fill: "#6e7681", stroke: "#6e7681" },
  closure: { fill: "#0f2422", stroke: "#2dd4bf" },
  function: { fill: "#161b22", stroke: "#8b949e" },
  outside: { fill: "#0d1117", stroke: "#6e7681" },
  module: { fill: "#161b22", stroke: "#8b949e" },
  handler: { fill: "#121d2f", stroke: "#58a6ff" },
  supervisor: { fill: "#272115", stroke: "#d29922" },
  worker: { fill: "#161b22", stroke: "#8b949e" },
};

const tones = {
  normal: ["#57606a", "#8b949e"],
  good: ["#1a7f37", "#3fb950"],
  bad: ["#cf222e", "#f85149"],
  quiet: ["#afb8c1", "#484f58"],
} as const;

/** Eight hues that differ for most eyes and on both grounds (after Okabe and Ito 2008). */
export const groupColours: readonly string[] = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#b58900",
  "#56b4e9",
  "#8250df",
  "#7f7f7f",
];

export const monospace =
  "ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', 'Liberation Mono', Consolas, monospace";

/** Only what the drawing has. */
export function styleSheet(kinds: ReadonlySet<DrawnKind>): string {
  const shared = [
    `.elixirscope text { font: 12px ${monospace}; }`,
    ".elixirscope .title { font: 600 15px system-ui, sans-serif; }",
    ".elixirscope .note, .elixirscope .legend { font: 12px system-ui, sans-serif; }",
    ".elixirscope .edge { fill: none; stroke-width: 1.25; }",
    ".elixirscope .node { stroke-width: 1.25; }",
    ".elixirscope .focus { stroke-width: 2.75; }",
    ".elixirscope .outside, .elixirscope .closure { stroke-dasharray: 4 3; }",
    ".elixirscope .dashed { stroke-dasharray: 6 4; }",
    ".elixirscope .dotted { stroke-dasharray: 1.5 3.5; stroke-linecap: round; }",
    ".elixirscope text.label { font-size: 11px; }",
    ...groupColours.map((colour, at) => `.elixirscope .g${at} { fill: ${colour}; }`),
  ];
  return [
    ...shared,
    ...grounds("#ffffff", "#1f2328", "#59636e", light, 0, kinds),
    "@media (prefers-color-scheme: dark) {",
    ...grounds("#0d1117", "#e6edf3", "#9198a1", dark, 1, kinds),
    "}",
  ].join("\n");
}

function grounds(
  page: string,
  ink: string,
  muted: string,
  colours: typeof light,
  shade: 0 | 1,
  kinds: ReadonlySet<DrawnKind>,
): string[] {
  return [
    `.elixirscope .page { fill: ${page}; }`,
    `.elixirscope text { fill: ${ink}; }`,
    `.elixirscope .note, .elixirscope .more { fill: ${muted}; }`,
    ...Object.entries(tones).flatMap(([tone, shades]) => [
      `.elixirscope .edge.${tone} { stroke: ${shades[shade]}; }`,
      `.elixirscope .tip.${tone} { fill: ${shades[shade]}; }`,
    ]),
    ...[...kinds].map((kind) => {
      const { fill, stroke } = colours[kind];
      return `.elixirscope .node.${kind} { fill: ${fill}; stroke: ${stroke}; }`;
    }),
  ];
}
