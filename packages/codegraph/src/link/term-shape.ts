// The shape of a term that code makes, and of a pattern that code matches with.

import { assertNever } from "@elixirscope/base";
import { isCall, type CallNode, type Node } from "@elixirscope/syntax";
import { anyShape, atomText, type Shape } from "./shape.ts";
import type { Values } from "./values.ts";

/** Beyond these a shape says nothing. */
const depthBound = 8;
const itemBound = 24;
const textBound = 60;
/** parts of one shape; variables that hold variables could make it grow without end */
const partBound = 400;

/** What a reader of terms and one of patterns do differently. */
type Reading = {
  readonly values: Values;
  readonly parts: { left: number };
  /** for what is too large or is made by code: any term, or a pattern that may refuse */
  readonly unknown: Shape;
  /** a map has the entries that are listed, or at least these */
  readonly openMaps: boolean;
  readonly variable: (node: Node & { kind: "variable" }, depth: number) => Shape;
  readonly other: (node: CallNode, depth: number) => Shape;
};

const pidMakers: ReadonlySet<string> = new Set([
  "Kernel.self/0",
  "Kernel.spawn/1",
  "Kernel.spawn/3",
  "Kernel.spawn_link/1",
  "Kernel.spawn_link/3",
]);
const referenceMakers: ReadonlySet<string> = new Set([
  "Kernel.make_ref/0",
  "Process.monitor/1",
  "Process.monitor/2",
  "Process.send_after/3",
  "Process.send_after/4",
  ":erlang.make_ref/0",
  ":erlang.monitor/2",
  ":erlang.send_after/3",
  ":erlang.start_timer/3",
]);

/** The shape of what the runtime makes: `self()`, `make_ref()`. */
function opaque(node: Node, values: Values): Shape | undefined {
  const key = node.kind === "call" ? (values.module.names.targetOf(node)?.target ?? "") : "";
  if (pidMakers.has(key)) return { kind: "opaque", type: "pid" };
  return referenceMakers.has(key) ? { kind: "opaque", type: "reference" } : undefined;
}

const pinned: Shape = { kind: "pinned" };

/** Of an expression's value: variables are followed to what they were bound to. */
export function termShape(node: Node, values: Values): Shape {
  const follow = (from: Node, depth: number): Shape => {
    const value = values.resolve(from);
    const made = value.unwrapped ? undefined : opaque(value.node, values);
    if (made !== undefined) return made;
    if (value.node === from || value.unwrapped || value.node.kind === "variable") return anyShape;
    return shapeOf(value.node, depth + 1, reading);
  };
  const reading: Reading = {
    values,
    parts: { left: partBound },
    unknown: anyShape,
    openMaps: false,
    variable: follow,
    other: (call, depth) => (isFunction(call) ? { kind: "function" } : follow(call, depth)),
  };
  return shapeOf(node, 0, reading);
}

/** Of a pattern: variables take anything, but a name that stands twice takes one value only. */
export function patternShape(node: Node, values: Values): Shape {
  const bound = new Set<string>();
  const reading: Reading = {
    values,
    parts: { left: partBound },
    unknown: pinned,
    openMaps: true,
    variable: ({ name }) => {
      if (name.startsWith("_")) return anyShape;
      if (bound.has(name)) return pinned;
      bound.add(name);
      return anyShape;
    },
    other: (call, depth) => {
      if (isCall(call, "=", 2)) {
        const sides = call.args.map((side) => shapeOf(side, depth, reading));
        return sides.find((side) => side.kind !== "any") ?? anyShape;
      }
      const [only] = call.args;
      if (isCall(call, "^", 1) && only !== undefined) {
        const value = values.resolve(only);
        return value.unwrapped ? pinned : (opaque(value.node, values) ?? pinned);
      }
      if (!isCall(call, "@", 1)) return pinned;
      const value = values.resolve(call).node;
      return value === call ? pinned : shapeOf(value, depth + 1, reading);
    },
  };
  return shapeOf(node, 0, reading);
}

