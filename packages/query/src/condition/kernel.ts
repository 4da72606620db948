// Functions of Elixir's `Kernel` that a condition may use, with what is known of values that were cut.

import { integer, list, type Term } from "@elixirscope/etf";
import type { TermStyle } from "../print.ts";
import { absolute, argument, arithmetic, whole } from "./arithmetic.ts";
import { order } from "./compare-values.ts";
import { FALSE, isBoolean, raised, TRUE, UNKNOWN, verdict, type Evaluated } from "./evaluated.ts";
import { atomKey, fetch } from "./access.ts";
import { inspected, textOf } from "./texts.ts";
import { cutRest, cutValue, mapShape, tupleShape, typeOf, type ValueType } from "./value-shape.ts";

/** `style`: how the target prints. */
type Kernel = (args: readonly Term[], style: TermStyle) => Evaluated;

/** By `name/arity`. */
export const KERNEL: ReadonlyMap<string, Kernel> = new Map<string, Kernel>([
  ["is_integer/1", ofType("integer")],
  ["is_float/1", ofType("float")],
  ["is_number/1", ofType("integer", "float")],
  ["is_atom/1", ofType("atom")],
  ["is_binary/1", ofType("binary")],
  ["is_bitstring/1", ofType("binary", "bitstring")],
  ["is_list/1", ofType("list")],
  ["is_tuple/1", ofType("tuple")],
  ["is_map/1", ofType("map")],
  ["is_pid/1", ofType("pid")],
  ["is_port/1", ofType("port")],
  ["is_reference/1", ofType("reference")],
  ["is_function/1", ofType("function")],
  ["is_function/2", ([value, arity]) => isFunction(value, arity)],
  ["is_boolean/1", ([value]) => (value !== undefined && isBoolean(value) ? TRUE : FALSE)],
  ["is_nil/1", ([value]) => (value?.kind === "atom" && value.name === "nil" ? TRUE : FALSE)],
  ["is_struct/1", ([value]) => isStruct(value, null)],
  ["is_struct/2", ([value, name]) => isStruct(value, name)],
  ["is_map_key/2", ([map, key]) => isMapKey(map, key)],
  ["length/1", ([value]) => lengthOf(value)],
  ["map_size/1", ([value]) => sizeOf(value, "map")],
  ["tuple_size/1", ([value]) => sizeOf(value, "tuple")],
  ["byte_size/1", ([value]) => bytesOf(value)],
  ["bit_size/1", ([value]) => bitsOf(value)],
  ["elem/2", ([tuple, index]) => elem(tuple, index)],
  ["hd/1", ([value]) => head(value)],
  ["tl/1", ([value]) => tail(value)],
  ["abs/1", ([value]) => (value === undefined ? UNKNOWN : absolute(value))],
  ["round/1", ([value]) => (value === undefined ? UNKNOWN : whole("round", value))],
  ["trunc/1", ([value]) => (value === undefined ? UNKNOWN : whole("trunc", value))],
  ["div/2", ([a, b]) => two(a, b, (left, right) => arithmetic("div", left, right))],
  ["rem/2", ([a, b]) => two(a, b, (left, right) => arithmetic("rem", left, right))],
  ["max/2", ([a, b]) => two(a, b, (left, right) => chosen(left, right, 1))],
  ["min/2", ([a, b]) => two(a, b, (left, right) => chosen(left, right, -1))],
  ["to_string/1", ([value]) => textOf(value)],
  ["inspect/1", ([value], style) => inspected(value, style)],
]);

function two(
  a: Term | undefined,
  b: Term | undefined,
  f: (a: Term, b: Term) => Evaluated,
): Evaluated {
  return a === undefined || b === undefined ? UNKNOWN : f(a, b);
}

function ofType(...types: readonly ValueType[]): Kernel {
  return ([value]) => {
    const type = value === undefined ? null : typeOf(value);
    return verdict(type === null ? null : types.includes(type));
  };
}

/** Of equal ones the first counts. */
function chosen(left: Term, right: Term, sign: 1 | -1): Evaluated {
  const found = order(left, right);
  if (found === null) return UNKNOWN;
  return Math.sign(found) === -sign ? right : left;
}

function isFunction(value: Term | undefined, arity: Term | undefined): Evaluated {
  if (value === undefined || arity === undefined) return UNKNOWN;
  if (arity.kind !== "integer" || arity.value < 0) return argument("is_function");
  if (value.kind === "fun" || value.kind === "export") return verdict(value.arity === arity.value);
  const cut = cutValue(value);
  if (cut === null || (cut.type !== "function" && cut.type !== null)) return FALSE;
  return cut.size === null ? UNKNOWN : verdict(cut.size === arity.value);
}

