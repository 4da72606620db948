// The tables of a project as a whole: modules, functions, metrics, and the linked graphs.

import { assertNever } from "@elixirscope/base";
import type { CodeBatch, CodeTable } from "@elixirscope/trace";
import type { Receiver } from "../../link/link-facts.ts";
import type { MessageEdge } from "../../link/project-graphs.ts";
import type { FunctionMetrics } from "../../metrics/function-metrics.ts";
import type { ModuleMetrics } from "../../metrics/module-metrics.ts";
import type { FunctionData, ModuleData } from "../../module/module-data.ts";
import { linkedMetrics } from "../../quality/linked-metrics.ts";
import { projectQuality } from "../../quality/project-quality.ts";
import type { Analysis } from "../analysis.ts";
import { functionColumns, moduleColumn } from "./function-columns.ts";
import { TableRows } from "./table-rows.ts";

/** In batches of one table each. */
export function projectRows(analysis: Analysis): CodeBatch[] {
  return [
    modules(analysis),
    functions(analysis),
    metrics(analysis),
    calls(analysis),
    messages(analysis),
    spawns(analysis),
    supervision(analysis),
    findings(analysis),
    diagnostics(analysis),
  ];
}

function filled<T extends CodeTable>(
  table: T,
  fill: (add: TableRows<T>["add"]) => void,
): CodeBatch {
  const rows = new TableRows(table);
  fill((row) => rows.add(row));
  return rows.batch();
}

function modulesOf({ files }: Analysis): readonly ModuleData[] {
  return files.flatMap((file) => file.modules);
}

function functionsOf(analysis: Analysis): readonly FunctionData[] {
  return modulesOf(analysis).flatMap((module) => module.functions);
}

function modules(analysis: Analysis): CodeBatch {
  return filled("modules", (add) => {
    for (const { range, ...data } of modulesOf(analysis)) {
      add({
        module: moduleColumn(data.name),
        kind: data.kind,
        file: data.file,
        line: range.line,
        column: range.column,
        end_line: range.endLine,
        node_id: data.nodeId,
        parent: data.parent === null ? null : moduleColumn(data.parent),
        behaviours: data.behaviours.map(moduleColumn),
        uses: data.uses.map(({ module }) => moduleColumn(module)),
        struct_fields: data.structFields ?? [],
        doc: data.doc === false ? null : data.doc,
      });
    }
  });
}

function functions(analysis: Analysis): CodeBatch {
  return filled("functions", (add) => {
    for (const { range, ...data } of functionsOf(analysis)) {
      add({
        module: moduleColumn(data.module),
        function: data.name,
        arity: data.arity,
        kind: data.kind,
        min_arity: data.minArity,
        file: data.file,
        line: range.line,
        column: range.column,
        end_line: range.endLine,
        node_id: data.nodeId,
        clauses: data.clauses.length,
        callback_of: data.callbackOf === null ? null : moduleColumn(data.callbackOf),
        is_impl: data.impl,
        specs: data.specs,
        doc: data.doc === false ? null : data.doc,
      });
    }
  });
}

function metrics(analysis: Analysis): CodeBatch {
  return filled("metrics", (add) => {
    for (const metric of linkedMetrics(analysis).values()) {
      const { module, function: fn, arity } = functionColumns(metric.function);
      for (const [name, value] of functionValues(metric)) {
        add({ module, function: fn, arity, name, value });
      }
    }
    for (const metric of analysis.moduleMetrics) {
      const place = { module: moduleColumn(metric.module), function: null, arity: null };
      for (const [name, value] of moduleValues(metric)) add({ ...place, name, value });
    }
    for (const { quality } of projectQuality(analysis)) {
      const place = { module: moduleColumn(quality.module), function: null, arity: null };
      for (const name of QUALITIES) {
        add({ ...place, name: `quality_${name}`, value: quality[name].score });
      }
    }
  });
}

/** Scores from 0 to 100. */
const QUALITIES = ["readability", "maintainability", "testability", "performance"] as const;

function functionValues(metric: FunctionMetrics): (readonly [string, number])[] {
  const { abc, halstead } = metric;
  return [
    ["lines", metric.lines],
    ["clauses", metric.clauses],
    ["cyclomatic", metric.cyclomatic],
    ["cognitive", metric.cognitive],
    ["nesting", metric.nesting],
    ["abc_assignments", abc.assignments],
    ["abc_branches", abc.branches],
    ["abc_conditions", abc.conditions],
    ["abc_size", abc.size],
    ["halstead_volume", halstead.volume],
    ["halstead_difficulty", halstead.difficulty],
    ["halstead_effort", halstead.effort],
    ["pattern_match", metric.patternMatch],
    ["state", metric.state],
    ["criticality", metric.criticality],
  ];
}

function moduleValues(metric: ModuleMetrics): (readonly [string, number])[] {
  return [
    ["lines", metric.lines],
    ["comment_lines", metric.commentLines],
    ["functions", metric.functions],
    ["public_functions", metric.publicFunctions],
    ["documented", metric.documented],
    ["specified", metric.specified],
    ["fan_out", metric.fanOut],
    ["fan_in", metric.fanIn],
  ];
}

