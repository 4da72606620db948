// Finds the files of a project and what each is for: a Mix project, an umbrella, several projects in one
// folder, a folder without mix.exs, or a single file.

import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";
import { AnalysisError } from "../analysis-error.ts";
import { type MixProject, readMixProject } from "./mix-project.ts";
import type {
  FileRole,
  Project,
  ProjectApplication,
  ProjectFile,
  ProjectProblem,
} from "./project-file.ts";
import { isBelow, scannedFile, type ScannedFile, type ScanRules, TreeScan } from "./scan-tree.ts";

export type DiscoveryOptions = {
  /** default: all but tests and dependencies; without mix.exs there are no tests */
  readonly roles?: readonly FileRole[];
  readonly maxFiles?: number;
};

const DEFAULT_ROLES: readonly FileRole[] = ["compiled", "template", "script"];
const DEFAULT_MAX_FILES = 200_000;

const SOURCE = /\.exs?$/;
const TEMPLATE = /\.(?:heex|eex|leex)$/;
const IGNORED: ReadonlySet<string> = new Set(["_build", "node_modules"]);

type App = { readonly folder: string; readonly mix: MixProject };

/** Keeps what was found, so that a change costs a look at the folders in which it happened. */
export class Discovery {
  readonly #root: string;
  readonly #single: string | null;
  readonly #roles: readonly FileRole[];
  readonly #scan: TreeScan;
  /** by the stamp of the mix.exs that was read */
  readonly #mix = new Map<string, { readonly stamp: string; readonly project: MixProject }>();

  private constructor(root: string, single: string | null, options: DiscoveryOptions) {
    this.#root = root;
    this.#single = single;
    this.#roles = options.roles ?? DEFAULT_ROLES;
    const wantsDependencies = this.#roles.includes("dependency");
    const rules: ScanRules = {
      wantsFile: (name) => SOURCE.test(name) || TEMPLATE.test(name),
      wantsFolder: (name, parent, isMix) => {
        if (name.startsWith(".") || IGNORED.has(name)) return false;
        // elsewhere these are names like any other
        if (!isMix && parent !== root) return true;
        return name !== "cover" && (wantsDependencies || name !== "deps");
      },
      maxFiles: options.maxFiles ?? DEFAULT_MAX_FILES,
    };
    this.#scan = new TreeScan(rules);
  }

  /** Rejects when `root` cannot be looked at at all. */
  static async begin(root: string, options: DiscoveryOptions = {}): Promise<Discovery> {
    try {
      const full = await realpath(path.resolve(root));
      const found = await stat(full);
      return found.isDirectory()
        ? new Discovery(full, null, options)
        : new Discovery(path.dirname(full), full, options);
    } catch (cause) {
      const message = `cannot read ${path.resolve(root)}: ${messageOf(cause)}`;
      throw new AnalysisError("unreadable", message, { cause });
    }
  }

  get root(): string {
    return this.#root;
  }

  get isSingleFile(): boolean {
    return this.#single !== null;
  }

  /** Folders in which a change matters. */
  get folders(): readonly string[] {
    return this.#single === null ? [...this.#scan.folders.keys()] : [this.#root];
  }

