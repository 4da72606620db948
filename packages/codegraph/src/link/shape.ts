// The skeleton of a term: what a message or a pattern says for certain, `_` where it says nothing.
//
// As text: `{:add, _, _}`, `%{id: _}`, `[_ | _]`, `"a" <> _`, `<<_>>`, `^_` for one value that is not
// known (a pin, a name bound twice), `fn` for a function, `pid()`
// and `reference()` (in a pattern: one of them), `%{_ | a: 1}` for a map of which more is not known.
// Facts keep the text; matching works on the parsed form, which is cached since few shapes are different.

import { assertNever } from "@elixirscope/base";

export type Shape =
  | { readonly kind: "any" }
  | { readonly kind: "pinned" }
  /** an atom, a number, a string, a module's name, as written */
  | { readonly kind: "value"; readonly text: string }
  | { readonly kind: "tuple"; readonly items: readonly Shape[] }
  | { readonly kind: "list"; readonly items: readonly Shape[]; readonly tail: Shape | null }
  | {
      readonly kind: "map";
      /** the struct's module, `_` for a struct of any, null for a plain map */
      readonly struct: string | null;
      readonly entries: readonly (readonly [key: string, value: Shape])[];
      /** there may be entries that are not listed */
      readonly open: boolean;
    }
  | { readonly kind: "prefix"; readonly text: string }
  | { readonly kind: "binary" }
  | { readonly kind: "function" }
  /** made by the runtime and equal to no literal */
  | { readonly kind: "opaque"; readonly type: "pid" | "reference" };

export const anyShape: Shape = { kind: "any" };

export function printShape(shape: Shape): string {
  switch (shape.kind) {
    case "any":
      return "_";
    case "pinned":
      return "^_";
    case "value":
      return shape.text;
    case "tuple":
      return `{${shape.items.map(printShape).join(", ")}}`;
    case "list": {
      const tail = shape.tail === null ? "" : ` | ${printShape(shape.tail)}`;
      return `[${shape.items.map(printShape).join(", ")}${tail}]`;
    }
    case "map": {
      const entries = shape.entries.map(([key, value]) => entryText(key, printShape(value)));
      const open = shape.open ? "_ | " : "";
      return `%${shape.struct ?? ""}{${open}${entries.join(", ")}}`;
    }
    case "prefix":
      return `${shape.text} <> _`;
    case "binary":
      return "<<_>>";
    case "function":
      return "fn";
    case "opaque":
      return `${shape.type}()`;
    default:
      return assertNever(shape);
  }
}

function entryText(key: string, value: string): string {
  return /^:[a-z_]\w*[?!]?$/.test(key) ? `${key.slice(1)}: ${value}` : `${key} => ${value}`;
}

/** An atom as Elixir writes it. */
export function atomText(name: string): string {
  if (name === "nil" || name === "true" || name === "false") return name;
  if (/^(?:[\p{L}_][\p{L}\p{N}_@]*[?!]?|[-+*/<>=!&|^~.]+)$/u.test(name)) return `:${name}`;
  return `:${JSON.stringify(name)}`;
}

const parsed = new Map<string, Shape>();
/** Shapes come from source text, so the cache is emptied when somebody's are all different. */
const cacheBound = 20_000;

/** The form of a shape's text; what is no shape is `_`. */
export function parseShape(text: string): Shape {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (parsed.size >= cacheBound) parsed.clear();
  const shape = new ShapeReader(text).read();
  parsed.set(text, shape);
  return shape;
}

/** Enough for any shape that is made here: shapes are cut off below depth 8. */
const depthBound = 32;

class ShapeReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Shape {
    const shape = this.#shape();
    return this.#at === this.#text.length ? shape : anyShape;
  }

  #skip(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #shape(): Shape {
    if (this.#depth >= depthBound) return anyShape;
    this.#depth += 1;
    const shape = this.#unbounded();
    this.#depth -= 1;
    return shape;
  }

  #unbounded(): Shape {
    if (this.#skip("^_")) return { kind: "pinned" };
    if (this.#skip("<<_>>")) return { kind: "binary" };
    if (this.#skip("{")) return { kind: "tuple", items: this.#items("}") };
    if (this.#skip("[")) return this.#list();
    if (this.#text[this.#at] === "%") return this.#map();
    const text = this.#word();
    if (text === "_") return anyShape;
    if (text === "fn") return { kind: "function" };
    if (text === "pid()" || text === "reference()")
      return { kind: "opaque", type: text === "pid()" ? "pid" : "reference" };
    return this.#skip(" <> _") ? { kind: "prefix", text } : { kind: "value", text };
  }

  /** A literal: up to whatever ends one, quoted text as a whole. */
  #word(): string {
    const word = /(?::?"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,{}[\]|"'])+/uy;
    word.lastIndex = this.#at;
    const text = word.exec(this.#text)?.[0] ?? "";
    this.#at += text.length;
    return text.endsWith(":") && text.length > 1 ? this.#unread(text) : text;
  }

  #unread(text: string): string {
    this.#at -= 1;
    return text.slice(0, -1);
  }

  #items(close: string): Shape[] {
    const items: Shape[] = [];
    if (this.#skip(close)) return items;
    do items.push(this.#shape());
    while (this.#skip(", "));
    if (!this.#skip(close)) this.#at = Infinity;
    return items;
  }

  #list(): Shape {
    const items: Shape[] = [];
    let tail: Shape | null = null;
    if (this.#skip("]")) return { kind: "list", items, tail };
    do items.push(this.#shape());
    while (this.#skip(", "));
    if (this.#skip(" | ")) tail = this.#shape();
    if (!this.#skip("]")) this.#at = Infinity;
    return { kind: "list", items, tail };
  }

  #map(): Shape {
    this.#at += 1;
    const struct = this.#word();
    const entries: [string, Shape][] = [];
    if (!this.#skip("{")) this.#at = Infinity;
    const open = this.#skip("_ | ");
    while (this.#at < this.#text.length && !this.#skip("}")) {
      this.#skip(", ");
      const word = this.#word();
      const key = this.#skip(": ") ? `:${word}` : word;
      if (key === word && !this.#skip(" => ")) this.#at = Infinity;
      entries.push([key, this.#shape()]);
    }
    return { kind: "map", struct: struct === "" ? null : struct, entries, open };
  }
}
