// Lists of like objects as columns: keys are said once, texts that repeat are kept once. What the graphs
// of a file take as JSON shrinks to a sixth before it is deflated.
//
// Any plain data survives; what is not uniform is kept as it is.

import { assertNever } from "@elixirscope/base";

export type Shredded = { readonly texts: readonly string[]; readonly column: Column };

type Column =
  | { readonly kind: "number"; readonly values: readonly number[] }
  /** codes into the texts: 0 is null */
  | { readonly kind: "text"; readonly values: readonly number[] }
  /** -1 is null */
  | { readonly kind: "list"; readonly lengths: readonly number[]; readonly items: Column }
  | {
      readonly kind: "object";
      readonly length: number;
      readonly keys: readonly string[];
      readonly columns: readonly Column[];
    }
  | { readonly kind: "mixed"; readonly values: readonly unknown[] };

/** Objects inside lists inside objects …: deeper than this they are kept as they are. */
const MAX_DEPTH = 8;

export function shred(values: readonly unknown[]): Shredded {
  const texts = new Texts();
  const column = columnOf(values, texts, 0);
  return { texts: texts.all, column };
}

export function assembled({ texts, column }: Shredded): readonly unknown[] {
  return valuesOf(column, [null, ...texts]);
}

class Texts {
  readonly #codes = new Map<string, number>();
  readonly all: string[] = [];

  codeOf(text: string): number {
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.all.push(text);
      this.#codes.set(text, code);
    }
    return code;
  }
}

function columnOf(values: readonly unknown[], texts: Texts, depth: number): Column {
  if (values.every((value) => typeof value === "number")) return { kind: "number", values };
  if (values.every(isTextOrNull)) {
    return { kind: "text", values: values.map((text) => (text === null ? 0 : texts.codeOf(text))) };
  }
  if (depth < MAX_DEPTH && values.every((value) => value === null || Array.isArray(value))) {
    const lists: readonly (readonly unknown[] | null)[] = values;
    return {
      kind: "list",
      lengths: lists.map((list) => list?.length ?? -1),
      items: columnOf(
        lists.flatMap((list) => list ?? []),
        texts,
        depth + 1,
      ),
    };
  }
  const keys = depth < MAX_DEPTH ? commonKeys(values) : null;
  if (keys === null) return { kind: "mixed", values };
  const columns = keys.map((key) =>
    columnOf(
      values.map((value) => property(value, key)),
      texts,
      depth + 1,
    ),
  );
  return { kind: "object", length: values.length, keys, columns };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

/** Null unless all are objects with the same keys in the same order. */
function commonKeys(values: readonly unknown[]): readonly string[] | null {
  const [first] = values;
  if (typeof first !== "object" || first === null || Array.isArray(first)) return null;
  const keys = Object.keys(first);
  const isLike = values.every((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const own = Object.keys(value);
    return own.length === keys.length && own.every((key, i) => key === keys[i]);
  });
  return isLike ? keys : null;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function valuesOf(column: Column, texts: readonly (string | null)[]): readonly unknown[] {
  switch (column.kind) {
    case "number":
    case "mixed":
      return column.values;
    case "text":
      return column.values.map((code) => texts[code] ?? null);
    case "list": {
      const items = valuesOf(column.items, texts);
      let at = 0;
      return column.lengths.map((length) => {
        if (length < 0) return null;
        at += length;
        return items.slice(at - length, at);
      });
    }
    case "object": {
      const columns = column.columns.map((inner) => valuesOf(inner, texts));
      return Array.from({ length: column.length }, (_, row) => {
        const object: Record<string, unknown> = {};
        for (const [i, key] of column.keys.entries()) object[key] = columns[i]?.[row];
        return object;
      });
    }
    default:
      return assertNever(column);
  }
}
