// `elixirscope watch`: keeps an analysis up to date and says what each saved change did.

import { once } from "node:events";
import { existsSync } from "node:fs";
import {
  type Analysis,
  AnalysisError,
  type FileFacts,
  type Finding,
  type RepositoryUpdate,
} from "@elixirscope/codegraph";
import { findingText, limited, shortList } from "../format/code-report.ts";
import { type Style, styled } from "../format/style.ts";
import { formatCount, formatDurationMs } from "../format/units.ts";
import { visible } from "../format/visible.ts";
import { Interrupt } from "../interrupt.ts";
import { openProject, type ProjectFlags, saveLearnt } from "../open-project.ts";
import { ProjectLines } from "../project-lines.ts";

export type WatchOptions = ProjectFlags & { readonly json?: true };

export async function watch(folder: string, options: WatchOptions): Promise<void> {
  using interrupt = new Interrupt();
  const repository = await openProject(folder, options, interrupt.signal);
  try {
    let before = repository.analysis;
    const gone = new AbortController();
    const json = options.json === true;
    repository.events.on("updated", (update) => {
      const news = difference(before, update);
      before = update.analysis;
      console.log(json ? JSON.stringify(news) : newsText(news, repository.root));
      if (update.analysis.files.length === 0 && !existsSync(repository.root)) gone.abort();
    });
    repository.events.on("failed", (error) => {
      console.error(`not brought up to date: ${error.message}`);
    });
    repository.watch(); // closing the repository ends it
    const files = before.files.length;
    console.log(
      json
        ? JSON.stringify({ type: "ready", root: repository.root, files })
        : `watching ${formatCount(files)} files in ${repository.root} (Ctrl-C ends it)`,
    );
    await Promise.race([interrupt.requested, aborted(gone.signal)]);
    if (!interrupt.signal.aborted) {
      throw new AnalysisError("unreadable", `${repository.root} is gone: nothing is left to watch`);
    }
    await saveLearnt(repository);
    process.exitCode = 130;
  } finally {
    await repository.close();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

type News = {
  readonly type: "changed";
  readonly files: readonly string[];
  readonly removed: readonly string[];
  readonly durationMs: number;
  readonly functionsAdded: readonly string[];
  readonly functionsRemoved: readonly string[];
  readonly errors: readonly string[];
  readonly findingsAdded: readonly Finding[];
  readonly findingsRemoved: number;
};

function difference(before: Analysis, update: RepositoryUpdate): News {
  const { analysis, added, changed, removed, durationMs } = update;
  const touched = new Set([...added, ...changed, ...removed]);
  const oldFunctions = functionsOf(before.files, touched);
  const newFunctions = functionsOf(analysis.files, touched);
  const oldFindings = new Set(before.findings.map(findingKey));
  const newFindings = new Set(analysis.findings.map(findingKey));
  return {
    type: "changed",
    files: [...added, ...changed],
    removed,
    durationMs: Math.round(durationMs),
    functionsAdded: [...newFunctions].filter((key) => !oldFunctions.has(key)),
    functionsRemoved: [...oldFunctions].filter((key) => !newFunctions.has(key)),
    errors: analysis.diagnostics
      .filter(({ file, severity }) => touched.has(file) && severity === "error")
      .map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`),
    findingsAdded: analysis.findings.filter((finding) => !oldFindings.has(findingKey(finding))),
    findingsRemoved: [...oldFindings].filter((key) => !newFindings.has(key)).length,
  };
}

function functionsOf(files: readonly FileFacts[], paths: ReadonlySet<string>): Set<string> {
  return new Set(
    files
      .filter(({ path }) => paths.has(path))
      .flatMap(({ modules }) => modules)
      .flatMap(({ functions }) => functions.map(({ key }) => key)),
  );
}

/** The same finding a line further down is the same. */
function findingKey({ rule, file, function: key, nodeId, title }: Finding): string {
  return [rule, file, key, nodeId, title].join("\u0000");
}

function newsText(news: News, root: string): string {
  const stream = process.stdout;
  const names = [...news.files, ...news.removed.map((path) => `${path} (gone)`)];
  const lines = [
    `${styled(stream, "bold", visible(shortList(names)))} ${styled(stream, "dim", formatDurationMs(news.durationMs))}`,
    ...listed("red", "error", news.errors),
    ...listed("green", "+", news.functionsAdded),
    ...listed("red", "-", news.functionsRemoved),
  ];
  const sources = new ProjectLines(root);
  const lineAt = (file: string, line: number): string | null => sources.at(file, line);
  for (const finding of news.findingsAdded) {
    if (finding.severity === "info") continue;
    lines.push(findingText(finding, { stream, lineAt, mostFindings: 1 }));
  }
  if (news.findingsRemoved > 0) lines.push(`  ${news.findingsRemoved} findings are gone`);
  return lines.join("\n");
}

function listed(style: Style, mark: string, items: readonly string[]): readonly string[] {
  return limited(items.map((item) => `${styled(process.stdout, style, mark)} ${visible(item)}`));
}
