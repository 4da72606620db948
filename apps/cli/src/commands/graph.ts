// `elixirscope graph`: one graph of a project or of a function, drawn in a format.

import { assertNever, nearestNames } from "@elixirscope/base";
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
import { openProject, type ProjectFlags } from "../open-project.ts";
import { projectText } from "../project-lines.ts";
import { writeResult } from "../write-result.ts";
import type { GraphKind } from "./graph-kinds.ts";

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
      return callsOf(analysis, options.function);
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

/** Also of a function that is called and not defined here. */
function callsOf({ graphs }: Analysis, typed: FunctionKey | undefined): Drawing {
  for (const options of typed === undefined ? [{}] : keysOf(typed).map(oneFunction)) {
    const drawing = callsDrawing(graphs, options);
    if (drawing !== null) return drawing;
  }
  return unknownFunction(graphs, typed ?? "");
}

function oneFunction(key: FunctionKey): { readonly function: FunctionKey } {
  return { function: key };
}

function known({ graphs }: Analysis, typed: FunctionKey): FunctionKey {
  const { functions } = graphs.calls;
  const key = keysOf(typed).find((candidate) => functions.some((data) => data.key === candidate));
  return key ?? unknownFunction(graphs, typed);
}

/** What may be meant: a key as we write it, or the name as Elixir does, `Elixir.Mod."odd name"/1`. */
function keysOf(typed: string): readonly FunctionKey[] {
  const short = typed.replace(/^Elixir\.(?=.*\.)/, "");
  const plain = short.replace(/\."((?:[^"\\]|\\.)*)"(?=\/\d+$)/, (_, name: string) => {
    return `.${name.replaceAll(/\\(.)/g, "$1")}`;
  });
  return [...new Set([typed, short, plain])];
}

function unknownFunction(graphs: Analysis["graphs"], key: FunctionKey): never {
  const near = nearestNames(
    key,
    graphs.calls.functions.map((data) => data.key),
  );
  const advice = near.length === 0 ? "" : `; near it: ${near.join(", ")}`;
  throw new UsageError(`there is no function ${key}${advice}`);
}