  /** Looks at `changed` folders again; at everything the first time and when a mix.exs is new. */
  async find(changed: readonly string[] = [], signal?: AbortSignal): Promise<Project> {
    if (this.#single !== null) return await this.#singleFile(this.#single);
    if (!this.#scan.has(this.#root)) await this.#scan.scan(this.#root, signal);
    for (const folder of changed) if (this.#scan.has(folder)) await this.#scan.scan(folder, signal);
    const apps = await this.#applications(signal);
    return this.#classified(apps);
  }

  async #singleFile(file: string): Promise<Project> {
    const base = { root: this.#root, kind: "file", applications: [], leftOut: {} } as const;
    const name = path.basename(file);
    try {
      const { bytes, stamp } = scannedFile(file, await stat(file));
      const role = TEMPLATE.test(name) ? "template" : "compiled";
      const found = { path: name, absolute: file, role, application: null, bytes, stamp } as const;
      return { ...base, files: [found], problems: [] };
    } catch (cause) {
      const problem = {
        path: name,
        line: 1,
        column: 1,
        code: "unreadable",
        message: messageOf(cause),
      } as const;
      return { ...base, files: [], problems: [problem] };
    }
  }

  /** Reads each mix.exs; folders that one names outside of what was scanned are scanned too. */
  async #applications(signal?: AbortSignal): Promise<App[]> {
    const apps = new Map<string, App>();
    for (let before = -1; before !== this.#scan.folders.size;) {
      before = this.#scan.folders.size;
      for (const { absolute: folder, files } of this.#scan.folders.values()) {
        const file = files.find(({ absolute }) => path.basename(absolute) === "mix.exs");
        if (file === undefined) continue;
        const mix = await this.#readMix(file);
        if (mix === null) continue;
        apps.set(folder, { folder, mix });
        const named = [...mix.paths, ...mix.testPaths];
        if (mix.appsPath !== null) named.push(mix.appsPath);
        for (const name of named) {
          const target = path.resolve(folder, name);
          if (this.#scan.has(target) || !(await isFolder(target))) continue;
          await this.#scan.scan(target, signal);
        }
      }
    }
    return [...apps.values()];
  }

  async #readMix({ absolute, stamp }: ScannedFile): Promise<MixProject | null> {
    const known = this.#mix.get(absolute);
    if (known?.stamp === stamp) return known.project;
    try {
      const project = readMixProject(await readFile(absolute, "utf8"), absolute);
      this.#mix.set(absolute, { stamp, project });
      return project;
    } catch {
      // the analysis of the file itself says why it cannot be read
      return null;
    }
  }

  #classified(apps: readonly App[]): Project {
    const files: ProjectFile[] = [];
    const leftOut: Partial<Record<FileRole, number>> = {};
    const dependencies = [this.#root, ...apps.map(({ folder: place }) => place)].map((place) =>
      path.join(place, "deps"),
    );
    const nested = apps.toSorted((a, b) => b.folder.length - a.folder.length);
    for (const folder of this.#scan.folders.values()) {
      const around = nested.filter(
        (candidate) =>
          folder.absolute === candidate.folder || isBelow(folder.absolute, candidate.folder),
      );
      const app = around[0] ?? nested.find((candidate) => names(folder.absolute, candidate));
      // projects below a project's tests are their fixtures
      const isFixture = around.slice(1).some((outer) => isTestOf(folder.absolute, outer));
      for (const { absolute, bytes, stamp } of folder.files) {
        const isOwn = !dependencies.some((place) => isBelow(absolute, place));
        const own = isFixture ? "test" : roleOf(absolute, app ?? null);
        const role = isOwn ? own : "dependency";
        if (!this.#roles.includes(role)) {
          leftOut[role] = (leftOut[role] ?? 0) + 1;
          continue;
        }
        const application = app === undefined ? null : nameOf(app);
        files.push({ path: this.#relative(absolute), absolute, role, application, bytes, stamp });
      }
    }
    const top = apps.find(({ folder }) => folder === this.#root);
    const kind = top === undefined ? "folder" : top.mix.appsPath === null ? "mix" : "umbrella";
    return {
      root: this.#root,
      kind,
      applications: apps
        .filter(({ folder }) => !apps.some((outer) => isTestOf(folder, outer)))
        .map((app) => this.#application(app))
        .toSorted(byPath),
      files: files.toSorted(byPath),
      leftOut,
      problems: this.#problems(apps),
    };
  }

  #application(app: App): ProjectApplication {
    const place = this.#relative(app.folder);
    return {
      name: nameOf(app),
      path: place === "" ? "." : place,
      compiledPaths: app.mix.paths,
    };
  }

  #problems(apps: readonly App[]): ProjectProblem[] {
    const ofScan = this.#scan.problems.map(({ absolute, code, message }) => ({
      path: this.#relative(absolute),
      line: 1,
      column: 1,
      code,
      message,
    }));
    const ofMix = apps.flatMap(({ folder, mix }) =>
      mix.unknown.map(({ line, column, message }) => ({
        path: this.#relative(path.join(folder, "mix.exs")),
        line,
        column,
        code: "elixirc_paths_unknown" as const,
        message,
      })),
    );
    return [...ofScan, ...ofMix];
  }

  #relative(absolute: string): string {
    return path.relative(this.#root, absolute).split(path.sep).join("/");
  }
}

function nameOf({ folder, mix }: App): string {
  return mix.app ?? path.basename(folder);
}

function roleOf(absolute: string, app: App | null): FileRole {
  const isTemplate = TEMPLATE.test(absolute);
  if (app === null) {
    if (isTemplate) return "template";
    return absolute.endsWith(".ex") ? "compiled" : "script";
  }
  const isIn = (name: string): boolean => isBelow(absolute, path.resolve(app.folder, name));
  if (app.mix.paths.some(isIn)) {
    if (isTemplate) return "template";
    return absolute.endsWith(".ex") ? "compiled" : "script";
  }
  if (isTestOf(absolute, app) || absolute.endsWith("_test.exs")) return "test";
  return isTemplate ? "template" : "script";
}

/** Does the application's mix.exs name a folder in which this one is? */
function names(absolute: string, { folder, mix }: App): boolean {
  return [...mix.paths, ...mix.testPaths].some((name) => {
    const target = path.resolve(folder, name);
    return absolute === target || isBelow(absolute, target);
  });
}

function isTestOf(absolute: string, { folder, mix }: App): boolean {
  return ["test", ...mix.testPaths].some((name) => isBelow(absolute, path.resolve(folder, name)));
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

async function isFolder(absolute: string): Promise<boolean> {
  return await stat(absolute).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
