// Terms as Elixir's `inspect` prints them. What Elixir looks up in the running system cannot be known
// here: any map with a `__struct__` prints as that struct, and a closure names its module only.

import { assertNever } from "@elixirscope/base";
import { cutOf, DEFAULT_CUT_MARKER, type Cut } from "./cut-marker.ts";
import { byteContainer, container, layout, type Doc } from "./doc.ts";
import { inspectAtom, inspectFunctionName, inspectKey, isKeywordKey } from "./inspect-atom.ts";
import { inspectFloat } from "./inspect-float.ts";
import { inspectStruct } from "./inspect-struct.ts";
import {
  escapeText,
  isCharlistCode,
  printableText,
  withoutPartialCharacter,
} from "./inspect-text.ts";
import {
  atomName,
  entriesOf,
  itemOf,
  itemsOf,
  leaf,
  sizeOf,
  smallInteger,
  tailOf,
  type Source,
} from "./look.ts";
import type { Term } from "./term.ts";

export type InspectOptions = {
  /** most items per container, one less per level inside; 50 as in Elixir */
  readonly limit?: number;
  /** most characters of a string or charlist; 4096 as in Elixir */
  readonly printableLimit?: number;
  /** `single`: 'abc' (Elixir up to 1.14); `sigil`: ~c"abc" (since 1.15); `lists`: [97, 98, 99] */
  readonly charlists?: "single" | "sigil" | "lists";
  /** several lines when wider than `width`; otherwise all on one line */
  readonly pretty?: boolean;
  readonly width?: number;
  /** pids, ports and references of other nodes name their node; without this, all print as local */
  readonly localNode?: string;
  /** the atom that marks what the probe cut */
  readonly cutMarker?: string;
  /** fields of a struct in the order of its definition; Elixir prints them so, the term does not say */
  readonly fieldOrder?: (module: string) => readonly string[] | undefined;
};

/** Deeper than this is `...` whatever the limit: the printer is recursive. */
const MAX_DEPTH = 200;

export function inspect(source: Source, options: InspectOptions = {}): string {
  const printer = new Printer(options);
  const width = options.pretty === true ? (options.width ?? 80) : Infinity;
  return layout(printer.print(source, options.limit ?? 50), width);
}

/** Carries the options down; `limit` goes along as an argument because it shrinks on the way. */
export class Printer {
  readonly #printableLimit: number;
  readonly #charlists: "single" | "sigil" | "lists";
  readonly #localNode: string | undefined;
  readonly #cutMarker: string;
  readonly #fieldOrder: (module: string) => readonly string[] | undefined;
  #depth = 0;

  constructor(options: InspectOptions) {
    this.#printableLimit = options.printableLimit ?? 4096;
    this.#charlists = options.charlists ?? "single";
    this.#localNode = options.localNode;
    this.#cutMarker = options.cutMarker ?? DEFAULT_CUT_MARKER;
    this.#fieldOrder = options.fieldOrder ?? (() => undefined);
  }

  print(source: Source, limit: number): Doc {
    if (this.#depth >= MAX_DEPTH) return "...";
    this.#depth++;
    const doc = this.#container(source, limit) ?? this.#leaf(leaf(source), limit);
    this.#depth--;
    return doc;
  }

  /** A proper list with these items, never as a charlist. */
  printList(items: readonly Source[], limit: number): Doc {
    const isPairs = isKeyword(items);
    const docs = this.#each(items, items.length, limit, isPairs ? this.#pair : this.#item);
    return container("[", docs, "]", isPairs ? "strict" : "maybe");
  }

  #container(source: Source, limit: number): Doc | undefined {
    if (source.kind === "list") return this.#list(source, limit);
    if (source.kind === "map") return this.#map(source, limit);
    if (source.kind !== "tuple") return undefined;
    const cut = cutOf(source, this.#cutMarker);
    return cut === undefined ? this.#tuple(source, limit) : this.#cut(cut, limit);
  }

  #leaf(term: Term, limit: number): Doc {
    switch (term.kind) {
      case "integer":
        return inspectInteger(term.value);
      case "float":
        return inspectFloat(term.value);
      case "atom":
        return inspectAtom(term.name);
      case "binary":
        return this.#binary(term.bytes, limit);
      case "bitstring":
        return bytesDoc(term.bytes, term.bits, limit, false);
      case "pid":
        return this.#identity("PID", term.node, `${term.id}.${term.serial}`);
      case "port":
        return this.#identity("Port", term.node, `${term.id}`);
      case "reference":
        return this.#identity("Reference", term.node, term.ids.toReversed().join("."));
      case "export":
        return `&${inspectAtom(term.module)}.${inspectFunctionName(term.function)}/${term.arity}`;
      case "fun":
        return `#Function<${term.index}.${term.uniq}/${term.arity} in ${inspectAtom(term.module)}>`;
      case "list":
      case "tuple":
      case "map":
        return this.print(term, limit);
      default:
        return assertNever(term);
    }
  }

