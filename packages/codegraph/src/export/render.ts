// The formats in which a drawing can be had.

import { renderDot } from "./dot.ts";
import type { Drawing } from "./drawing.ts";
import { renderJson } from "./json.ts";
import { renderMermaid } from "./mermaid.ts";
import { renderSvg } from "./svg.ts";

export type DrawingFormat = "dot" | "mermaid" | "json" | "svg";

export const drawingFormats: readonly DrawingFormat[] = ["dot", "mermaid", "json", "svg"];

export function renderDrawing(drawing: Drawing, format: DrawingFormat): string {
  switch (format) {
    case "dot":
      return renderDot(drawing);
    case "mermaid":
      return renderMermaid(drawing);
    case "json":
      return renderJson(drawing);
    case "svg":
      return renderSvg(drawing);
    default:
      return renderJson(drawing);
  }
}
