// Who starts and restarts whom: supervisors with their children, static and dynamic.
//
// A process is known by the name it registers under, else by its module: that is one node, whoever
// starts it. What is neither (a `{Task, fun}` child) is a node of its own under its supervisor.

import type { ChildSpec, LinkFacts, Receiver, SpawnSite, SupervisorSite } from "./link-facts.ts";
import type { SupervisedProcess, SupervisionEdge, SupervisionTree } from "./project-graphs.ts";
import type { LinkedFile, ProjectIndex } from "./project-index.ts";
import { parseShape, printShape } from "./shape.ts";
import { receiverName } from "./spawns.ts";

export function linkSupervision(
  files: readonly LinkedFile[],
  index: ProjectIndex,
): SupervisionTree {
  const linking = new SupervisionLinking(index);
  const links = files.map((file) => file.links);
  const sites = links.flatMap((facts) => facts.supervisors);
  linking.addSites(sites);
  linking.addDynamic(links);
  return linking.tree(sites);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

class SupervisionLinking {
  readonly #index: ProjectIndex;
  readonly #processes: Mutable<SupervisedProcess>[] = [];
  readonly #byId = new Map<string, number>();
  readonly #byModule = new Map<string, number[]>();
  readonly #edges: SupervisionEdge[] = [];
  readonly #starts = new Set<string>();

  constructor(index: ProjectIndex) {
    this.#index = index;
  }

  addSites(sites: readonly SupervisorSite[]): void {
    const children = sites.map((site) =>
      site.children.map((child) => ({ child, id: this.#childId(site, child) })),
    );
    for (const list of children) {
      for (const { child, id } of list) this.#process(id, child.module, child.type);
    }
    sites.forEach((site, at) => {
      for (const parent of this.#supervisors(site)) {
        const process = this.#processes[parent];
        if (process === undefined) continue;
        process.type = "supervisor";
        process.strategy = site.strategy ?? process.strategy;
        (children[at] ?? []).forEach(({ child, id }, order) => {
          this.#edge({
            parent,
            child: this.#byId.get(id) ?? parent,
            order,
            restart: child.restart ?? this.#ownRestart(child.module),
            dynamic: false,
            conditional: child.conditional,
            many: child.many,
            line: child.line,
          });
        });
      }
    });
  }

  /** Children that `start_child` calls start, and tasks under a Task.Supervisor. */
  addDynamic(links: readonly LinkFacts[]): void {
    for (const site of links.flatMap((facts) => facts.spawns)) {
      if (site.under === null || site.target === null) continue;
      const id = site.target;
      for (const parent of this.#named(site.under)) {
        const isModule = site.targetKind === "module";
        const child = this.#process(id, isModule ? id : null, "worker");
        this.#edge({
          parent,
          child,
          ...dynamicChild(site, this.#ownRestart(isModule ? id : null)),
        });
      }
    }
  }

  tree(sites: readonly SupervisorSite[]): SupervisionTree {
    const started = new Set(this.#edges.map((edge) => edge.child));
    const roots = this.#processes.flatMap((process, node) =>
      process.type === "supervisor" && !started.has(node) ? [node] : [],
    );
    return {
      processes: this.#processes,
      edges: this.#edges,
      roots,
      sites,
      indexOf: (name) => this.#byId.get(name) ?? this.#byModule.get(name)?.[0],
    };
  }

  #childId(site: SupervisorSite, child: ChildSpec): string {
    const { module, id, name } = child;
    if (name !== null) return name;
    if (id !== null && id !== module && id !== "_") return id;
    if (module !== null && this.#index.module(module) !== undefined) return module;
    return `${site.name ?? site.supervisor}/${module ?? child.text}`;
  }

  #process(id: string, module: string | null, type: SupervisedProcess["type"]): number {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const node = this.#processes.length;
    const local = module !== null && this.#index.module(module) !== undefined;
    this.#processes.push({ id, module, type, strategy: builtInStrategy(module), local });
    this.#byId.set(id, node);
    if (module !== null) {
      const nodes = this.#byModule.get(module);
      if (nodes === undefined) this.#byModule.set(module, [node]);
      else nodes.push(node);
    }
    return node;
  }

  /** The processes that a site sets up: those of its module, which may be the root. */
  #supervisors(site: SupervisorSite): readonly number[] {
    const named = site.name === null ? undefined : this.#byId.get(site.name);
    if (named !== undefined) return [named];
    const known = this.#byModule.get(site.supervisor);
    if (known !== undefined) return known;
    return [this.#process(site.name ?? site.supervisor, site.supervisor, "supervisor")];
  }

  #named(receiver: Receiver): readonly number[] {
    if (receiver.kind === "process") return this.#byModule.get(receiver.module) ?? [];
    const name = receiverName(receiver);
    if (name === null) return [];
    const found = this.#byId.get(partitioned(name) ?? name);
    return found === undefined ? (this.#byModule.get(name) ?? []) : [found];
  }

  #edge(edge: SupervisionEdge): void {
    const { parent, child, dynamic, line } = edge;
    const key = `${parent} ${child} ${dynamic ? "dynamic" : `${edge.order} ${line}`}`;
    if (this.#starts.has(key) || parent === child) return;
    this.#starts.add(key);
    this.#edges.push(edge);
  }

  /** What `use GenServer, restart: :temporary` says. */
  #ownRestart(name: string | null): string {
    const module = name === null ? undefined : this.#index.module(name);
    for (const use of module?.uses ?? []) {
      const restart = /\brestart:\s*:(\w+)/.exec(use.options ?? "")?.[1];
      if (restart !== undefined) return restart;
      if (use.module === "Task") return "temporary";
    }
    return name === null || name === "Task" ? "temporary" : "permanent";
  }
}

function dynamicChild(site: SpawnSite, restart: string): Omit<SupervisionEdge, "parent" | "child"> {
  return {
    order: -1,
    restart: site.kind === "task" ? "temporary" : restart,
    dynamic: true,
    conditional: false,
    many: true,
    line: site.range.line,
  };
}

function builtInStrategy(module: string | null): string | null {
  const known: ReadonlySet<string> = new Set([
    "DynamicSupervisor",
    "Task.Supervisor",
    "PartitionSupervisor",
  ]);
  return module !== null && known.has(module) ? "one_for_one" : null;
}

/** The supervisor's name of `{:via, PartitionSupervisor, {Name, key}}`. */
function partitioned(name: string): string | null {
  if (!name.startsWith("{:via, PartitionSupervisor, ")) return null;
  const shape = parseShape(name);
  const target = shape.kind === "tuple" ? shape.items[2] : undefined;
  const supervisor = target?.kind === "tuple" ? target.items[0] : undefined;
  return supervisor === undefined ? null : printShape(supervisor);
}
