// Where a value comes from, inside one function: back through names, strings, containers and the
// functions that only reshape what they are given, to parameters and to calls that make something new.

import { pushAll } from "@elixirscope/base";
import { children, isCall, keyword, remoteCall, type Node } from "@elixirscope/syntax";
import { bindingOf, type Binding } from "./bindings.ts";
import { accessOf, callOf, isFieldRead, type Call } from "./call.ts";
import type { FileCode } from "./file-code.ts";

export type Origin =
  | { readonly kind: "parameter"; readonly binding: Binding; readonly node: Node }
  /** made by a call that does not just pass on what it is given */
  | { readonly kind: "call"; readonly call: Call; readonly node: Node }
  | { readonly kind: "message"; readonly node: Node }
  /** an argument of a closure whose caller is not known */
  | { readonly kind: "closure"; readonly node: Node };

/** Nodes looked at before giving up, which only generated code needs. */
const LIMIT = 500;

/** `text`: leaves out variables that are calculated with, since numbers can do no harm in text. */
export type Flowing = "anything" | "text";

/** Every origin of `expression`; literals have none. */
export function originsOf(
  expression: Node,
  code: FileCode,
  flowing: Flowing = "anything",
): readonly Origin[] {
  const origins: Origin[] = [];
  const seen = new Set<Node>();
  const pending = [expression];
  for (let node = pending.pop(); node !== undefined && seen.size < LIMIT; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const origin = originAt(node, code, flowing, pending);
    if (origin !== null) origins.push(origin);
  }
  return origins;
}

/** An origin, or null after putting what the node is made of on `pending`. */
function originAt(node: Node, code: FileCode, flowing: Flowing, pending: Node[]): Origin | null {
  if (node.kind === "variable") return originOfName(node, code, flowing, pending);
  if (node.kind !== "call") {
    pushAll(pending, children(node));
    return null;
  }
  const read =
    accessOf(node)?.container ?? (isFieldRead(node) ? remoteCall(node)?.receiver : undefined);
  if (read !== undefined) {
    pending.push(read);
    return null;
  }
  if (isCall(node, "&", 1) && node.args[0]?.kind === "integer")
    return originOfCapture(node, code, pending);
  const call = callOf(node);
  if (call === null)
    return {
      kind: "call",
      call: { node, inner: node, receiver: null, name: ".()", args: node.args },
      node,
    };
  return originOfCall(call, code, pending);
}

function originOfName(
  node: Node,
  code: FileCode,
  flowing: Flowing,
  pending: Node[],
): Origin | null {
  const binding = bindingOf(node, code);
  if (binding === null) return null;
  if (flowing === "text" && isNumber(binding, code)) return null;
  switch (binding.kind) {
    case "parameter":
      return { kind: "parameter", binding, node };
    case "message":
      return { kind: "message", node };
    case "caught":
      return null;
    case "closure":
      return originOfClosure(node, binding.value, code, pending);
    case "match":
    case "element":
    case "clause":
    default:
      if (binding.value !== null) pending.push(binding.value);
      return null;
  }
}

const ARITHMETIC = new Set(["+", "-", "*", "/", "div", "rem", "..", "<<<", ">>>"]);

const numbers = new WeakMap<FileCode, ReadonlySet<Binding>>();

/** The variable is calculated with somewhere in its function, so it is no text and no container. */
export function isNumber(binding: Binding, code: FileCode): boolean {
  let known = numbers.get(code);
  if (known === undefined) {
    known = calculatedWith(code);
    numbers.set(code, known);
  }
  return known.has(binding);
}

function calculatedWith(code: FileCode): ReadonlySet<Binding> {
  const found = new Set<Binding>();
  for (const name of ARITHMETIC) {
    for (const { receiver, args } of code.calls(name)) {
      for (const operand of receiver === null ? args : []) {
        const binding = bindingOf(operand, code);
        if (binding !== null) found.add(binding);
      }
    }
  }
  return found;
}

/** An argument of a closure is an element of what the closure is given with: `Enum.map(list, fn x -> …)`. */
function originOfClosure(
  node: Node,
  closure: Node | null,
  code: FileCode,
  pending: Node[],
): Origin | null {
  const call = closure === null ? null : callGiven(closure, code);
  if (call === null) return { kind: "closure", node };
  pushAll(
    pending,
    call.args.filter((arg) => arg !== closure && !isCall(arg, "fn")),
  );
  return null;
}

