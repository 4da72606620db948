// How long the whole analysis of Elixir's own source takes, from nothing, from saved facts and after one
// changed file, beside what Elixir itself needs to only parse the same files.
// `node bench/code-analysis.mjs [cold] [saved] [watch]`: all parts, or those that are named
//
// Each opening is a process of its own: start-up, compiling and all threads count. Processor time is of all
// threads together; on a busy machine it says more than the clock.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Repository } from "@elixirscope/codegraph";
import { CodeStore } from "@elixirscope/store";
import { elixirSource } from "../scripts/elixir-source.mjs";

const RUNS = 3;
const CHANGES = 15;

if (process.argv[2] === "--open") {
  await openOnce(process.argv[3], JSON.parse(process.argv[4]));
} else {
  await main();
}

/** In a process of its own: opens, and prints what it took as JSON. */
async function openOnce(root, { threads, cache, out }) {
  const started = performance.now();
  const repository = await Repository.open(root, {
    ...(threads === undefined ? {} : { threads }),
    ...(cache === undefined ? {} : { cache: { file: cache } }),
  });
  const ms = performance.now() - started;
  const { files, findings, diagnostics, graphs } = repository.analysis;
  const result = {
    ms,
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    modules: files.reduce((sum, file) => sum + file.modules.length, 0),
    functions: graphs.calls.functions.length,
    calls: graphs.calls.sites.length,
    findings: findings.length,
    errors: diagnostics.filter(({ severity }) => severity === "error").length,
    reused: repository.cache.reused,
    cpuMs: cpuMs(),
    peakMB: process.resourceUsage().maxRSS / 1024,
  };
  if (out !== undefined) {
    const [before, cpu] = [performance.now(), cpuMs()];
    const written = await CodeStore.write(out, repository.codeTables());
    result.write = {
      ms: performance.now() - before,
      cpuMs: cpuMs() - cpu,
      bytes: written.bytes,
      rows: written.rows,
      peakMB: process.resourceUsage().maxRSS / 1024,
    };
  }
  if (cache !== undefined) {
    const before = performance.now();
    await repository.save();
    result.saveMs = performance.now() - before;
  }
  await repository.close();
  console.log(JSON.stringify(result));
}

async function main() {
  const source = elixirSource();
  if (source.root === undefined) {
    console.log(`skipped: ${source.reason}`);
    return;
  }
  const work = mkdtempSync(path.join(tmpdir(), "code-analysis-"));
  try {
    const root = path.join(work, "elixir");
    cpSync(source.root, root, { recursive: true });
    const wanted = process.argv.slice(2);
    const wants = (part) => wanted.length === 0 || wanted.includes(part);
    if (wants("cold")) cold(root, work);
    if (wants("saved")) saved(root, work);
    if (wants("watch")) await changes(root);
  } finally {
    rmSync(work, { recursive: true });
  }
}

function cold(root, work) {
  const runs = repeated(() => open(root, {}));
  const [first] = runs;
  console.log(
    `${first.files} files, ${mb(first.bytes)} MB: ${first.modules} modules, ${first.functions} functions, ` +
      `${first.calls} calls, ${first.findings} findings, ${first.errors} errors`,
  );
  const ms = median(runs.map((run) => run.ms));
  const cpu = median(runs.map((run) => run.cpuMs));
  const one = median(repeated(() => open(root, { threads: 1 })).map((run) => run.ms));
  const baseline = median(repeated(() => quotedMs(root)));
  console.log(
    `cold, all threads: ${seconds(ms)} s (processor ${seconds(cpu)} s), peak ${Math.round(first.peakMB)} MB resident`,
  );
  console.log(`cold, one thread: ${seconds(one)} s (${(one / ms).toFixed(2)} times as long)`);
  console.log(
    `Code.string_to_quoted of the same files, all schedulers, in a running VM: ${seconds(baseline)} s ` +
      `(the whole analysis takes ${(ms / baseline).toFixed(1)} times as long)`,
  );
  const { write } = open(root, { out: path.join(work, "elixir.escope") });
  const rows = Object.values(write.rows).reduce((sum, count) => sum + count, 0);
  console.log(
    `tables written: ${rows} rows (${write.rows.ast_nodes} syntax nodes) in ${seconds(write.ms)} s ` +
      `(processor ${seconds(write.cpuMs)} s), ` +
      `${mb(write.bytes)} MB on disk, peak ${Math.round(write.peakMB)} MB resident`,
  );
}

function saved(root, work) {
  const cache = path.join(work, "elixir.facts");
  const first = open(root, { cache });
  const again = median(repeated(() => open(root, { cache })).map((run) => run.ms));
  console.log(
    `saved: ${seconds(first.saveMs)} s, ${mb(statSync(cache).size)} MB; opened again from it: ${seconds(again)} s`,
  );
}

async function changes(root) {
  const repository = await Repository.open(root);
  repository.watch();
  await repository.refresh();
  const bySize = repository.project.files
    .filter(({ role }) => role === "compiled")
    .toSorted((a, b) => a.bytes - b.bytes);
  for (const [what, file] of [
    ["a file of median size", bySize[bySize.length >> 1]],
    ["the largest file", bySize.at(-1)],
  ]) {
    const text = readFileSync(file.absolute, "utf8");
    const all = [];
    const inside = [];
    const cpu = [];
    for (let n = 0; n < CHANGES; n++) {
      const updated = nextUpdate(repository);
      const [started, before] = [performance.now(), cpuMs()];
      writeFileSync(file.absolute, text.replace(/\n/, `\n# change ${n}\n`));
      const update = await updated;
      all.push(performance.now() - started);
      inside.push(update.durationMs);
      cpu.push(cpuMs() - before);
    }
    console.log(
      `watch, ${what} (${file.path}, ${(file.bytes / 1024).toFixed(1)} KB): written to known p50 ` +
        `${median(all).toFixed(0)} ms, worst ${Math.max(...all).toFixed(0)} ms of ${CHANGES}; ` +
        `of it analysis and linking p50 ${median(inside).toFixed(0)} ms; processor p50 ${median(cpu).toFixed(0)} ms`,
    );
  }
  await repository.close();
}

function nextUpdate(repository) {
  return new Promise((resolve) => {
    const heard = repository.events.on("updated", (update) => {
      heard[Symbol.dispose]();
      resolve(update);
    });
  });
}

function open(root, options) {
  const args = [import.meta.filename, "--open", root, JSON.stringify(options)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Milliseconds of parsing alone, in Elixir, on all schedulers; the VM's start is left out. */
function quotedMs(root) {
  const script = `
    files = Path.wildcard(Path.join(hd(System.argv()), "**/lib/**/*.{ex,exs}"))
    {us, _} = :timer.tc(fn ->
      files
      |> Task.async_stream(fn file ->
        Code.string_to_quoted(File.read!(file),
          columns: true, token_metadata: true,
          literal_encoder: &{:ok, {:__block__, &2, [&1]}}, unescape: false)
      end, ordered: false, timeout: :infinity)
      |> Stream.run()
    end)
    IO.puts(us / 1000)`;
  const { stdout, stderr, status } = spawnSync("elixir", ["-e", script, root], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function repeated(run) {
  return Array.from({ length: RUNS }, run);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(1);
}

function seconds(ms) {
  return (ms / 1000).toFixed(2);
}
