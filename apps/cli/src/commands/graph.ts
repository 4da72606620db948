// `elixirscope graph`: one graph of a project or of a function, drawn in a format.

import { assertNever } from "@elixirscope/base";
import {
  type Analysis,
  callsDrawing,
  cfgDrawing,
  cpgDrawing,
  dfgDrawing,
  type Drawing,
  type DrawingFormat,
  fileSyntax,
  functionCpg,
  type FunctionKey,
  messagesDrawing,
  modulesDrawing,
  type Repository,
  renderDrawing,
  supervisionDrawing,
} from "@elixirscope/codegraph";
import { parse } from "@elixirscope/syntax";
import { UsageError } from "../exit-codes.ts";
import { Interrupt } from "../interrupt.ts";
import { nearestNames } from "../nearest-names.ts";
import { openProject, type ProjectFlags } from "../open-project.ts";
import { projectText } from "../project-lines.ts";
import { writeResult } from "../write-result.ts";

export const GRAPH_KINDS = [
  "cfg",
  "dfg",
  "cpg",
  "calls",
  "messages",
  "supervision",
  "modules",
] as const;
export type GraphKind = (typeof GRAPH_KINDS)[number];

export type GraphOptions = ProjectFlags & {
  readonly function?: FunctionKey;
  readonly kind: GraphKind;
  readonly format: DrawingFormat;
  readonly out?: string;
};

export async function graph(folder: string, options: GraphOptions): Promise<void> {
  using interrupt = new Interrupt();
  const repository = await openProject(folder, options, interrupt.signal);
  try {
    await writeResult(renderDrawing(drawingOf(repository, options), options.format), options.out);
  } finally {
    await repository.close();
  }
}

function drawingOf(repository: Repository, options: GraphOptions): Drawing {
  const { analysis } = repository;
  const { kind } = options;
  switch (kind) {
    case "calls":
      return (
        callsDrawing(
          analysis.graphs,
          options.function === undefined ? {} : { function: options.function },
        ) ?? unknownFunction(analysis, options.function ?? "")
      );
    case "messages":
      return messagesDrawing(
        analysis.graphs,
        options.function === undefined ? {} : { function: known(analysis, options.function) },
      );
    case "supervision":
      return supervisionDrawing(analysis.graphs);
    case "modules":
      return modulesDrawing(analysis.graphs);
    case "cfg":
    case "dfg":
    case "cpg": {
      if (options.function === undefined) {
        throw new UsageError(
          `a ${kind} is of one function: say which with --function Shop.Cart.add/3`,
        );
      }
      return functionDrawing(repository, kind, known(analysis, options.function));
    }
    default:
      return assertNever(kind);
  }
}

function functionDrawing(
  { analysis, root }: Repository,
  kind: "cfg" | "dfg" | "cpg",
  key: FunctionKey,
): Drawing {
  for (const file of analysis.files) {
    if (!file.modules.some(({ functions }) => functions.some((data) => data.key === key))) continue;
    if (kind === "cpg") {
      const text = projectText(root, file.path);
      if (text === null) continue;
      const cpg = functionCpg(fileSyntax(file.path, parse(text)), key, analysis.graphs);
      if (cpg !== null) return cpgDrawing(cpg, key);
    } else if (kind === "cfg") {
      const cfg = file.cfgs.find((candidate) => candidate.function === key);
      if (cfg !== undefined) return cfgDrawing(cfg);
    } else {
      const dfg = file.dfgs.find((candidate) => candidate.function === key);
      if (dfg !== undefined) return dfgDrawing(dfg);
    }
  }
  throw new UsageError(`${key} has no ${kind}: it has no body, or its file could not be analysed`);
}

function known(analysis: Analysis, key: FunctionKey): FunctionKey {
  const { calls } = analysis.graphs;
  return calls.functions.some((data) => data.key === key) ? key : unknownFunction(analysis, key);
}

function unknownFunction({ graphs }: Analysis, key: FunctionKey): never {
  const near = nearestNames(
    key,
    graphs.calls.functions.map((data) => data.key),
  );
  const advice = near.length === 0 ? "" : `; near it: ${near.join(", ")}`;
  throw new UsageError(`there is no function ${key}${advice}`);
}