function originOfCapture(node: Node, code: FileCode, pending: Node[]): Origin | null {
  for (const ancestor of code.ancestors(node)) {
    if (isCall(ancestor, "&", 1)) return originOfClosure(node, ancestor, code, pending);
  }
  return null;
}

/** The call of a module's function that `closure` is an argument of, pipes included. */
export function callGiven(closure: Node, code: FileCode): Call | null {
  const parent = code.parentOf(closure);
  if (parent === null) return null;
  const above = code.parentOf(parent);
  const piped = above !== null && isCall(above, "|>", 2) && above.args[1] === parent;
  const call = callOf(piped ? above : parent);
  return call !== null && call.args.includes(closure) ? call : null;
}

const BRANCHES = new Set(["if", "unless", "case", "cond", "with", "try", "__block__"]);

function originOfCall(call: Call, code: FileCode, pending: Node[]): Origin | null {
  const { node, name, args, receiver } = call;
  if (receiver === null) {
    if (BRANCHES.has(name)) {
      pushAll(pending, results(node));
      return null;
    }
    if (/^[^a-z_]/.test(name) || PASSING_LOCAL.has(name) || name.startsWith("sigil_")) {
      if (name !== "@" && name !== "__aliases__" && name !== "fn") pushAll(pending, args);
      return null;
    }
    if (NEUTRAL_LOCAL.has(name) || name === "fn") return null;
  }
  const module = code.moduleOf(call);
  if (module !== null && (NEUTRAL.has(`${module}.${name}`) || NEUTRAL_MODULES.has(module)))
    return null;
  if (module === "Kernel" && NEUTRAL_LOCAL.has(name)) return null;
  if (module !== null && (PASSING_MODULES.has(module) || PASSING.has(`${module}.${name}`))) {
    pushAll(
      pending,
      args.filter((arg) => !isCall(arg, "fn")),
    );
    return null;
  }
  return { kind: "call", call, node };
}

/** The last expressions of a construct's branches: its value. */
export function results(node: Node): readonly Node[] {
  const found: Node[] = [];
  const pending: Node[] = [node];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (isCall(at, "__block__")) pushAll(pending, at.args.slice(-1));
    else if (isCall(at, "->", 2)) pushAll(pending, at.args.slice(1));
    else if (at.kind === "call" && typeof at.callee === "string" && BRANCHES.has(at.callee)) {
      pushAll(pending, branchesOf(at.args.at(-1)));
    } else if (isCall(at, "|>", 2)) {
      const target = at.args[1];
      if (
        target?.kind === "call" &&
        typeof target.callee === "string" &&
        BRANCHES.has(target.callee)
      )
        pending.push(target);
      else found.push(at);
    } else found.push(at);
  }
  return found;
}

function branchesOf(blocks: Node | undefined): readonly Node[] {
  return ["do", "else", "rescue", "catch"].flatMap((name) => {
    const branch = keyword(blocks, name);
    if (branch === undefined) return [];
    return branch.kind === "list" && isCall(branch.items[0], "->") ? branch.items : [branch];
  });
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Their results are made of their arguments, or parts of them. */
const PASSING_MODULES = words(
  "String Enum Stream Map Keyword List Tuple Access Regex URI Base Path Jason Poison JSON Macro",
);
const PASSING_LOCAL = words(
  "to_string to_charlist elem hd tl inspect get_in put_in binary_part max min then unquote then tap",
);
const PASSING = words(
  ":erlang.iolist_to_binary IO.iodata_to_binary IO.chardata_to_string :erlang.binary_to_list :erlang.list_to_binary :unicode.characters_to_binary Plug.Conn.fetch_query_params Plug.Conn.fetch_cookies Kernel.to_string Kernel.to_charlist Kernel.inspect Kernel.elem Kernel.hd Kernel.tl Kernel.get_in Kernel.then",
);

/** Their results are numbers, truth values, checked or fixed things: nothing that was input is left in them. */
const NEUTRAL_LOCAL = words(
  "length byte_size bit_size map_size tuple_size is_nil is_binary is_atom is_list is_map round trunc div rem abs self make_ref node __MODULE__ __DIR__ __ENV__ raise throw exit",
);
const NEUTRAL = words(
  "String.to_integer String.to_float String.to_existing_atom String.length String.valid? Enum.count Enum.any? Enum.all? Enum.member? Enum.sum Map.has_key? Path.basename Path.safe_relative Path.safe_relative_to Plug.HTML.html_escape Phoenix.HTML.html_escape",
);
const NEUTRAL_MODULES = words(
  "Integer Float Atom DateTime NaiveDateTime Date Time Process Node Application",
);