  /**
   * Elixir's first number stands for the node and is another on every node that prints it: 0 is the
   * node of the recording, and another node is named.
   */
  #identity(type: string, node: string, numbers: string): string {
    const isLocal = this.#localNode === undefined || node === this.#localNode;
    return isLocal ? `#${type}<0.${numbers}>` : `#${type}<${numbers} on ${node}>`;
  }

  #binary(bytes: Uint8Array, limit: number): Doc {
    const text = printableText(bytes, this.#printableLimit, '"');
    if (text === null) return bytesDoc(bytes, 8, limit, false);
    return `"${text.escaped}"${text.isCut ? " <> ..." : ""}`;
  }

  #cut(cut: Cut, limit: number): Doc {
    if (cut.what === "rest") return "...";
    if (cut.what === "binary") {
      const whole = withoutPartialCharacter(cut.prefix);
      const text = printableText(whole, this.#printableLimit, '"');
      if (text !== null) return `"${text.escaped}" <> ...`;
      return bytesDoc(cut.prefix, 8, limit, true);
    }
    return DEPTH_CUTS.get(cut.of) ?? "...";
  }

  #tuple(tuple: Source, limit: number): Doc {
    const items = this.#each(itemsOf(tuple), sizeOf(tuple), limit, this.#item);
    return container("{", items, "}", "flex");
  }

  #list(source: Source, limit: number): Doc {
    const size = sizeOf(source);
    if (size === 0) return "[]";
    const charlist = this.#charlist(source);
    if (charlist !== undefined) return charlist;
    // Beyond the limit a tail is not shown: do not walk to it.
    const tail = size <= Math.max(limit, 1) ? tailOf(source) : null;
    const isCut = tail !== null && cutOf(tail, this.#cutMarker)?.what === "rest";
    if (
      (tail === null || isCut) &&
      isKeyword(itemsOf(source)) &&
      (isCut || tailOf(source) === null)
    ) {
      const pairs = this.#each(itemsOf(source), size, limit, this.#pair);
      return container("[", isCut ? [...pairs, "..."] : pairs, "]", "strict");
    }
    const items = this.#each(itemsOf(source), size, limit, this.#item);
    if (tail === null || limit <= 0) return container("[", items, "]", "maybe");
    if (isCut) return container("[", [...items, "..."], "]", "maybe");
    items.push(this.print(tail, limit - size));
    return container("[", items, "]", "maybe", true);
  }

  #charlist(list: Source): string | undefined {
    if (this.#charlists === "lists") return undefined;
    const quote = this.#charlists === "sigil" ? '"' : "'";
    let text = "";
    let count = 0;
    for (const item of itemsOf(list)) {
      const code = smallInteger(item);
      if (code === undefined) return undefined;
      if (count === this.#printableLimit) break;
      if (!isCharlistCode(code)) return undefined;
      text += String.fromCharCode(code);
      count++;
    }
    const tail = count === sizeOf(list) ? tailOf(list) : null;
    const isCut = tail !== null && cutOf(tail, this.#cutMarker)?.what === "rest";
    if (tail !== null && !isCut) return undefined;
    const open = this.#charlists === "sigil" ? '~c"' : "'";
    const more = isCut || count < sizeOf(list) ? " ++ ..." : "";
    return `${open}${escapeText(text, quote)}${quote}${more}`;
  }

  /** Keys as encoded: up to OTP 27 that is the order in which the node itself prints them. */
  #map(source: Source, limit: number): Doc {
    let entries = [...entriesOf(source)];
    const isCut = entries.some(([key]) => atomName(key) === this.#cutMarker);
    if (isCut) entries = entries.filter(([key]) => atomName(key) !== this.#cutMarker);
    const struct = inspectStruct(entries, isCut, this, limit, this.#fieldOrder);
    if (struct !== undefined && "doc" in struct) return struct.doc;
    const open = struct === undefined ? "%{" : `%${struct.name}{`;
    const shown = struct === undefined ? entries : struct.fields;
    const isKeys = shown.every(([key]) => isShorthandKey(key));
    const pair = isKeys ? this.#entryPair : this.#entry;
    const docs = this.#each(shown, shown.length, limit, pair);
    if (isCut && docs.at(-1) !== "...") docs.push("...");
    return container(open, docs, "}", "strict");
  }

  /** Prints up to `limit` of them and `...` for the rest; each has what is left of the limit. */
  #each<T>(
    items: Iterable<T>,
    size: number,
    limit: number,
    print: (item: T, limit: number) => Doc,
  ): Doc[] {
    const docs: Doc[] = [];
    if (size === 0) return docs;
    let left = limit;
    for (const item of items) {
      if (left <= 0) {
        docs.push("...");
        break;
      }
      left--;
      docs.push(print(item, left));
    }
    return docs;
  }

  readonly #item = (item: Source, limit: number): Doc => this.print(item, limit);

  readonly #pair = (item: Source, limit: number): Doc => {
    const value = itemOf(item, 1);
    const key = inspectKey(atomName(itemOf(item, 0)) ?? "");
    return [key, " ", value === undefined ? "" : this.print(value, limit)];
  };

  readonly #entryPair = ([key, value]: readonly [Source, Source], limit: number): Doc => [
    inspectKey(atomName(key) ?? ""),
    " ",
    this.print(value, limit),
  ];

  readonly #entry = ([key, value]: readonly [Source, Source], limit: number): Doc => [
    this.print(key, limit),
    " => ",
    this.print(value, limit),
  ];
}

