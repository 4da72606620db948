// Programs, run and checked: what was observed against the graphs, and how much of the graphs was seen.

import type { CfgEdgeKind, FlowKind } from "@elixirscope/codegraph";
import type { ElixirVersion } from "@elixirscope/syntax";
import { checkFlows, flowReport, kindOfFlow, type FlowReport } from "./flow-check.ts";
import { frames, type Frame } from "./frames.ts";
import { tagsOf } from "./generate/text.ts";
import { graphs, type Graphs, type Walkable } from "./graphs.ts";
import type { Event, Observed, Observer, Run } from "./observe.ts";
import { findPath } from "./path-check.ts";
import { checkReads } from "./read-check.ts";
import { checkShape, unreachableOperations } from "./shape-check.ts";

const MUTATED_RUNS = 30;

export type Failure = {
  /** seed or file */
  readonly program: string;
  readonly lines: number;
  readonly source: string;
  readonly reason: string;
};

export type Share = { of: number; some: number };

export type Campaign = {
  readonly elixir: ElixirVersion;
  programs: number;
  functions: number;
  /** Elixir's own compiler fails on rare programs */
  refused: number;
  runs: number;
  /** runs that were too long to keep or were killed */
  lost: number;
  frames: number;
  operations: number;
  /** nodes of calls in all graphs, and those whose passing is seen */
  readonly observable: Share;
  shapes: number;
  /** operations that the graphs call unreachable */
  unreachable: number;
  reads: number;
  readonly flows: FlowReport;
  readonly paths: Failure[];
  readonly orders: Failure[];
  readonly values: Failure[];
  /** edges of all graphs by kind, and those that were taken */
  readonly edges: Map<CfgEdgeKind, Share>;
  /** edges and flows without which what was observed is no longer explained, of those tried */
  readonly needed: Map<CfgEdgeKind, Share>;
  readonly neededFlows: Map<FlowKind, Share>;
  /** constructs by how often they were executed; 0 when only written */
  readonly constructs: Map<string, number>;
};

export function campaign(elixir: ElixirVersion): Campaign {
  return {
    elixir,
    programs: 0,
    functions: 0,
    refused: 0,
    runs: 0,
    lost: 0,
    frames: 0,
    operations: 0,
    observable: { of: 0, some: 0 },
    shapes: 0,
    unreachable: 0,
    reads: 0,
    flows: flowReport(),
    paths: [],
    orders: [],
    values: [],
    edges: new Map(),
    needed: new Map(),
    neededFlows: new Map(),
    constructs: new Map(),
  };
}

export type Checked = {
  readonly name: string;
  readonly source: string;
  readonly runs: readonly Run[];
  /** also take edges and flows away, to see that this is noticed */
  readonly mutate: boolean;
};

export async function check(to: Campaign, observer: Observer, program: Checked): Promise<void> {
  const { name, source, runs } = program;
  const observed = await observer.observe(source, runs);
  if ("error" in observed) throw new Error(`${name}: ${observed.error}\n${source}`);
  if ("refused" in observed) {
    to.refused += 1;
    return;
  }
  const made = graphs(source, observed, { elixir: to.elixir });
  to.programs += 1;
  to.functions += new Set(made.functions.values()).size;
  new ProgramCheck(to, program, made).check(observed);
}

class ProgramCheck {
  readonly #to: Campaign;
  readonly #program: Checked;
  readonly #graphs: Graphs;
  readonly #taken = new Map<Walkable, Set<number>>();
  readonly #tags: ReadonlyMap<number, readonly string[]>;

