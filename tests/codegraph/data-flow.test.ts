// What holds for the data flow of any program, on generated ones: its SSA form, and what the compiler
// of Elixir knows of the same variables.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildCfg,
  buildDfg,
  cfgDominators,
  closureCfg,
  DfgIndex,
  fileSyntax,
  reachingDefinitions,
  type Cfg,
  type Dfg,
  type Use,
} from "@elixirscope/codegraph";
import { parse } from "@elixirscope/syntax";
import { describe, expect, test } from "vitest";
import { systemRelease } from "../support/beam-node.ts";
import { Random } from "./generate/random.ts";
import { program } from "./generate/program.ts";

const FIRST_SEED = Number(process.env["ELIXIRSCOPE_FLOW_SEED"] ?? 1);

type Graphs = { readonly cfg: Cfg; readonly dfg: Dfg };

function graphsOf(source: string): readonly Graphs[] {
  const file = fileSyntax("program.ex", parse(source));
  return file.modules.flatMap((module) =>
    module.functions.map((fn) => {
      const cfg = buildCfg(fn, module, file.ids);
      return { cfg, dfg: buildDfg(fn, module, cfg, file.ids) };
    }),
  );
}

describe("the SSA form of generated programs", () => {
  const graphs = Array.from({ length: 100 }, (_, i) => program(FIRST_SEED + i)).flatMap(
    ({ source }) => graphsOf(source),
  );

  test("each use is dominated by its definition, which is the one that reaches it", () => {
    let uses = 0;
    const wrong: string[] = [];
    for (const { cfg, dfg } of graphs) {
      for (let closure = -1; closure < dfg.closures.length; closure += 1) {
        const graph = closureCfg(cfg, dfg, closure);
        if (graph === null) continue;
        const { idom } = cfgDominators(graph);
        const reaching = reachingDefinitions(dfg, graph, closure);
        for (const use of dfg.uses) {
          const definition = dfg.definitions[use.definition];
          if (definition?.closure !== closure) continue;
          // nothing is said of code that is never reached
          if (idom[use.cfgNode] === -1 && use.cfgNode !== graph.entry) continue;
          uses += 1;
          const place = `${dfg.function} ${use.line}: ${definition.name}.${definition.version}`;
          if (!dominates(idom, definition.cfgNode, use.cfgNode)) wrong.push(`${place} dominated`);
          const isBinding = definition.kind === "pattern" || definition.kind === "capture";
          if (!isBinding || definition.cfgNode === use.cfgNode) continue;
          if (isReboundAt(dfg, graph, use)) continue;
          if (!reaching(use.cfgNode).includes(use.definition)) wrong.push(`${place} reached`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(uses).toBeGreaterThan(2_000);
  });

  test("versions of a name are told apart and counted from 0", () => {
    for (const { dfg } of graphs) {
      const versions = new Map<string, number[]>();
      for (const { kind, name, version } of dfg.definitions) {
        if (name === null || kind === "capture") continue;
        versions.set(name, [...(versions.get(name) ?? []), version]);
      }
      for (const list of versions.values()) expect(list).toEqual(list.map((_, i) => i));
    }
  });
});

test("broken programs have graphs whose numbers are there", () => {
  const random = new Random(FIRST_SEED);
  let functions = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 150; seed += 1) {
    for (const { dfg, cfg } of graphsOf(broken(program(seed).source, random))) {
      functions += 1;
      expect(dfg.definitions[dfg.result]?.kind).toBe("phi");
      for (const { from, to } of dfg.flows) {
        expect(dfg.definitions[Math.max(from, to)]).toBeDefined();
      }
      expect(() => new DfgIndex(dfg).unusedBindings()).not.toThrow();
      expect(() => reachingDefinitions(dfg, cfg)(cfg.exit)).not.toThrow();
    }
  }
  expect(functions).toBeGreaterThan(150);
});

const PIECES = [
  "do",
  "end",
  "fn",
  " -> ",
  "(",
  ")",
  "[",
  "}",
  "%{",
  "<<",
  "^",
  "&",
  '"',
  "#{",
  "@",
];

/** A few pieces taken out, put in or doubled. */
function broken(source: string, random: Random): string {
  let text = source;
  for (let left = random.between(1, 4); left > 0; left -= 1) {
    const at = random.below(text.length);
    const to = at + random.below(12);
    const put = random.chance(50)
      ? (PIECES[random.below(PIECES.length)] ?? "")
      : text.slice(at, to);
    text = text.slice(0, at) + put + text.slice(random.chance(50) ? to : at);
  }
  return text;
}

/** `f(x, x = 1)` is one node, at which the first x is not what reaches it. */
function isReboundAt(dfg: Dfg, cfg: Cfg, { definition, cfgNode }: Use): boolean {
  const node = cfg.nodes[cfgNode];
  const read = dfg.definitions[definition];
  return dfg.definitions.some(
    ({ kind, name, start, end }, index) =>
      kind === "pattern" &&
      name === read?.name &&
      index !== definition &&
      node !== undefined &&
      start >= node.start &&
      end <= node.end,
  );
}

function dominates(idom: ArrayLike<number>, above: number, below: number): boolean {
  let at = below;
  while (at !== above) {
    const next = idom[at] ?? -1;
    if (next === at || next < 0) return false;
    at = next;
  }
  return true;
}

const COMPILE = `
Code.compiler_options(ignore_module_conflict: true)
[support | programs] = System.argv()
Code.compile_file(support)
for file <- programs do
  # the compilers of Erlang and Elixir fail on some programs
  {_, reference} =
    spawn_monitor(fn ->
      Code.compile_file(file)
      IO.puts("compiled " <> file)
    end)

  receive do
    {:DOWN, ^reference, _, _, _} -> :ok
  end
end
`;

type Warned = { readonly compiled: ReadonlySet<string>; readonly unused: ReadonlySet<string> };

async function elixirWarnings(elixir: string, sources: readonly string[]): Promise<Warned> {
  const directory = mkdtempSync(join(tmpdir(), "elixirscope-unused-"));
  try {
    writeFileSync(join(directory, "compile.exs"), COMPILE);
    const files = sources.map((source, i) => {
      writeFileSync(join(directory, `p${i}.ex`), source);
      return `p${i}.ex`;
    });
    const support = join(import.meta.dirname, "beam/some.ex");
    const { stdout, stderr } = await run(elixir, ["compile.exs", support, ...files], directory);
    const warnings = stderr.matchAll(/variable "([^"]+)" is unused[^]*?(p\d+\.ex):(\d+)/g);
    return {
      compiled: new Set([...stdout.matchAll(/compiled (\S+)/g)].map(([, file]) => file ?? "")),
      unused: new Set([...warnings].map(([, name, file, line]) => `${file}:${line} ${name}`)),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return await new Promise((resolve, reject) => {
    const options = { cwd, maxBuffer: 64 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(error);
    });
  });
}

describe.each(systemRelease())("Elixir on OTP $release", ({ release, root }) => {
  test("warns of exactly the bindings that are found to be unused", async () => {
    const programs = release === "system" ? 40 : 15;
    const sources = Array.from({ length: programs }, (_, i) => program(FIRST_SEED + i).source);
    const elixir = root === undefined ? "elixir" : join(root, "bin/elixir");
    const { compiled, unused } = await elixirWarnings(elixir, sources);
    expect(compiled.size).toBeGreaterThan(programs * 0.9);
    const ours = new Set(
      sources.flatMap((source, i) =>
        compiled.has(`p${i}.ex`)
          ? graphsOf(source).flatMap(({ dfg }) =>
              new DfgIndex(dfg)
                .unusedBindings()
                .map(({ name, line }) => `p${i}.ex:${line} ${name}`),
            )
          : [],
      ),
    );
    const theirs = [...unused].filter((place) => compiled.has(place.split(":")[0] ?? ""));
    expect([...ours].toSorted()).toEqual(theirs.toSorted());
    expect(ours.size).toBeGreaterThan(programs * 5);
    console.log(
      `Elixir on OTP ${release}: ${ours.size} unused bindings in ${compiled.size} programs`,
    );
  }, 120_000);
});
