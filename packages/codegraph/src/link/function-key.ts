// `Shop.Cart.add/3` taken apart. The module is all leading segments with a capital, or an Erlang name.

import type { FunctionKey } from "../module/module-data.ts";

export type FunctionName = {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
};

const elixirModule = /^(?:\p{Lu}[\p{L}\p{N}_]*\.)+/u;
const erlangModule = /^:(?:"(?:[^"\\]|\\.)*"|[^.]*)\./;

/** Names may be operators (`Kernel.//2`, `Kernel.../2`); what is no key is all module. */
export function splitFunctionKey(key: FunctionKey): FunctionName {
  const slash = key.lastIndexOf("/");
  const head = slash < 0 ? key : key.slice(0, slash);
  const prefix = (head.startsWith(":") ? erlangModule : elixirModule).exec(head)?.[0];
  if (slash < 0 || prefix === undefined) return { module: head, name: "", arity: 0 };
  return {
    module: prefix.slice(0, -1),
    name: head.slice(prefix.length),
    arity: Number(key.slice(slash + 1)),
  };
}