  constructor(to: Campaign, program: Checked, made: Graphs) {
    this.#to = to;
    this.#program = program;
    this.#graphs = made;
    this.#tags = tagsOf(program.source);
    for (const { walkable } of [...made.functions.values(), ...made.closures.values()]) {
      this.#taken.set(walkable, new Set());
    }
    for (const tags of this.#tags.values()) for (const tag of tags) this.#executed(tag, 0);
  }

  check(observed: Observed): void {
    const to = this.#to;
    const reads = checkReads(this.#graphs, observed);
    to.reads += reads.checked;
    for (const reason of reads.failures) this.#fail(to.values, reason);
    const kept: (readonly Frame[])[] = [];
    observed.runs.forEach((events, index) => {
      to.runs += 1;
      if (!wasKept(events)) {
        to.lost += 1;
        return;
      }
      const all = frames(events, this.#graphs.arities);
      kept.push(all);
      for (const frame of all) this.#path(frame, index);
      this.#flows(all, index);
    });
    if (this.#program.mutate) this.#mutate(kept.slice(0, MUTATED_RUNS));
    this.#account();
  }

  #graphOf(frame: Frame): Walkable | undefined {
    return frame.kind === "def"
      ? this.#graphs.functions.get(`${frame.name}/${String(frame.number)}`)?.walkable
      : this.#graphs.closures.get(frame.number)?.walkable;
  }

  #path(frame: Frame, run: number): void {
    const to = this.#to;
    const graph = this.#graphOf(frame);
    if (graph === undefined) {
      this.#fail(
        to.paths,
        `run ${String(run)}: no graph of ${frame.kind} ${frame.name} ${String(frame.number)}`,
      );
      return;
    }
    to.frames += 1;
    to.operations += frame.steps.length;
    const found = findPath(graph, frame);
    if (!found.ok) {
      this.#fail(to.paths, `run ${String(run)}: ${found.reason}`);
      return;
    }
    const taken = this.#taken.get(graph);
    const lines = new Set<number>();
    for (const index of found.edges) {
      taken?.add(index);
      const edge = graph.cfg.edges[index];
      lines.add(graph.cfg.nodes[edge?.from ?? 0]?.line ?? 0);
    }
    for (const line of lines) for (const tag of this.#tags.get(line) ?? []) this.#executed(tag, 1);
    const report = { checked: 0, failures: [] };
    checkShape(graph, frame, report);
    to.shapes += report.checked;
    for (const reason of report.failures) this.#fail(to.orders, reason);
  }

  #flows(all: readonly Frame[], run: number): void {
    const { flows, values } = this.#to;
    const before = flows.failures.length;
    checkFlows(this.#program.source, this.#graphs, all, flows);
    for (const reason of flows.failures.splice(before)) {
      this.#fail(values, `run ${String(run)}: ${reason}`);
    }
  }

  /** Takes away one edge that was taken, and one flow, at a time. */
  #mutate(kept: readonly (readonly Frame[])[]): void {
    for (const frame of kept.flat()) {
      const graph = this.#graphOf(frame);
      if (graph === undefined) continue;
      const found = findPath(graph, frame);
      if (!found.ok) continue;
      for (const index of new Set(found.edges)) {
        const kind = graph.cfg.edges[index]?.kind ?? "next";
        count(this.#to.needed, kind, !findPath(graph, frame, index).ok);
      }
    }
    for (const all of kept) {
      const report = flowReport();
      checkFlows(this.#program.source, this.#graphs, all, report);
      for (const flow of report.used) {
        const without = flowReport();
        checkFlows(this.#program.source, this.#graphs, all, without, flow);
        count(this.#to.neededFlows, kindOfFlow(flow), without.failures.length > 0);
      }
    }
  }

  #account(): void {
    for (const [graph, taken] of this.#taken) {
      const { cfg, carriers } = graph;
      this.#to.unreachable += unreachableOperations(graph);
      cfg.nodes.forEach(({ kind }, index) => {
        if (kind !== "call") return;
        this.#to.observable.of += 1;
        if (carriers[index]) this.#to.observable.some += 1;
      });
      cfg.edges.forEach(({ kind }, index) => count(this.#to.edges, kind, taken.has(index)));
    }
  }

  #executed(tag: string, times: number): void {
    this.#to.constructs.set(tag, (this.#to.constructs.get(tag) ?? 0) + times);
  }

  #fail(list: Failure[], reason: string): void {
    const { name, source } = this.#program;
    list.push({ program: name, lines: source.split("\n").length, source, reason });
  }
}

function wasKept(events: Observed["runs"][number]): events is readonly Event[] {
  return events !== null && events[0] !== "died";
}

function count<Kind>(shares: Map<Kind, Share>, kind: Kind, some: boolean): void {
  const share = shares.get(kind) ?? { of: 0, some: 0 };
  share.of += 1;
  if (some) share.some += 1;
  shares.set(kind, share);
}
