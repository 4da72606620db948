// Where a condition is asked: `WHERE: CONDITION`, or WHERE alone.
//
//   Shop.Cart.add/3: qty < 0         in calls of a function; also Shop.Cart.add, Shop.Cart.* and Shop.*
//   lib/cart.ex:42: qty < 0          when a line of a file runs
//   state of Shop.Cart: items == []  in states of a process: its registered name, module or <0.1.2>
//
// As everywhere `Shop.*` is all functions of Shop and of the modules below it.

import { err, ok, type Result } from "@elixirscope/base";
import { compileCondition, type Condition } from "../condition/condition.ts";
import { conditionError, type ConditionError } from "../condition/condition-error.ts";
import { moduleText } from "../names.ts";

export type Where =
  | {
      readonly kind: "function";
      /** as the VM names it: `Elixir.Shop.Cart`, `lists`; null: any */
      readonly module: string | null;
      /** also the modules below */
      readonly below: boolean;
      readonly function: string | null;
      readonly arity: number | null;
    }
  | { readonly kind: "line"; readonly file: string; readonly line: number }
  | { readonly kind: "state"; readonly process: string };

export type Watch = { readonly where: Where; readonly condition: Condition; readonly text: string };

const STATE = /^\s*states?\s+of\s+(<[\d.]+>|:?[\w.@]+)\s*(?::\s|:?$)/;
const LINE = /^\s*([^\s:][^:]*\.[A-Za-z]+):(\d+)\s*(?::|$)/;
const FUNCTION = /^\s*(:?[^\s:]+)\s*(?::(?=[\s(]|$)|:(?=.)|$)/;

/** Without a condition: whenever it is reached. */
export function parseWatch(text: string, otpRelease?: string): Result<Watch, ConditionError> {
  const found = whereOf(text);
  if (!found.ok) return found;
  const { where, end } = found.value;
  const isBare = text.slice(end).trim() === "";
  const options = otpRelease === undefined ? {} : { otpRelease };
  const condition = isBare
    ? compileCondition("true", options)
    : compileCondition(text, { ...options, offset: end });
  if (!condition.ok) return condition;
  return ok({ where, condition: condition.value, text: text.trim() });
}

export function parseWhere(text: string): Result<Where, ConditionError> {
  const found = whereOf(text);
  if (!found.ok) return found;
  if (found.value.end < text.trimEnd().length) {
    return err(
      conditionError(text, "here stands a place alone, without a condition", {
        start: found.value.end,
        end: text.length,
      }),
    );
  }
  return ok(found.value.where);
}

type Found = { readonly where: Where; readonly end: number };

function whereOf(text: string): Result<Found, ConditionError> {
  const state = STATE.exec(text);
  if (state?.[1] !== undefined) {
    return ok({ where: { kind: "state", process: state[1] }, end: state[0].length });
  }
  const line = LINE.exec(text);
  if (line?.[1] !== undefined) {
    const where = { kind: "line", file: line[1].trim(), line: Number(line[2]) } as const;
    if (Number.isSafeInteger(where.line)) return ok({ where, end: line[0].length });
  }
  const written = FUNCTION.exec(text);
  const where = written?.[1] === undefined ? null : functionOf(written[1]);
  if (written !== null && where !== null) return ok({ where, end: written[0].length });
  const wanted =
    "begin with a place: Shop.Cart.add/3: …, lib/cart.ex:42: … or state of Shop.Cart: …";
  return err(conditionError(text, wanted, { start: 0, end: Math.max(1, text.length) }));
}

const NAME = /^(?:(\*)|([\p{L}_][\p{L}\p{N}_@]*[?!]?|"[^"]+"|[-+*/<>=!&|^~.]+))(?:\/(\d{1,3}))?$/u;
const ALIAS = /^[A-Z]\w*$/;

function functionOf(written: string): Where | null {
  if (written === "*")
    return { kind: "function", module: null, below: false, function: null, arity: null };
  const isErlang = written.startsWith(":");
  const parts = (isErlang ? written.slice(1) : written).split(".");
  const moduleParts = isErlang ? 1 : countAliases(parts);
  if (moduleParts === 0) return null;
  const name = parts.slice(0, moduleParts).join(".");
  const module = isErlang ? name : `Elixir.${name}`;
  const rest = parts.slice(moduleParts).join(".");
  if (rest === "") {
    return parts.length > moduleParts
      ? null
      : { kind: "function", module, below: false, function: null, arity: null };
  }
  const match = NAME.exec(rest);
  if (match === null) return null;
  const [, star, named, arity] = match;
  return {
    kind: "function",
    module,
    below: star !== undefined && arity === undefined && !isErlang,
    function: star === undefined ? (named ?? "").replaceAll('"', "") : null,
    arity: arity === undefined ? null : Number(arity),
  };
}

function countAliases(parts: readonly string[]): number {
  const end = parts.findIndex((part) => !ALIAS.test(part));
  return end < 0 ? parts.length : end;
}

export function whereText(where: Where): string {
  switch (where.kind) {
    case "line":
      return `${where.file}:${where.line}`;
    case "state":
      return `state of ${where.process}`;
    case "function": {
      const { module, below, function: name, arity } = where;
      if (module === null) return "*";
      const rest = name === null ? (below ? ".*" : "") : `.${name}`;
      return `${moduleText(module)}${rest}${arity === null ? "" : `/${arity}`}`;
    }
    default:
      return where satisfies never;
  }
}
