// Where a file or folder of the checkout is, seen from code that may run from its package or from the bundle of the
// command line: at different depths, so nothing can be counted upwards from it.

import { existsSync } from "node:fs";
import path from "node:path";

/** The nearest one that is called `name` (`a` or `a/b`) in `folder` or in those above it; null: there is none. */
export function above(folder: string, name: string): string | null {
  const found = path.join(folder, name);
  if (existsSync(found)) return found;
  const parent = path.dirname(folder);
  return parent === folder ? null : above(parent, name);
}
