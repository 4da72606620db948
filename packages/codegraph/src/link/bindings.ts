// What a variable of a clause is bound to, for tracing it back to where its value was made.
//
// Every binding of a name is listed with the stretch of text in which it is seen, so that the last one
// before a use, in a scope around it, is the one meant. `x = e` and `{:ok, x} = e` have a value; names
// bound in other patterns have none and hide what was before.

import { pushAll } from "@elixirscope/base";
import { aliasSegments, children, isCall, type Node } from "@elixirscope/syntax";
import type { ClauseSyntax } from "../module/module-syntax.ts";

export type Binding = {
  readonly name: string;
  /** seen from here */
  readonly start: number;
  readonly end: number;
  readonly value: Node | null;
  /** the value is what stands beside `:ok` */
  readonly unwrapped: boolean;
  /** index of the parameter that it is as a whole, -1 when it is none */
  readonly parameter: number;
};

export type Bindings = ReadonlyMap<string, readonly Binding[]>;

type Work = { readonly node: Node; readonly scopeEnd: number };

export function bindingsOf(clause: ClauseSyntax): Bindings {
  const found = new Map<string, Binding[]>();
  const add = (binding: Binding): void => {
    const list = found.get(binding.name);
    if (list === undefined) found.set(binding.name, [binding]);
    else list.push(binding);
  };
  const opaque = (pattern: Node, start: number, end: number): void => {
    for (const name of patternNames(pattern)) {
      add({ name, start, end, value: null, unwrapped: false, parameter: -1 });
    }
  };

  const whole = { start: clause.node.start, end: clause.node.end };
  clause.patterns.forEach((pattern, parameter) => {
    for (const name of patternNames(pattern)) {
      const isWhole = wholeName(pattern) === name;
      add({ name, ...whole, value: null, unwrapped: false, parameter: isWhole ? parameter : -1 });
    }
  });

  const bodies = [clause.body, clause.rescue, clause.catch, clause.else, clause.after];
  const stack: Work[] = bodies
    .filter((body) => body !== null)
    .map((node) => ({ node, scopeEnd: node.end }));
  for (let work = stack.pop(); work !== undefined; work = stack.pop()) {
    const { node } = work;
    let { scopeEnd } = work;
    if (isCall(node, "=", 2)) {
      const [left, right] = node.args;
      if (left === undefined || right === undefined) continue;
      bindMatch(left, right, node.end, scopeEnd, add);
    } else if (isCall(node, "<-", 2)) {
      // visible to the end of the construct that the generator or `with` clause is in
      const [left] = node.args;
      if (left !== undefined) opaque(left, node.end, scopeEnd);
    } else if (isCall(node, "->", 2)) {
      scopeEnd = node.end;
      const [left] = node.args;
      if (left !== undefined) opaque(left, node.start, scopeEnd);
    } else if (node.kind === "call" && hasScope(node)) {
      scopeEnd = node.end;
    }
    for (const child of children(node)) {
      const inBlock =
        child.kind === "pair" && child.left.kind === "atom" && blockNames.has(child.left.name);
      stack.push({ node: child, scopeEnd: inBlock ? child.right.end : scopeEnd });
    }
  }
  for (const list of found.values()) list.sort((a, b) => a.start - b.start);
  return found;
}

const blockNames: ReadonlySet<string> = new Set(["do", "else", "rescue", "catch", "after"]);

/** Names bound in its arguments are not seen after it. */
function hasScope(node: Node): boolean {
  return isCall(node, "for") || isCall(node, "with") || isCall(node, "fn") || isCall(node, "&");
}

function bindMatch(
  left: Node,
  right: Node,
  start: number,
  end: number,
  add: (binding: Binding) => void,
): void {
  const whole = wholeName(left);
  const inOk = okPart(left);
  for (const name of patternNames(left)) {
    const unwrapped = inOk !== null && wholeName(inOk) === name;
    const value = name === whole || unwrapped ? right : null;
    add({ name, start, end, value, unwrapped, parameter: -1 });
  }
}

/** The `x` of `{:ok, x}`, null for other patterns. */
function okPart(pattern: Node): Node | null {
  if (pattern.kind !== "pair") return null;
  return pattern.left.kind === "atom" && pattern.left.name === "ok" ? pattern.right : null;
}

/** The name that a pattern gives to the whole value: `x`, `%{} = x`. */
function wholeName(pattern: Node): string | null {
  if (pattern.kind === "variable") return pattern.name;
  if (!isCall(pattern, "=", 2)) return null;
  for (const side of pattern.args) if (side.kind === "variable") return side.name;
  return null;
}

/** Variables that a pattern binds; pins, sizes and struct names bind nothing. */
function patternNames(pattern: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const stack = [pattern];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === "variable") {
      if (node.name !== "_" && !node.name.startsWith("__")) names.add(node.name);
      continue;
    }
    if (isCall(node, "^") || isCall(node, "@") || aliasSegments(node) !== null) continue;
    if (isCall(node, "when")) {
      pushAll(stack, node.args.slice(0, -1));
      continue;
    }
    if (isCall(node, "::", 2)) {
      if (node.args[0] !== undefined) stack.push(node.args[0]);
      continue;
    }
    pushAll(stack, children(node));
  }
  return names;
}

/** The binding that a use of `name` at `offset` sees. */
export function bindingAt(bindings: Bindings, name: string, offset: number): Binding | null {
  const list = bindings.get(name);
  if (list === undefined) return null;
  for (let i = list.length - 1; i >= 0; i -= 1) {
    const binding = list[i];
    if (binding !== undefined && binding.start <= offset && offset < binding.end) return binding;
  }
  return null;
}
