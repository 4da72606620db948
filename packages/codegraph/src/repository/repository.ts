// The analysed code of a project: filled in parallel, kept up to date, saved between runs.
//
// Updates run one after another. Each gives a new `Analysis`; an older one stays right for whoever holds it.

import { createHash } from "node:crypto";
import path from "node:path";
import { Emitter } from "@elixirscope/base";
import { ruleSet, type UserPatterns } from "../patterns/file-findings.ts";
import type { PatternProblem } from "../patterns/language/pattern.ts";
import { LinkMemory } from "../link/project-index.ts";
import { AnalysisError } from "./analysis-error.ts";
import { type AnalysisLimits, DEFAULT_ANALYSIS_LIMITS } from "./analysis-limits.ts";
import { AnalysisPool } from "./analysis-pool.ts";
import { analysisVersion } from "./analysis-version.ts";
import { type Analysis, type FileDiagnostic, linkAnalysis } from "./analysis.ts";
import { type CacheContents, ignoredFolder, readCache, writeCache } from "./cache-file.ts";
import { type AnalysisProgress, FactsUpdater, type FileChanges } from "./facts-updater.ts";
import type { FileFacts } from "./file-facts.ts";
import { followInput } from "./follow-input.ts";
import type { PackedFacts } from "./packed-facts.ts";
import { Discovery, type DiscoveryOptions } from "./project/discover.ts";
import { FolderWatcher, type WatcherOptions } from "./project/folder-watcher.ts";
import type { Project, ProjectFile } from "./project/project-file.ts";
import { codeBatches, type CodeTables, type CodeTablesOptions } from "./tables/code-tables.ts";
import { RepositoryFacts } from "./repository-facts.ts";

export type RepositoryOptions = DiscoveryOptions & {
  readonly limits?: Partial<AnalysisLimits>;
  /** the user's own patterns, looked for beside ours */
  readonly patterns?: readonly UserPatterns[];
  /** threads that analyse; default: one for each processor */
  readonly threads?: number;
  /** where facts are kept between runs: `.elixirscope` in the project's root, a file, or nowhere */
  readonly cache?: "project" | "none" | { readonly file: string };
  /** of graphs in memory; what is over it waits in a temporary file */
  readonly memoryBytes?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (progress: AnalysisProgress) => void;
};

export type RepositoryUpdate = FileChanges & {
  readonly analysis: Analysis;
  /** from when the change was looked at until the analysis was there */
  readonly durationMs: number;
};

export type RepositoryEvents = {
  updated: RepositoryUpdate;
  /** an update failed; the analysis before it stays */
  failed: Error;
};

const DEFAULT_MEMORY_BYTES = 256 * 1024 * 1024;
const PRODUCT = "elixirscope";
const CACHE_FILE = path.join(".elixirscope", "analysis.facts");

export class Repository {
  readonly events: Emitter<RepositoryEvents> = new Emitter();
  readonly #discovery: Discovery;
  readonly #pool: AnalysisPool;
  readonly #facts: RepositoryFacts;
  readonly #options: RepositoryOptions;
  readonly #limits: AnalysisLimits;
  readonly #patternProblems: readonly FileDiagnostic[];
  readonly #linked = new LinkMemory();
  readonly #updater: FactsUpdater;
  #analysis: Analysis | null = null;
  #cacheProblem: CacheContents["problem"] = "missing";
  #reused = 0;
  #isSaved = true;
  #updates: Promise<unknown> = Promise.resolve();
  #watcher: FolderWatcher | null = null;
  #closed = false;

