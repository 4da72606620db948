// The drawing itself, for programs: nodes by number, edges between them.

import type { Drawing } from "./drawing.ts";

export function renderJson(drawing: Drawing): string {
  return `${JSON.stringify(drawing, null, 2)}\n`;
}
