// Checks of untrusted JSON against a type: small functions that compose, each naming what is wrong.

import { err, ok, type Result } from "@elixirscope/base";

/** `where` is the path of the value, e.g. `params.t0`. */
export type Shape<T> = (value: unknown, where: string) => Result<T, string>;

/** How the parameters of each method of an API (or of a part of it) are checked. */
export type Shapes<A extends { readonly [M in keyof A]: { readonly params: unknown } }> = {
  readonly [M in keyof A]: Shape<A[M]["params"]>;
};

const OPTIONAL: unique symbol = Symbol("optional");
type OptionalShape<T> = Shape<T> & { readonly [OPTIONAL]: true };

/** `?:` properties take an optional shape, all others a plain one. */
type Fields<T> = {
  readonly [K in keyof T]-?: undefined extends T[K]
    ? OptionalShape<Exclude<T[K], undefined>>
    : Shape<T[K]>;
};

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return Object.assign((value: unknown, where: string) => shape(value, where), {
    [OPTIONAL]: true as const,
  });
}

export function object<T extends object>(fields: Fields<T>): Shape<T> {
  const shapes = Object.entries<Shape<unknown>>(fields);
  return (value, where) => {
    if (!isRecord(value)) return err(`${where} must be an object`);
    const result: Record<string, unknown> = {};
    for (const [name, shape] of shapes) {
      const field = value[name];
      if (field === undefined && OPTIONAL in shape) continue;
      const checked = shape(field, `${where}.${name}`);
      if (!checked.ok) return checked;
      result[name] = checked.value;
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: every field was checked
    return ok(result as T);
  };
}

export function array<T>(item: Shape<T>, maxLength: number): Shape<readonly T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) return err(`${where} must be an array`);
    if (value.length > maxLength) return err(`${where} must have at most ${maxLength} items`);
    const items: T[] = [];
    for (const [i, raw] of value.entries()) {
      const checked = item(raw, `${where}[${i}]`);
      if (!checked.ok) return checked;
      items.push(checked.value);
    }
    return ok(items);
  };
}

export function integer(min: number, max: number): Shape<number> {
  return (value, where) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? ok(value)
      : err(`${where} must be an integer from ${min} to ${max}`);
}

export function text(maxLength: number): Shape<string> {
  return (value, where) =>
    typeof value === "string" && value.length <= maxLength
      ? ok(value)
      : err(`${where} must be a string of at most ${maxLength} characters`);
}

export function oneOf<T extends string>(values: readonly T[]): Shape<T> {
  return (value, where) => {
    const found = values.find((candidate) => candidate === value);
    return found === undefined ? err(`${where} must be one of ${values.join(", ")}`) : ok(found);
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, where) => (value === null ? ok(null) : shape(value, where));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Times may come fractional from a pixel position; they are rounded down to whole nanoseconds. */
export const time: Shape<number> = (value, where) =>
  typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER
    ? ok(Math.floor(value))
    : err(`${where} must be a time in nanoseconds`);

/** From 0 to 1. */
export const fraction: Shape<number> = (value, where) =>
  typeof value === "number" && value >= 0 && value <= 1
    ? ok(value)
    : err(`${where} must be a number from 0 to 1`);
