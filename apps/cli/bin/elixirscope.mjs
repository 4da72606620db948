#!/usr/bin/env node
// Runs the bundle, which begins in half the time; where a package was built after it, what that has built.

import { readdirSync, statSync } from "node:fs";

const root = new URL("../../../", import.meta.url);
const built = ["apps", "packages"].flatMap((group) =>
  readdirSync(new URL(group, root), { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map(({ name }) => changed(`${group}/${name}/dist/.tsbuildinfo`)),
);
const isNewest = changed("apps/cli/bundle/main.js") > Math.max(...built);
await import(isNewest ? "../bundle/main.js" : "../dist/main.js");

/** When; 0: it is not there. */
function changed(file) {
  return statSync(new URL(file, root), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
