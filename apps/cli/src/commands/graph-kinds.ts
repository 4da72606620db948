// What `graph` can draw and how: apart from it, so that help needs no graphs.

import type { DrawingFormat } from "@elixirscope/codegraph";

export const GRAPH_KINDS = [
  "cfg",
  "dfg",
  "cpg",
  "calls",
  "messages",
  "supervision",
  "modules",
] as const;
export type GraphKind = (typeof GRAPH_KINDS)[number];

export const GRAPH_FORMATS: readonly DrawingFormat[] = ["dot", "mermaid", "json", "svg"];