function isFunction(node: Node): boolean {
  return isCall(node, "fn") || isCall(node, "&");
}

function shapeOf(node: Node, depth: number, reading: Reading): Shape {
  if (depth > depthBound || reading.parts.left <= 0) return reading.unknown;
  reading.parts.left -= 1;
  const of = (part: Node): Shape => shapeOf(part, depth + 1, reading);
  switch (node.kind) {
    case "atom":
      return { kind: "value", text: atomText(node.name) };
    case "integer":
      return { kind: "value", text: String(node.value) };
    case "float":
      return {
        kind: "value",
        text: Number.isInteger(node.value) ? node.value.toFixed(1) : String(node.value),
      };
    case "string":
      return written(JSON.stringify(node.value));
    case "charlist":
      return written(`'${JSON.stringify(node.value).slice(1, -1).replaceAll("'", "\\'")}'`);
    case "pair":
      return { kind: "tuple", items: [of(node.left), of(node.right)] };
    case "list":
      return listShape(node.items, of) ?? reading.unknown;
    case "variable": {
      const module = reading.values.module.names.moduleOf(node);
      return module === null ? reading.variable(node, depth) : { kind: "value", text: module };
    }
    case "call":
      return callShape(node, depth, reading, of);
    case "broken":
      return reading.unknown;
    default:
      return assertNever(node);
  }
}

function callShape(
  node: CallNode,
  depth: number,
  reading: Reading,
  of: (part: Node) => Shape,
): Shape {
  const { names } = reading.values.module;
  const module = isCall(node, "__aliases__") ? names.moduleOf(node) : null;
  if (module !== null) return { kind: "value", text: module };
  const [first, second] = node.args;
  if (isCall(node, "{}")) {
    if (node.args.length > itemBound) return reading.unknown;
    return { kind: "tuple", items: node.args.map(of) };
  }
  if (isCall(node, "__block__", 1) && first !== undefined) return shapeOf(first, depth, reading);
  if (isCall(node, "%{}")) return mapShape(node, null, reading, of);
  if (isCall(node, "%", 2) && first !== undefined && isCall(second, "%{}")) {
    return mapShape(second, names.moduleOf(first) ?? "_", reading, of);
  }
  if (isCall(node, "-", 1) && (first?.kind === "integer" || first?.kind === "float")) {
    const value = of(first);
    return value.kind === "value" ? { kind: "value", text: `-${value.text}` } : reading.unknown;
  }
  if (isCall(node, "<>", 2) && first?.kind === "string") {
    const prefix = written(JSON.stringify(first.value));
    return prefix.kind === "value" ? { kind: "prefix", text: prefix.text } : prefix;
  }
  if (isCall(node, "<<>>") || isCall(node, "<>", 2)) return { kind: "binary" };
  return reading.other(node, depth);
}

/** Null when it is too long to say. */
function listShape(items: readonly Node[], of: (part: Node) => Shape): Shape | null {
  if (items.length > itemBound) return null;
  const last = items.at(-1);
  if (!isCall(last, "|", 2)) return { kind: "list", items: items.map(of), tail: null };
  const [head, tail] = last.args;
  if (head === undefined || tail === undefined) return null;
  return { kind: "list", items: [...items.slice(0, -1), head].map(of), tail: of(tail) };
}

function mapShape(
  node: CallNode,
  struct: string | null,
  reading: Reading,
  of: (part: Node) => Shape,
): Shape {
  const [first] = node.args;
  const update = isCall(first, "|", 2) ? first.args[1] : undefined;
  const items = update === undefined ? node.args : update.kind === "list" ? update.items : [];
  const entries = items.slice(0, itemBound).flatMap((item): [string, Shape][] => {
    if (item.kind !== "pair") return [];
    const key = of(item.left);
    return [[key.kind === "value" ? key.text : "_", of(item.right)]];
  });
  const open = !reading.openMaps && (update !== undefined || items.length > itemBound);
  return { kind: "map", struct, entries, open };
}

function written(text: string): Shape {
  return text.length > textBound ? { kind: "binary" } : { kind: "value", text };
}
