// A project's files linked into its graphs. A file's facts can be replaced; linking is then done anew
// from plain data; what is kept is what single modules give, which costs most (see LinkMemory).

import { linkCalls } from "./call-graph.ts";
import { linkMessages } from "./message-graph.ts";
import { linkModules } from "./module-graph.ts";
import type { ProjectGraphs } from "./project-graphs.ts";
import { LinkMemory, ProjectIndex, type LinkedFile } from "./project-index.ts";
import { linkSupervision } from "./supervision-tree.ts";

export class ProjectLinker {
  readonly #files = new Map<string, LinkedFile>();
  readonly #memory = new LinkMemory();
  #graphs: ProjectGraphs | null = null;

  /** Adds a file, or puts new facts in place of the old. */
  replace(facts: LinkedFile): void {
    this.#files.set(facts.path, facts);
    this.#graphs = null;
  }

  remove(path: string): void {
    if (this.#files.delete(path)) this.#graphs = null;
  }

  /** The graphs of the files as they are now; the same object until a file changes. */
  link(): ProjectGraphs {
    this.#graphs ??= linkProject(this.#files.values(), this.#memory);
    return this.#graphs;
  }
}

/** Files are taken in the order of their paths, so that the same project gives the same graphs. */
export function linkProject(files: Iterable<LinkedFile>, memory?: LinkMemory): ProjectGraphs {
  const ordered = [...files].toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const index = new ProjectIndex(ordered, memory);
  const calls = linkCalls(index);
  return {
    calls,
    messages: linkMessages(ordered, index),
    supervision: linkSupervision(ordered, index),
    spawns: {
      edges: ordered.flatMap(({ links }) =>
        links.spawns.map((site) => ({
          from: site.function,
          to: site.target,
          under: site.under,
          site,
        })),
      ),
    },
    modules: linkModules(index, calls),
  };
}
