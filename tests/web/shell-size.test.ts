// What opening the page costs before anything is looked at: the files that its HTML asks for, and what those
// import at once. Views are fetched later and do not count.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { buildPage, WEB_ROOT } from "./browser-page.ts";

const MOST_BYTES = 300 * 1024;

beforeAll(() => buildPage());

/** Every file that is fetched to open the page. */
function eagerFiles(): ReadonlySet<string> {
  const html = readFileSync(resolve(WEB_ROOT, "index.html"), "utf8");
  const linked = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, path = ""]) =>
    resolve(WEB_ROOT, `.${path}`),
  );
  const files = new Set<string>();
  const waiting = [...linked];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!file.endsWith(".js")) continue;
    const source = readFileSync(file, "utf8");
    // `import x from "./y.js"` and `import "./y.js"`; `import("./y.js")` comes later
    for (const [, path = ""] of source.matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g)) {
      waiting.push(resolve(dirname(file), path));
    }
  }
  return files;
}

it("is opened with at most 300 KB, packed as a server may send it", () => {
  const files = eagerFiles();
  expect([...files].filter((file) => file.endsWith(".js")).length).toBeGreaterThan(0);
  expect([...files].filter((file) => file.endsWith(".css")).length).toBeGreaterThan(0);
  expect([...files].filter((file) => !existsSync(file))).toEqual([]);
  const sizes = [...files].map((file) => gzipSync(readFileSync(file)).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`the shell: ${(total / 1024).toFixed(1)} KB gzipped in ${files.size} files`);
  expect(total).toBeLessThan(MOST_BYTES);
});

it("leaves the theme to the page: no style sheet asks the system for it", () => {
  const sheets = readdirSync(resolve(WEB_ROOT, "assets")).filter((name) => name.endsWith(".css"));
  const asking = sheets.filter((name) =>
    readFileSync(resolve(WEB_ROOT, "assets", name), "utf8").includes("prefers-color-scheme"),
  );
  expect(asking).toEqual([]);
});
