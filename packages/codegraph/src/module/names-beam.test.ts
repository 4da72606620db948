// Calls as the compiler resolved them, told by a compiler tracer, against calls as read from the text.
//
// Compared at their line and column. Left out: what the compiler reports twice for one place (an
// imported function, then the function that it is), and calls whose module is a value.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { isCall, parse, type Node } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { fileSyntax } from "./file-syntax.ts";
import { linkModule } from "./link-module.ts";
import type { ModuleData } from "./module-data.ts";

const root = resolve(import.meta.dirname, "../../../..");
const fixtures = resolve(root, "fixtures/codegraph/modules");
const elixirSource = resolve(root, ".cache/elixir-source/lib");
const elixir = spawnSync("elixir", ["--short-version"], { encoding: "utf8" });
const missing = elixir.status === 0 ? "" : " (skipped: no elixir on PATH)";

/** Place in the text (`file module function line column`) to what is called there. */
type Places = Map<string, Set<string>>;
type Compared = {
  readonly missed: readonly string[];
  readonly invented: readonly string[];
  readonly recall: number;
  readonly precision: number;
};

describe.skipIf(elixir.status !== 0)(`calls as the compiler resolves them${missing}`, () => {
  it("finds every call of the fixtures, and none that is not there", () => {
    const { missed, invented } = compare("the fixtures", elixirFiles(fixtures));
    expect({ missed, invented }).toEqual({
      missed: [...COMPUTED.missed, ...EXPANDED].toSorted(),
      invented: COMPUTED.invented,
    });
  }, 60_000);

  const isThere = elixir.stdout.startsWith("1.14") && existsSync(elixirSource);
  const why = isThere ? "" : " (skipped: it is not in .cache, or another release is on PATH)";
  it.skipIf(!isThere)(
    `finds the calls of Elixir's own EEx, ExUnit, IEx and Logger${why}`,
    () => {
      const files = ["eex", "ex_unit", "iex", "logger"].flatMap((app) =>
        elixirFiles(join(elixirSource, app, "lib")),
      );
      const { recall, precision } = compare("Elixir's source", files);
      expect(recall).toBeGreaterThan(0.995);
      expect(precision).toBeGreaterThan(0.99);
    },
    240_000,
  );
});

/** A function with a computed name: what it calls is found, but under `unquote(name)`. */
const COMPUTED = {
  missed: [
    "locals.ex Fixture.Locals alpha/1 120 31 Fixture.Locals.fetch/1",
    "locals.ex Fixture.Locals beta/1 120 31 Fixture.Locals.fetch/1",
  ],
  invented: ["locals.ex Fixture.Locals unquote(name)/1 120 31 Fixture.Locals.fetch/1"],
};

/** What macros of the fixtures expand to, with the line of the call and a column of the macro's text. */
const EXPANDED: readonly string[] = [
  "macros.ex Fixture.Page run/2 45 43 String.upcase/1",
  "names.ex Fixture.Names macros/1 67 47 :erlang.+/2",
  // `&(&1 + &2)` is told as `&:erlang.+/2` again, at the `&`
  "operators.ex Fixture.Operators captures/0 39 29 :erlang.+/2",
  "operators.ex Fixture.Operators is_tiny/1 5 49 :erlang.</2",
  "operators.ex Fixture.Operators small/1 16 29 :erlang.is_integer/1",
  "operators.ex Fixture.Operators small/1 16 49 :erlang.</2",
  "operators.ex Fixture.Operators tiny/1 17 29 :erlang.is_integer/1",
  "operators.ex Fixture.Operators tiny/1 17 49 :erlang.</2",
];

function elixirFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ex"))
    .map((name) => join(folder, name));
}

function compare(what: string, files: readonly string[]): Compared {
  const out = execFileSync("elixir", [join(fixtures, "trace.exs"), ...files], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const inlined = new Map<string, string>();
  const compiled = compiledCalls(out, inlined);
  const ours = ownCalls(files, inlined);
  const missed = difference(compiled, ours);
  const invented = difference(ours, compiled);
  const recall = 1 - missed.length / size(compiled);
  const precision = 1 - invented.length / size(ours);
  // oxlint-disable-next-line no-console -- the figures are asked for
  console.info(
    `${what}: ${size(compiled)} calls by the compiler, recall ${percent(recall)}, precision ${percent(precision)}`,
  );
  return { missed, invented, recall, precision };
}

function compiledCalls(out: string, inlined: Map<string, string>): Places {
  const events = out
    .trim()
    .split("\n")
    .map((line) => line.split("\t"));
  for (const [kind, from = "", to = ""] of events) if (kind === "inline") inlined.set(from, to);
  const meant = (target: string): string => inlined.get(target) ?? target;
  const resolved = new Set<string>();
  for (const [file, module, fn, line, column, kind = "", target = ""] of events) {
    if (!/^(imported|local)_|_macro$/.test(kind)) continue;
    const at = place(file, module, fn, line, column);
    resolved.add(at);
    // a captured function is reported again one column before, at the `&`
    resolved.add(`${place(file, module, fn, line, Number(column) - 1)} ${meant(target)}`);
  }
  const places: Places = new Map();
  for (const [file, module, fn, line, column, kind, target = ""] of events) {
    if (kind === undefined || kind === "alias_reference") continue;
    const at = place(file, module, fn, line, column);
    const isTwice = resolved.has(at) || resolved.has(`${at} ${meant(target)}`);
    if (kind !== "remote_function" || !isTwice) add(places, at, meant(target));
  }
  return places;
}

function ownCalls(files: readonly string[], inlined: ReadonlyMap<string, string>): Places {
  const places: Places = new Map();
  const syntaxes = files.map((file) =>
    fileSyntax(file, parse(readFileSync(file, "utf8"), { elixir: "1.14" })),
  );
  const all = new Map<string, ModuleData>();
  for (const { modules } of syntaxes) for (const { data } of modules) all.set(data.name, data);
  for (const { file, ids, modules } of syntaxes) {
    for (const { data } of modules) {
      for (const { name, arity, calls, kind } of linkModule(data, (key) => all.get(key))
        .functions) {
        // the compiler tells of no call in a delegate, and of none that module, function, arguments name
        if (kind === "defdelegate") continue;
        for (const { target, kind: how, nodeId } of calls) {
          const meta = placeOf(ids.nodeOf(nodeId))?.meta;
          if (target === null || how === "apply" || meta === null || meta === undefined) continue;
          const at = place(file, data.name, `${name}/${arity}`, meta.line, meta.column);
          add(places, at, inlined.get(target) ?? target);
        }
      }
    }
  }
  return places;
}

/** The compiler tells of `&Mod.fun/2` at the function, not at the `&`. */
function placeOf(node: Node | null): Node | null {
  const body = node !== null && isCall(node, "&", 1) ? node.args[0] : undefined;
  return isCall(body, "/", 2) ? (body.args[0] ?? node) : node;
}

function place(...parts: readonly (string | number | undefined)[]): string {
  const [file, ...rest] = parts;
  return [basename(String(file)), ...rest].join(" ");
}

function add(places: Places, at: string, target: string): void {
  const targets = places.get(at) ?? new Set();
  targets.add(target);
  places.set(at, targets);
}

function size(places: Places): number {
  return [...places.values()].reduce((sum, targets) => sum + targets.size, 0);
}

function difference(left: Places, right: Places): readonly string[] {
  return [...left]
    .flatMap(([at, targets]) =>
      [...targets].filter((target) => right.get(at)?.has(target) !== true).map((t) => `${at} ${t}`),
    )
    .toSorted();
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
