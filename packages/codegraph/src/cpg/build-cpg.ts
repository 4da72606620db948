// Code property graphs of one function, of a file, of a project one function at a time.
//
// Graphs are large (some 40 edges for each line), so nothing is kept: they are made from the tree when
// somebody looks, and of a project by an iterator that holds one file at a time.

import { parse } from "@elixirscope/syntax";
import { buildCfg } from "../flow/cfg-build.ts";
import { buildDfg } from "../flow/dfg-build.ts";
import type { ProjectGraphs } from "../link/project-graphs.ts";
import { fileSyntax } from "../module/file-syntax.ts";
import type { FunctionKey } from "../module/module-data.ts";
import type { FileSyntax } from "../module/module-syntax.ts";
import { CpgBuilder, nowhere } from "./cpg-builder.ts";
import type { Cpg } from "./cpg.ts";
import { addData } from "./data-layer.ts";
import { addFlow } from "./flow-layer.ts";
import { addCalls, ProjectLayer } from "./project-layer.ts";
import { addSyntax, type CpgScope } from "./syntax-layer.ts";

/** The graph of one function; null when the file has none of that key. With `graphs` also the project's edges. */
export function functionCpg(
  file: FileSyntax,
  key: FunctionKey,
  graphs: ProjectGraphs | null = null,
): Cpg | null {
  const layer = graphs === null ? null : new ProjectLayer(graphs);
  for (const module of file.modules) {
    const fun = module.functions.find(({ data }) => data.key === key);
    if (fun === undefined) continue;
    const builder = new CpgBuilder();
    addFunctions([{ fun, module, ids: file.ids, builder }], layer);
    return builder.finish();
  }
  return null;
}

/** The graph of a whole file: its modules and all their functions. */
export function fileCpg(file: FileSyntax, graphs: ProjectGraphs | null = null): Cpg {
  const layer = graphs === null ? null : new ProjectLayer(graphs);
  const builder = new CpgBuilder();
  const root = builder.node({
    id: file.file,
    kind: "file",
    type: "file",
    label: file.file,
    function: null,
    ...nowhere,
  });
  const scopes: CpgScope[] = [];
  for (const module of file.modules) {
    const node = builder.module(module.data.name);
    builder.edge("CONTAINS", root, node);
    for (const { module: used } of module.data.uses) {
      builder.edge("EXPANDS_TO", node, builder.function(`${used}.__using__/1`), "use");
    }
    for (const fun of module.functions) scopes.push({ fun, module, ids: file.ids, builder });
  }
  addFunctions(scopes, layer);
  return builder.finish();
}

export type FunctionCpg = {
  readonly file: string;
  readonly function: FunctionKey;
  readonly cpg: Cpg;
};

/** The graphs of all functions that are wanted, a file at a time: what was yielded is not held. */
export function* projectCpgs(
  sources: Iterable<{ readonly path: string; readonly text: string }>,
  graphs: ProjectGraphs | null = null,
  wanted: (key: FunctionKey) => boolean = () => true,
): Generator<FunctionCpg, void, void> {
  const layer = graphs === null ? null : new ProjectLayer(graphs);
  for (const { path, text } of sources) {
    const file = fileSyntax(path, parse(text, { file: path }));
    for (const module of file.modules) {
      for (const fun of module.functions) {
        if (!wanted(fun.data.key)) continue;
        const builder = new CpgBuilder();
        addFunctions([{ fun, module, ids: file.ids, builder }], layer);
        yield { file: path, function: fun.data.key, cpg: builder.finish() };
      }
    }
  }
}

/** Trees first: edges of one function may lead to nodes of another. */
function addFunctions(scopes: readonly CpgScope[], layer: ProjectLayer | null): void {
  for (const scope of scopes) addSyntax(scope);
  for (const scope of scopes) {
    const { fun, module, ids } = scope;
    const cfg = buildCfg(fun, module, ids);
    addFlow(cfg, scope);
    addData(buildDfg(fun, module, cfg, ids), scope);
    if (layer === null) addCalls(fun.data, scope);
    else layer.add(scope);
  }
}