/** Decimal digits take more than linear time: an integer longer than this prints in hexadecimal. */
const MAX_DECIMAL_BITS = 100_000;

function inspectInteger(value: number | bigint): string {
  if (typeof value === "number") return value.toString();
  const hex = value.toString(16).toUpperCase();
  if (hex.length * 4 <= MAX_DECIMAL_BITS) return value.toString();
  return value < 0n ? `-0x${hex.slice(1)}` : `0x${hex}`;
}

const DEPTH_CUTS: ReadonlyMap<string, string> = new Map([
  ["list", "[...]"],
  ["tuple", "{...}"],
  ["map", "%{...}"],
  ["bitstring", "<<...>>"],
  ["function", "#Function<...>"],
]);

function isShorthandKey(key: Source): boolean {
  const name = atomName(key);
  return name !== undefined && isKeywordKey(name);
}

function isKeyword(items: Iterable<Source>): boolean {
  for (const item of items) {
    if (item.kind !== "tuple" || sizeOf(item) !== 2) return false;
    const key = itemOf(item, 0);
    if (key === undefined || !isShorthandKey(key)) return false;
  }
  return true;
}

/** `lastBits` of the last byte count; `isCut` says that more bytes came than are here. */
function bytesDoc(bytes: Uint8Array, lastBits: number, limit: number, isCut: boolean): Doc {
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (i >= limit) return byteContainer([...pieces, "..."]);
    const byte = bytes[i] ?? 0;
    const isPartial = lastBits < 8 && i === bytes.length - 1;
    pieces.push(isPartial ? `${byte >> (8 - lastBits)}::size(${lastBits})` : `${byte}`);
  }
  if (isCut) pieces.push("...");
  return byteContainer(pieces);
}