  private constructor(discovery: Discovery, options: RepositoryOptions) {
    this.#discovery = discovery;
    this.#options = options;
    this.#limits = { ...DEFAULT_ANALYSIS_LIMITS, ...options.limits };
    const { threads, patterns = [] } = options;
    this.#patternProblems = ruleSet(patterns).problems.map(patternDiagnostic);
    this.#pool = new AnalysisPool({
      limits: this.#limits,
      patterns,
      ...(threads === undefined ? {} : { threads }),
    });
    this.#facts = new RepositoryFacts(options.memoryBytes ?? DEFAULT_MEMORY_BYTES);
    this.#updater = new FactsUpdater(this.#pool, this.#facts);
  }

  /** Analyses all of `root`: a folder or a file. What is wrong with single files is in the diagnostics. */
  static async open(root: string, options: RepositoryOptions = {}): Promise<Repository> {
    const repository = new Repository(await Discovery.begin(root, options), options);
    try {
      await repository.#fill();
      return repository;
    } catch (cause) {
      await repository.close();
      if (options.signal?.aborted !== true) throw cause;
      throw new AnalysisError("cancelled", "the analysis was cancelled", { cause });
    }
  }

  get root(): string {
    return this.#discovery.root;
  }

  get analysis(): Analysis {
    if (this.#analysis === null) throw new AnalysisError("closed", "the repository is not open");
    return this.#analysis;
  }

  get project(): Project {
    return this.analysis.project;
  }

  facts(file: string): FileFacts | null {
    return this.#facts.get(file) ?? null;
  }

  /** How the last run's facts served: how many were taken over, and why others were not. */
  get cache(): { readonly reused: number; readonly problem: CacheContents["problem"] } {
    return { reused: this.#reused, problem: this.#cacheProblem };
  }

  /** For diagnosis and tests. */
  get pool(): Pick<AnalysisPool, "restarts" | "crashThread"> {
    return this.#pool;
  }

  get graphMemory(): { readonly bytesInMemory: number; readonly bytesOnDisk: number } {
    return this.#facts.store;
  }

  /** Looks for changes: in these folders, or everywhere. Null when nothing changed. */
  refresh(folders?: readonly string[]): Promise<RepositoryUpdate | null> {
    const next = this.#updates.then(
      () => this.#refreshNow(folders ?? this.#discovery.folders),
      () => this.#refreshNow(folders ?? this.#discovery.folders),
    );
    this.#updates = next.catch(() => undefined);
    return next;
  }

  /** Follows changes of the files until it is disposed; `events` tells of each update. */
  watch(options: WatcherOptions = {}): Disposable {
    this.#watcher?.[Symbol.dispose]();
    const watcher: FolderWatcher = new FolderWatcher(
      (folders) => void this.#follow(watcher, folders),
      options,
    );
    this.#watcher = watcher;
    watcher.setFolders(this.#discovery.folders);
    // what happened between the first look and the watch
    void this.#follow(watcher, this.#discovery.folders);
    return {
      [Symbol.dispose]: () => {
        watcher[Symbol.dispose]();
        if (this.#watcher === watcher) this.#watcher = null;
      },
    };
  }

  /**
   * Follows untrusted input through the whole project and adds what it finds to the present analysis: on
   * demand, since it takes seconds in a large one. The next update forgets it.
   */
  followInput(): Analysis {
    this.#analysis = followInput(this.analysis);
    return this.#analysis;
  }

  /** The present analysis as tables, for the store. */
  codeTables(options: CodeTablesOptions = {}): CodeTables {
    const { analysis } = this;
    const graphsOf = (name: string): Uint8Array | null => this.#facts.packed(name)?.graphs ?? null;
    return {
      facts: { product: PRODUCT, root: this.root, analysis: this.#version() },
      batches: codeBatches(analysis, { pool: this.#pool, graphsOf }, options),
    };
  }

  /** Keeps the facts for the next run, if they are to be kept and have changed. */
  async save(): Promise<void> {
    const file = this.#cacheFile();
    if (file === null || this.#isSaved) return;
    this.#isSaved = true;
    try {
      if (this.#options.cache === "project") await ignoredFolder(path.dirname(file));
      await writeCache(file, this.#version(), this.#packedFacts());
    } catch (cause) {
      this.#isSaved = false;
      throw cause;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watcher?.[Symbol.dispose]();
    await this.#pool.close();
    await this.#updates;
    this.#facts[Symbol.dispose]();
  }

  async #fill(): Promise<void> {
    this.#progress("discovering", []);
    const project = await this.#discovery.find([], this.#options.signal);
    await this.#takeSaved(project);
    await this.#update(project);
  }

  async #takeSaved(project: Project): Promise<void> {
    const file = this.#cacheFile();
    if (file === null) return;
    const { facts, problem } = await readCache(file, this.#version());
    this.#cacheProblem = problem;
    this.#reused = await this.#updater.takeSaved(project, facts, this.#options.signal);
    this.#isSaved = problem === null && facts.size === project.files.length;
  }

  async #follow(watcher: FolderWatcher, folders: readonly string[]): Promise<void> {
    await this.#updates;
    if (this.#closed || this.#watcher !== watcher) return;
    try {
      const update = await this.refresh(folders);
      const news = this.#watcher === watcher ? watcher.setFolders(this.#discovery.folders) : [];
      // a folder that is new may have got files before it was watched
      if (news.length > 0) void this.#follow(watcher, news);
      if (update !== null) this.events.emit("updated", update);
    } catch (cause) {
      if (this.#closed) return;
      this.events.emit("failed", cause instanceof Error ? cause : new Error(String(cause)));
    }
  }

  async #refreshNow(folders: readonly string[]): Promise<RepositoryUpdate | null> {
    if (this.#closed) throw new AnalysisError("closed", "the repository is closed");
    const started = performance.now();
    const project = await this.#discovery.find(folders);
    const changes = await this.#update(project);
    if (changes === null) return null;
    return { ...changes, analysis: this.analysis, durationMs: performance.now() - started };
  }

  /** Brings facts and analysis to the state of `project`; null when they are. */
  async #update(project: Project): Promise<FileChanges | null> {
    await this.#updater.update(project, this.#options);
    const before = this.#analysis;
    if (!this.#updater.hasChanges && before !== null && sameProject(before.project, project)) {
      return null;
    }
    this.#progress("linking", project.files);
    this.#analysis = linkAnalysis(project, this.#facts.all(), this.#patternProblems, this.#linked);
    const changes = this.#updater.takeChanges();
    const isNew = before !== null || this.#reused < project.files.length;
    if (isNew) this.#isSaved = false;
    return changes;
  }

  *#packedFacts(): Iterable<PackedFacts> {
    for (const { path: name, sha256 } of this.#facts.all()) {
      // without a hash nothing tells whether the file is the same next time
      const packed = sha256 === "" ? null : this.#facts.packed(name);
      if (packed !== null) yield packed;
    }
  }

  #progress(phase: AnalysisProgress["phase"], files: readonly ProjectFile[]): void {
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    this.#options.progress?.({
      phase,
      files: files.length,
      filesDone: files.length,
      bytes,
      bytesDone: bytes,
    });
  }

  #version(): string {
    const settings = JSON.stringify([this.#limits, this.#options.patterns ?? []]);
    return `${analysisVersion()} ${createHash("sha256").update(settings).digest("hex")}`;
  }

  #cacheFile(): string | null {
    const { cache = "none" } = this.#options;
    if (cache === "none") return null;
    if (cache !== "project") return path.resolve(cache.file);
    // a single file is analysed faster than read back, and its folder may be another project's
    return this.#discovery.isSingleFile ? null : path.join(this.root, CACHE_FILE);
  }
}

function patternDiagnostic({ file, code, message, line, column }: PatternProblem): FileDiagnostic {
  const name = `pattern_${code}`;
  return { file, severity: "error", code: name, message, line, column, start: 0, end: 0 };
}

function sameProject(a: Project, b: Project): boolean {
  return projectText(a) === projectText(b);
}

function projectText({ applications, problems, leftOut, files }: Project): string {
  const roles = files.map(({ path: name, role, application }) => [name, role, application]);
  return JSON.stringify([applications, problems, leftOut, roles]);
}
