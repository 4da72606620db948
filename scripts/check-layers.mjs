// Checks that imports between our packages point downwards only.
//
// `layers.json` lists the layers, lowest first. A package may import a package of a lower
// layer if its own package.json declares it, and only through that package's entry points.
// Unit tests may use what is in `tests/`.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const SCOPE = "@elixirscope/";
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g;

const root = resolve(import.meta.dirname, "..");
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
const layers = readJson(join(root, "scripts/layers.json"));
const layerOf = new Map(layers.flatMap((names, i) => names.map((name) => [name, i])));

const problems = [];
let files = 0;

for (const dir of packageDirs()) {
  const { name, dependencies = {} } = readJson(join(dir, "package.json"));
  const self = name === "elixirscope" ? "cli" : name.slice(SCOPE.length);
  if (!layerOf.has(self)) problems.push(`${name}: in no layer of layers.json`);

  for (const file of sourceFiles(join(dir, "src"))) {
    files += 1;
    for (const [, target] of readFileSync(file, "utf8").matchAll(IMPORT)) {
      const problem = problemWith(target, { dir, file, self, dependencies });
      if (problem !== undefined) problems.push(`${relative(root, file)}: "${target}" ${problem}`);
    }
  }
}

for (const problem of problems) console.error(problem);
if (files === 0) problems.push("found no source file");
console.log(`layers: ${files} files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function problemWith(target, { dir, file, self, dependencies }) {
  if (target.startsWith(".")) {
    const path = resolve(dirname(file), target);
    const inside = !relative(dir, path).startsWith("..");
    const support = file.endsWith(".test.ts") && path.startsWith(join(root, "tests/"));
    return inside || support ? undefined : "leaves its package";
  }
  if (!target.startsWith(SCOPE)) return undefined;
  const path = target.slice(SCOPE.length);
  const other = path.split("/", 1)[0];
  if (!Object.hasOwn(dependencies, SCOPE + other)) return "is not declared in package.json";
  if (path.includes("/src/")) return "reaches past the entry point";
  if (!(layerOf.get(other) < layerOf.get(self))) return "does not point downwards";
  return undefined;
}

function packageDirs() {
  return ["packages", "apps"]
    .filter((group) => existsSync(join(root, group)))
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .filter((dir) => existsSync(join(dir, "package.json")));
}

function sourceFiles(dir) {
  return readdirSync(dir, { recursive: true })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join(dir, path));
}
