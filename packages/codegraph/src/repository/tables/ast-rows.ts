// The syntax nodes of a file as rows, each with the id that runtime events carry.

import { assertNever } from "@elixirscope/base";
import {
  children,
  type Node,
  type NodeIds,
  nodeIds,
  parse,
  type Parsed,
  remoteCall,
  withTemplates,
} from "@elixirscope/syntax";
import type { CodeBatch } from "@elixirscope/trace";
import { templateLanguage, templateModule } from "../../module/template-module.ts";
import { type FunctionColumns, functionColumns, moduleColumn } from "./function-columns.ts";
import { TableRows } from "./table-rows.ts";

const MAX_NAME = 80;
const BOM_BYTES = 3;

/** Every node of the file's tree, parents first. */
export function astRows(path: string, text: string, hasMark: boolean): CodeBatch {
  const parsed = parsedWhole(path, text);
  const ids = nodeIds(parsed.tree);
  const places = placesOf(ids);
  const byteAt = byteOffsets(text, hasMark ? BOM_BYTES : 0);
  const rows = new TableRows("ast_nodes");
  const stack: Open[] = [{ node: parsed.tree, parent: -1, depth: 0, inside: NOWHERE }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, parent, depth } = next;
    const inside = places.get(node) ?? next.inside;
    const index = rows.size;
    const end = parsed.source.positionAt(node.end);
    const { line, column } = node.meta ?? parsed.source.positionAt(node.start);
    rows.add({
      file: path,
      node: index,
      parent: parent < 0 ? null : parent,
      depth,
      node_id: ids.idOf(node),
      ...inside,
      kind: node.kind,
      name: nameOf(node),
      line,
      column,
      end_line: end.line,
      end_column: end.column,
      start_byte: byteAt(node.start),
      end_byte: byteAt(node.end),
    });
    const below = children(node);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i];
      if (child !== undefined) stack.push({ node: child, parent: index, depth: depth + 1, inside });
    }
  }
  return rows.batch();
}

/** With templates in it read, as in the analysis: the ids are the same. */
function parsedWhole(path: string, text: string): Parsed {
  const language = templateLanguage(path);
  if (language !== null) return templateModule(path, text, language);
  return withTemplates(parse(text, { file: path }), { file: path });
}

type Open = {
  readonly node: Node;
  readonly parent: number;
  readonly depth: number;
  readonly inside: FunctionColumns;
};

const NOWHERE: FunctionColumns = { module: null, function: null, arity: null };

/** The function or module that a node is in. */
function placesOf(ids: NodeIds): ReadonlyMap<Node, FunctionColumns> {
  const places = new Map<Node, FunctionColumns>();
  for (const anchor of ids.anchors) {
    const columns =
      anchor.kind === "file"
        ? NOWHERE
        : anchor.kind === "module"
          ? { module: moduleColumn(anchor.name), function: null, arity: null }
          : functionColumns(anchor.name);
    for (const node of ids.nodesOf(anchor)) places.set(node, columns);
  }
  return places;
}

function nameOf(node: Node): string | null {
  switch (node.kind) {
    case "atom":
    case "variable":
      return node.name;
    case "integer":
    case "float":
      return String(node.value);
    case "string":
    case "charlist":
      return node.value.length > MAX_NAME ? null : node.value;
    case "call":
      return typeof node.callee === "string" ? node.callee : (remoteCall(node)?.name ?? null);
    case "list":
    case "pair":
    case "broken":
      return null;
    default:
      return assertNever(node);
  }
}

/** UTF-16 offsets as offsets into the file's bytes. */
function byteOffsets(text: string, first: number): (offset: number) => number {
  if (Buffer.byteLength(text) === text.length) return (offset) => offset + first;
  const bytes = new Int32Array(text.length + 1);
  let at = first;
  for (let i = 0; i < text.length; i += 1) {
    bytes[i] = at;
    const unit = text.charCodeAt(i);
    // a pair of surrogates is four bytes: two for each
    at += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  bytes[text.length] = at;
  return (offset) => bytes[offset] ?? at;
}
