// Where the built page is, seen from this package's `dist`.

import path from "node:path";

export const webRoot: string = path.resolve(import.meta.dirname, "../../web/dist");
