// The product's version, from the one place where it is written.

import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own package.json
const { version: found } = JSON.parse(text) as { version: string };

export const version: string = found;
