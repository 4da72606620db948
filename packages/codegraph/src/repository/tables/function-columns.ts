// A function's or module's name as the columns that recordings have: `Shop.Cart`, `ets` (without its
// colon), `add`, 3.

import { splitFunctionKey } from "../../link/function-key.ts";
import type { FunctionKey } from "../../module/module-data.ts";

export type FunctionColumns = {
  readonly module: string | null;
  readonly function: string | null;
  readonly arity: number | null;
};

/** What is no key of a function has no columns: all are NULL. */
export function functionColumns(key: FunctionKey | null): FunctionColumns {
  const { module, name, arity } = splitFunctionKey(key ?? "");
  if (name === "") return { module: null, function: null, arity: null };
  return { module: moduleColumn(module), function: name, arity };
}

export function moduleColumn(module: string): string {
  if (!module.startsWith(":")) return module;
  return module.startsWith(':"') ? module.slice(2, -1) : module.slice(1);
}