function isStruct(value: Term | undefined, name: Term | null | undefined): Evaluated {
  if (value === undefined || name === undefined) return UNKNOWN;
  if (name !== null && name.kind !== "atom") return argument("is_struct");
  const type = typeOf(value);
  if (type !== "map") return verdict(type === null ? null : false);
  const struct = fetch(value, atomKey("__struct__"));
  if (struct === "unknown") return UNKNOWN;
  if (struct === "missing" || struct.kind !== "atom") return FALSE;
  return verdict(name === null || struct.name === name.name);
}

function isMapKey(map: Term | undefined, key: Term | undefined): Evaluated {
  if (map === undefined || key === undefined) return UNKNOWN;
  const type = typeOf(map);
  if (type !== "map") return type === null ? UNKNOWN : raised("BadMapError: expected a map");
  const found = fetch(map, key);
  return found === "unknown" ? UNKNOWN : verdict(found !== "missing");
}

function lengthOf(value: Term | undefined): Evaluated {
  if (value === undefined) return UNKNOWN;
  const cut = cutValue(value);
  if (cut !== null) return cutSize(cut.type, cut.size, "list", "length");
  if (value.kind !== "list") return argument("length");
  const rest = cutRest(value.tail);
  if (rest === null) return UNKNOWN;
  if (rest !== undefined) return integer(value.items.length + rest);
  if (value.tail === null) return integer(value.items.length);
  return cutValue(value.tail) === null ? argument("length") : UNKNOWN;
}

function sizeOf(value: Term | undefined, kind: "map" | "tuple"): Evaluated {
  if (value === undefined) return UNKNOWN;
  const cut = cutValue(value);
  if (cut !== null) return cutSize(cut.type, cut.size, kind, `${kind}_size`);
  if (value.kind === "map" && kind === "map") return integer(mapShape(value).size);
  if (value.kind !== "tuple" || kind !== "tuple") return argument(`${kind}_size`);
  const { size } = tupleShape(value);
  return size === null ? UNKNOWN : integer(size);
}

function cutSize(
  type: ValueType | null,
  size: number | null,
  wanted: ValueType,
  name: string,
): Evaluated {
  if (type !== null && type !== wanted) return argument(name);
  return type === null || size === null ? UNKNOWN : integer(size);
}

function bytesOf(value: Term | undefined): Evaluated {
  if (value === undefined) return UNKNOWN;
  if (value.kind === "binary" || value.kind === "bitstring") return integer(value.bytes.length);
  const cut = cutValue(value);
  return cut === null ? argument("byte_size") : cutSize(cut.type, cut.size, "binary", "byte_size");
}

function bitsOf(value: Term | undefined): Evaluated {
  if (value?.kind === "bitstring") return integer(value.bytes.length * 8 - 8 + value.bits);
  const bytes = bytesOf(value);
  if (bytes.kind === "raised") return argument("bit_size");
  return bytes.kind === "integer" ? integer(Number(bytes.value) * 8) : bytes;
}

function elem(tuple: Term | undefined, index: Term | undefined): Evaluated {
  if (tuple === undefined || index === undefined) return UNKNOWN;
  const cut = cutValue(tuple);
  const isTuple = cut === null ? tuple.kind === "tuple" : cut.type === "tuple" || cut.type === null;
  if (!isTuple || index.kind !== "integer") return argument("elem");
  const at = Number(index.value);
  const shape = cut !== null || tuple.kind !== "tuple" ? null : tupleShape(tuple);
  const size = shape === null ? (cut?.size ?? null) : shape.size;
  if (at < 0 || (size !== null && at >= size)) return argument("elem");
  return shape?.items[at] ?? UNKNOWN;
}

function head(value: Term | undefined): Evaluated {
  if (value === undefined) return UNKNOWN;
  if (value.kind === "list") return value.items[0] ?? argument("hd");
  return cutList(value, "hd");
}

function tail(value: Term | undefined): Evaluated {
  if (value === undefined) return UNKNOWN;
  if (value.kind !== "list") return cutList(value, "tl");
  return value.items.length === 0 ? argument("tl") : list(value.items.slice(1), value.tail);
}

function cutList(value: Term, name: string): Evaluated {
  const cut = cutValue(value);
  return cut !== null && (cut.type === "list" || cut.type === null) ? UNKNOWN : argument(name);
}