function calls(analysis: Analysis): CodeBatch {
  const { graph, keys, sites, bindings } = analysis.graphs.calls;
  const files = new FilesOfModules(analysis);
  return filled("call_edges", (add) => {
    for (const [edge, site] of sites.entries()) {
      const caller = functionColumns(keys[graph.from[edge] ?? -1] ?? null);
      const callee = functionColumns(keys[graph.to[edge] ?? -1] ?? null);
      add({
        ...caller,
        callee_module: callee.module,
        callee_function: callee.function,
        callee_arity: callee.arity,
        kind: site.kind,
        binding: bindings[edge] ?? null,
        clause: site.clause,
        is_tail: site.tail,
        node_id: site.nodeId,
        ...files.place(caller.module, site.range),
      });
    }
    for (const { key, calls: own } of functionsOf(analysis)) {
      const caller = functionColumns(key);
      for (const site of own) {
        if (site.target !== null) continue;
        add({
          ...caller,
          callee_module: null,
          callee_function: null,
          callee_arity: null,
          kind: site.kind,
          binding: "dynamic",
          clause: site.clause,
          is_tail: site.tail,
          node_id: site.nodeId,
          ...files.place(caller.module, site.range),
        });
      }
    }
  });
}

function messages(analysis: Analysis): CodeBatch {
  const graph = analysis.graphs.messages;
  const files = new FilesOfModules(analysis);
  return filled("message_edges", (add) => {
    for (const [index, send] of graph.sends.entries()) {
      const edges: readonly (MessageEdge | null)[] = graph.edgesOfSend(index);
      const sender = functionColumns(send.function);
      // a send that nothing is known to take has a row too, with an open end
      for (const edge of edges.length === 0 ? [null] : edges) {
        const handler = edge === null ? undefined : graph.handlers[edge.handler];
        const taker = functionColumns(handler?.function ?? null);
        add({
          ...sender,
          kind: send.kind,
          shape: send.shape,
          receiver: receiverText(send.receiver),
          timeout: send.timeout,
          node_id: send.nodeId,
          ...files.place(moduleColumn(send.module), send.range),
          to_module: edge === null ? null : moduleColumn(edge.module),
          handler_module: taker.module,
          handler_function: taker.function,
          handler_arity: taker.arity,
          handler_clause: handler?.clause ?? null,
          handler_kind: handler?.kind ?? null,
          handler_shape: handler?.shape ?? null,
          handler_node_id: handler?.nodeId ?? null,
          confidence: edge?.confidence ?? null,
          evidence: edge?.evidence ?? null,
        });
      }
    }
  });
}

function receiverText(receiver: Receiver): string {
  switch (receiver.kind) {
    case "module":
    case "process":
      return receiver.module;
    case "name":
      return receiver.name;
    case "via":
    case "unknown":
      return receiver.text;
    case "self":
      return "self()";
    case "topic":
      return `${receiver.pubsub} ${receiver.topic}`;
    default:
      return assertNever(receiver);
  }
}

function spawns(analysis: Analysis): CodeBatch {
  const files = new FilesOfModules(analysis);
  return filled("spawn_edges", (add) => {
    for (const { from, to, under, site } of analysis.graphs.spawns.edges) {
      add({
        ...functionColumns(from),
        kind: site.kind,
        target: to,
        target_kind: site.targetKind,
        is_linked: site.linked,
        under: under === null ? null : receiverText(under),
        clause: site.clause,
        node_id: site.nodeId,
        ...files.place(moduleColumn(site.module), site.range),
      });
    }
  });
}

function supervision(analysis: Analysis): CodeBatch {
  const { processes, edges } = analysis.graphs.supervision;
  const files = new FilesOfModules(analysis);
  return filled("supervision_edges", (add) => {
    for (const edge of edges) {
      const parent = processes[edge.parent];
      const child = processes[edge.child];
      if (parent === undefined || child === undefined) continue;
      add({
        supervisor: parent.id,
        strategy: parent.strategy,
        child: child.id,
        child_module: child.module === null ? null : moduleColumn(child.module),
        type: child.type,
        restart: edge.restart,
        position: edge.order < 0 ? null : edge.order,
        is_dynamic: edge.dynamic,
        is_conditional: edge.conditional,
        is_many: edge.many,
        file: files.of(parent.module === null ? null : moduleColumn(parent.module)),
        line: edge.line,
      });
    }
  });
}

function findings(analysis: Analysis): CodeBatch {
  return filled("findings", (add) => {
    for (const { range, ...finding } of analysis.findings) {
      const place = functionColumns(finding.function);
      add({
        rule: finding.rule,
        category: finding.category,
        severity: finding.severity,
        title: finding.title,
        explanation: finding.explanation,
        ...place,
        module: finding.module === null ? place.module : moduleColumn(finding.module),
        file: finding.file,
        line: range.line,
        column: range.column,
        end_line: range.endLine,
        end_column: range.endColumn,
        node_id: finding.nodeId,
        confidence: finding.confidence,
      });
    }
  });
}

function diagnostics(analysis: Analysis): CodeBatch {
  return filled("diagnostics", (add) => {
    for (const { file, line, column, severity, code, message } of analysis.diagnostics) {
      add({ file, line, column, severity, code, message });
    }
  });
}

/** Sites know their module; the first file that defines it is theirs. */
class FilesOfModules {
  readonly #files = new Map<string, string>();

  constructor(analysis: Analysis) {
    for (const { name, file } of modulesOf(analysis)) {
      const module = moduleColumn(name);
      if (!this.#files.has(module)) this.#files.set(module, file);
    }
  }

  of(module: string | null): string | null {
    return module === null ? null : (this.#files.get(module) ?? null);
  }

  place(
    module: string | null,
    { line, column }: { readonly line: number; readonly column: number },
  ): { readonly file: string | null; readonly line: number; readonly column: number } {
    return { file: this.of(module), line, column };
  }
}
