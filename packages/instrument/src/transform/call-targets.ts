// What a call calls, and what its end looks like: whether it is a jump when it is the last thing that
// a function does, which calls are replaced, and which send a message or throw the stack away.

import { inspect, list, type Term } from "@elixirscope/etf";
import { builtIn } from "./builtins.ts";
import {
  annoOf,
  itemsOf,
  kindOf,
  literalAtom,
  node,
  part,
  partCount,
  replaced,
  variableName,
} from "./forms.ts";

export type CallTarget =
  | { readonly kind: "local"; readonly name: string; readonly arity: number }
  | {
      readonly kind: "remote";
      readonly module: string;
      readonly name: string;
      readonly arity: number;
    }
  /** a fun as a value, or `apply/2` of one */
  | { readonly kind: "fun" }
  /** module or function known only when it runs, or `apply/3` */
  | { readonly kind: "dynamic" }
  /** `(fun (X) -> … end)(V)`: the compiler puts the fun's code in place of the call */
  | { readonly kind: "in_place" }
  /** what only looks like a call (`record_info`) */
  | { readonly kind: "none" };

export type LocalFunctions = {
  readonly module: string;
  /** `name/arity` */
  readonly defined: ReadonlySet<string>;
  /** module of each imported `name/arity` */
  readonly imported: ReadonlyMap<string, string>;
};

export function callTarget(call: Term, locals: LocalFunctions): CallTarget {
  const callee = part(call, 2);
  const args = itemsOf(part(call, 3));
  const name = literalAtom(callee);
  if (name !== null) return unqualified(name, args.length, locals);
  if (kindOf(callee) === "remote") return qualified(callee, args.length, locals);
  if (kindOf(callee) === "fun" && kindOf(part(callee, 2)) === "clauses") {
    return { kind: "in_place" };
  }
  return { kind: "fun" };
}

function unqualified(name: string, arity: number, locals: LocalFunctions): CallTarget {
  const key = `${name}/${String(arity)}`;
  if (locals.defined.has(key)) return { kind: "local", name, arity };
  if (name === "record_info" && arity === 2) return { kind: "none" };
  return remote(locals.imported.get(key) ?? "erlang", name, arity);
}

function qualified(callee: Term, arity: number, locals: LocalFunctions): CallTarget {
  const module = literalAtom(part(callee, 2));
  const name = literalAtom(part(callee, 3));
  if (module === null || name === null) return { kind: "dynamic" };
  const key = `${name}/${String(arity)}`;
  if (module === locals.module && locals.defined.has(key)) return { kind: "local", name, arity };
  return remote(module, name, arity);
}

function remote(module: string, name: string, arity: number): CallTarget {
  if (module === "erlang" && name === "apply" && arity === 2) return { kind: "fun" };
  if (module === "erlang" && name === "apply" && arity === 3) return { kind: "dynamic" };
  return { kind: "remote", module, name, arity };
}

/** `Shop.Cart.add/3`; null when only running tells. */
export function targetText(target: CallTarget, locals: LocalFunctions): string | null {
  if (target.kind !== "local" && target.kind !== "remote") return null;
  const module = target.kind === "local" ? locals.module : target.module;
  const { name, arity } = target;
  return inspect({ kind: "export", module, function: name, arity }).slice(1);
}

const HIDDEN_DICTIONARY = new Set(["get/0", "get_keys/0", "erase/0"]);

/** The capture module's function that stands in for this one, to hide its entry of the dictionary. */
export function standIn(target: CallTarget): string | null {
  if (target.kind !== "remote" || target.arity !== 0) return null;
  if (target.module !== "erlang" && target.module !== "Elixir.Process") return null;
  return HIDDEN_DICTIONARY.has(`${target.name}/0`) ? target.name : null;
}

const HIBERNATING = new Set(["erlang", "proc_lib", "Elixir.Process"]);

export function hibernates(target: CallTarget): boolean {
  if (target.kind !== "remote" || target.name !== "hibernate") return false;
  if (target.module === "erlang" && target.arity === 0) return true;
  return target.arity === 3 && HIBERNATING.has(target.module);
}

const SENDING: Readonly<Record<string, readonly string[]>> = {
  erlang: ["send", "send_nosuspend"],
  gen_server: ["call", "cast", "reply", "abcast"],
  gen_statem: ["call", "cast", "reply"],
  gen_event: ["call", "notify", "sync_notify"],
  "Elixir.Process": ["send"],
  "Elixir.GenServer": ["call", "cast", "reply", "abcast"],
  "Elixir.Agent": ["get", "update", "get_and_update", "cast"],
};

/** Whether the next message that the process sends is sent by this call. */
export function sends(target: CallTarget): boolean {
  return target.kind === "remote" && (SENDING[target.module] ?? []).includes(target.name);
}

/** How a call ends its function when it is the last thing there. */
export type Ending =
  /** it does not: the virtual machine comes back to the caller */
  | "value"
  /** it jumps */
  | "jump"
  /** it jumps where the function is no built-in one of the running release */
  | "jump_unless_built_in";

export function endingOf(target: CallTarget): Ending {
  if (target.kind === "none" || target.kind === "in_place") return "value";
  if (target.kind !== "remote") return "jump";
  if (hibernates(target)) return "jump";
  if (standIn(target) !== null) return "value";
  const kind = builtIn(target.module, target.name, target.arity);
  if (kind === "sometimes") return "jump_unless_built_in";
  return kind === "always" ? "value" : "jump";
}

/** Whether the named fun around a call calls itself. */
export function callsVariable(call: Term, name: string | null): boolean {
  return name !== null && partCount(call) === 4 && variableName(part(call, 2)) === name;
}

/** `apply(F, [A, B])` and `apply(M, F, [A, B])` as the compiler has them: `F(A, B)`, `M:F(A, B)`. */
export function withoutApply(form: Term): Term {
  const callee = part(form, 2);
  const args = itemsOf(part(form, 3));
  const applied = isApply(callee) ? elements(args.at(-1)) : null;
  if (applied === null) return form;
  const [first, second] = args;
  if (first === undefined || second === undefined) return form;
  if (args.length === 2) return replaced(form, { 2: first, 3: list(applied) });
  if (args.length !== 3) return form;
  return replaced(form, { 2: node("remote", annoOf(form), first, second), 3: list(applied) });
}

export function isApply(callee: Term): boolean {
  if (kindOf(callee) !== "remote") return literalAtom(callee) === "apply";
  const [module, name] = [literalAtom(part(callee, 2)), literalAtom(part(callee, 3))];
  return module === "erlang" && name === "apply";
}

/** Of a proper list written out; null for other expressions. */
function elements(form: Term | undefined): Term[] | null {
  const found: Term[] = [];
  let rest = form;
  while (rest !== undefined && kindOf(rest) === "cons") {
    found.push(part(rest, 2));
    rest = part(rest, 3);
  }
  return rest !== undefined && kindOf(rest) === "nil" ? found : null;
}
