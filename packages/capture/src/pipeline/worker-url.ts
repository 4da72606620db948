// Where the entry of a worker lies. Tests import this package's TypeScript, which Node cannot run:
// their workers start from the build.

export function workerUrl(name: "ingest-worker" | "writer-worker"): URL {
  const fromSource = import.meta.url.endsWith(".ts");
  return new URL(fromSource ? `../../dist/pipeline/${name}.js` : `./${name}.js`, import.meta.url);
}
