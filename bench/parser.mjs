// How fast the parser reads Elixir's own source, warm, beside a bare scan of its characters and beside
// Elixir's own parser; and how long one file of 200 KB takes, as it does at each change in an editor.
//
//   node bench/parser.mjs [rounds]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, toQuoted } from "@elixirscope/syntax";
import { elixirSource } from "../scripts/elixir-source.mjs";

const rounds = Number(process.argv[2] ?? 15);
const { root, reason } = elixirSource();
if (root === undefined) {
  console.log(`skipped: ${reason}`);
  process.exit(0);
}

const files = readdirSync(root, { recursive: true })
  .filter((name) => /\.exs?$/.test(name))
  .map((name) => path.join(root, name));
const sources = files.map((file) => readFileSync(file, "utf8"));
const megabytes = sources.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;

const speeds = { parse: [], scan: [] };
for (let round = 0; round < rounds; round++) {
  speeds.scan.push(megabytes / seconds(() => sources.forEach(scan)));
  speeds.parse.push(megabytes / seconds(() => sources.forEach((text) => parse(text))));
}
const parsing = median(speeds.parse);
const scanning = median(speeds.scan);
console.log(
  `source ${files.length} files, ${megabytes.toFixed(1)} MB; medians of ${rounds} rounds, warm`,
);
console.log(
  `parse ${parsing.toFixed(1)} MB/s (needed 8), a bare scan ${scanning.toFixed(0)} MB/s: 1/${(scanning / parsing).toFixed(0)}`,
);

const elixir = elixirSpeed();
if (elixir === null) console.log("skipped: elixir is not there to compare with");
else {
  console.log(
    `Code.string_to_quoted of Elixir ${elixir.version}, with all metadata: ${elixir.speed.toFixed(1)} MB/s; ` +
      `ours is ${(parsing / elixir.speed).toFixed(1)} times as fast`,
  );
}

const large = largeFile(200_000);
const times = [];
for (let round = 0; round < 40; round++) {
  const edited = `${large.slice(0, 100_000)} ${large.slice(100_000 + (round % 2))}`;
  times.push(1000 * seconds(() => parse(edited)));
}
const broken = [];
for (let round = 0; round < 20; round++) {
  const edited = large.replace(/\n {2}end\n/, "\n");
  broken.push(1000 * seconds(() => parse(edited)));
}
const tree = parse(large).tree;
console.log(
  `one file of ${(large.length / 1000).toFixed(0)} KB: ${median(times).toFixed(1)} ms (at most 60), ` +
    `worst ${Math.max(...times).toFixed(1)} ms; with an end missing ${median(broken).toFixed(1)} ms; ` +
    `as a quoted term ${(1000 * seconds(() => toQuoted(tree))).toFixed(0)} ms more`,
);

/** What reading every character costs at least. */
function scan(text) {
  let lines = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) === 10) lines++;
  return lines;
}

function seconds(work) {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Modules of Elixir's own, one after the other, up to a size. */
function largeFile(size) {
  let text = "";
  for (const source of sources)
    if (text.length < size && source.startsWith("defmodule")) text += source;
  return text;
}

function elixirSpeed() {
  const folder = mkdtempSync(path.join(tmpdir(), "parser-bench-"));
  try {
    const list = path.join(folder, "files");
    writeFileSync(list, files.join("\n"));
    const script = `
      sources = File.read!(hd(System.argv())) |> String.split("\\n") |> Enum.map(&File.read!/1)
      options = [columns: true, token_metadata: true, emit_warnings: false]
      round = fn -> :timer.tc(fn -> for s <- sources, do: {:ok, _} = Code.string_to_quoted(s, options) end) |> elem(0) end
      round.()
      IO.puts(System.version() <> " " <> to_string(Enum.min(for _ <- 1..3, do: round.())))
    `;
    const run = spawnSync("elixir", ["-e", script, list], { encoding: "utf8" });
    if (run.status !== 0) return null;
    const [version, microseconds] = run.stdout.trim().split("\n").at(-1).split(" ");
    return { version, speed: megabytes / (Number(microseconds) / 1e6) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
