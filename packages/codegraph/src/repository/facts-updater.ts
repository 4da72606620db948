// Brings the facts of files to the state of the disk: saved ones that still fit, new ones for what is new.
//
// What changed is remembered until it is taken, so that an update that fails half way is completed by
// the next one.

import type { AnalysisPool, FileOutcome } from "./analysis-pool.ts";
import { failedFacts, fileDiagnostic } from "./analyze-file.ts";
import { hashFile } from "./hash-file.ts";
import { packFacts, type PackedFacts } from "./packed-facts.ts";
import type { Project, ProjectFile } from "./project/project-file.ts";
import type { RepositoryFacts } from "./repository-facts.ts";

export type AnalysisProgress = {
  readonly phase: "discovering" | "analysing" | "linking";
  readonly files: number;
  readonly filesDone: number;
  readonly bytes: number;
  readonly bytesDone: number;
};

export type FileChanges = {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
};

export type UpdateOptions = {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: AnalysisProgress) => void;
};

type Change = keyof FileChanges;

export class FactsUpdater {
  readonly #pool: Pick<AnalysisPool, "analyse">;
  readonly #facts: RepositoryFacts;
  /** by path, the stamp of the file that its facts are of */
  readonly #stamps = new Map<string, string>();
  readonly #changes = new Map<string, Change>();

  constructor(pool: Pick<AnalysisPool, "analyse">, facts: RepositoryFacts) {
    this.#pool = pool;
    this.#facts = facts;
  }

  /** Takes over what was saved of files that are as they were then; returns how many. */
  async takeSaved(
    project: Project,
    saved: ReadonlyMap<string, PackedFacts>,
    signal?: AbortSignal,
  ): Promise<number> {
    let taken = 0;
    for (const { path, absolute, stamp } of project.files) {
      signal?.throwIfAborted();
      const facts = saved.get(path);
      if (facts === undefined || (await hashFile(absolute)) !== facts.outline.sha256) continue;
      this.#facts.set(facts);
      this.#stamps.set(path, stamp);
      this.#changes.set(path, "added");
      taken += 1;
    }
    return taken;
  }

  async update(project: Project, { signal, progress }: UpdateOptions): Promise<void> {
    const paths = new Set(project.files.map(({ path }) => path));
    for (const path of this.#stamps.keys()) if (!paths.has(path)) this.#drop(path);
    const stale = project.files.filter(({ path, stamp }) => this.#stamps.get(path) !== stamp);
    if (stale.length === 0) return;
    const byPath = new Map(stale.map((file) => [file.path, file]));
    const bytes = stale.reduce((sum, file) => sum + file.bytes, 0);
    const done = { filesDone: 0, bytesDone: 0 };
    const tell = (): void =>
      progress?.({ phase: "analysing", files: stale.length, bytes, ...done });
    tell();
    const report = (path: string, outcome: FileOutcome): void => {
      const file = byPath.get(path);
      if (file === undefined) return;
      this.#take(file, outcome);
      done.filesDone += 1;
      done.bytesDone += file.bytes;
      tell();
    };
    await this.#pool.analyse(stale, report, signal);
  }

  get hasChanges(): boolean {
    return this.#changes.size > 0;
  }

  /** Since it was asked last. */
  takeChanges(): FileChanges {
    const of = (kind: Change): string[] =>
      [...this.#changes].filter(([, change]) => change === kind).map(([path]) => path);
    const changes = { added: of("added"), changed: of("changed"), removed: of("removed") };
    this.#changes.clear();
    return changes;
  }

  #take(file: ProjectFile, outcome: FileOutcome): void {
    const facts = factsOf(file, outcome);
    if (facts === null) {
      // it vanished meanwhile; if it comes back, the next look finds it new
      this.#drop(file.path);
      return;
    }
    const before = this.#facts.get(file.path);
    this.#stamps.set(file.path, file.stamp);
    if (facts.outline.sha256 === before?.sha256 && before.sha256 !== "") return;
    this.#facts.set(facts);
    this.#note(file.path, before === undefined ? "added" : "changed");
  }

  #drop(path: string): void {
    this.#stamps.delete(path);
    if (this.#facts.delete(path)) this.#note(path, "removed");
  }

  #note(path: string, change: Change): void {
    const before = this.#changes.get(path);
    if (before === "added" && change === "removed") this.#changes.delete(path);
    else if (before === "added") this.#changes.set(path, "added");
    else this.#changes.set(path, before === "removed" ? "changed" : change);
  }
}

function factsOf(file: ProjectFile, outcome: FileOutcome): PackedFacts | null {
  if (outcome.kind === "gone") return null;
  if (outcome.kind === "facts") return outcome.facts;
  const message = `the analysis of the file failed: ${outcome.message}`;
  const diagnostic = fileDiagnostic(outcome.code, message, "error");
  return packFacts(failedFacts(file.path, "", file.bytes, [diagnostic]));
}
