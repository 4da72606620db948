// Macros of Logger, ExUnit and Ecto, which do not evaluate their arguments as a call does.

import { pushAll } from "@elixirscope/base";
import type { Node } from "@elixirscope/syntax";
import { isCall } from "@elixirscope/syntax";
import { behind, type Construct, type FlowBuilder, type Open } from "./cfg-builder.ts";
import { pattern } from "./cfg-clauses.ts";
import { imports, mayBeForeign } from "./cfg-names.ts";
import { parts } from "./cfg-terms.ts";

/** What `module.name` does, null when it is a call as any other. */
export function libraryMacro(module: string | null, name: string): Construct | null {
  if (module === "Logger" && LOGGING.has(name)) return log;
  if (module === "Ecto.Query" && QUERIES.has(name)) return query;
  if (module !== "ExUnit.Assertions") return null;
  if (name === "assert") return assertion;
  if (RECEIVED.has(name)) return received;
  return CAUGHT.has(name) ? caught : null;
}

/** As `libraryMacro`, for a name alone that an import or a `use` may have brought. */
export function importedMacro(b: FlowBuilder, node: Node, name: string): Construct | null {
  const isQuery = QUERIES.has(name) && imports(b, "Ecto.Query");
  const macro = libraryMacro(isQuery ? "Ecto.Query" : "ExUnit.Assertions", name);
  return macro !== null && mayBeForeign(b, node) ? macro : null;
}

const LOGGING: ReadonlySet<string> = new Set([
  "alert",
  "critical",
  "debug",
  "emergency",
  "error",
  "info",
  "log",
  "notice",
  "warn",
  "warning",
]);

/** The message is evaluated only when its level is on. */
const log: Construct = function* (b, node, args) {
  const enabled = b.place("branch", node);
  b.open = [{ from: enabled, kind: "true" }];
  yield parts(b, args);
  b.call(node);
  b.open.push({ from: enabled, kind: "false" });
  b.join(node, "Logger");
};

/** `assert pattern = value` matches, and raises an error of its own. */
const assertion: Construct = function* (b, node, args) {
  const [tested, ...others] = args;
  const [left, right] = tested !== undefined && isCall(tested, "=", 2) ? tested.args : [];
  if (left === undefined || right === undefined) {
    yield parts(b, args);
    b.call(node, "ExUnit.AssertionError");
    return;
  }
  yield parts(b, [right, ...others]);
  const missed: Open[] = [];
  pattern(b, left, [left], missed);
  b.unmatched(missed, node, "ExUnit.AssertionError");
  b.settle(node);
};

const RECEIVED: ReadonlySet<string> = new Set([
  "assert_receive",
  "assert_received",
  "refute_receive",
  "refute_received",
]);

/** `assert_receive pattern, timeout`: a pattern is not evaluated. */
const received: Construct = function* (b, node, args) {
  yield parts(b, args.slice(1));
  b.call(node, "ExUnit.AssertionError");
};

const CAUGHT: ReadonlySet<string> = new Set(["catch_error", "catch_exit", "catch_throw"]);

/** `catch_error(expression)` answers what is raised in it, and raises when nothing is. */
const caught: Construct = function* (b, node, args) {
  const outer = b.handler;
  const handler = b.detached("dispatch", node, "catch", behind(node));
  b.handler = handler;
  yield parts(b, args);
  b.handler = outer;
  b.unmatched(b.open, node, "ExUnit.AssertionError");
  b.unmatched([{ from: handler, kind: "no_match" }], node, null);
  b.open = [{ from: handler, kind: "match" }];
  b.join(node, "catch");
};

const QUERIES: ReadonlySet<string> = new Set([
  "distinct",
  "dynamic",
  "from",
  "group_by",
  "having",
  "join",
  "limit",
  "lock",
  "offset",
  "or_having",
  "or_where",
  "order_by",
  "preload",
  "prepend_order_by",
  "select",
  "select_merge",
  "update",
  "where",
  "windows",
  "with_cte",
]);

/** What the query begins with is evaluated, then what is pinned with `^`; the rest is the query. */
const query: Construct = function* (b, node, args) {
  const [first, ...others] = args;
  if (first !== undefined) yield parts(b, isCall(first, "in", 2) ? first.args.slice(1) : [first]);
  yield parts(b, others.flatMap(pinned));
  b.call(node);
};

function pinned(part: Node): readonly Node[] {
  const found: Node[] = [];
  const stack: Node[] = [part];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isCall(node, "^", 1)) pushAll(found, node.args);
    else if (isCall(node, "subquery")) found.push(node);
    else if (node.kind === "list") pushAll(stack, node.items.toReversed());
    else if (node.kind === "pair") stack.push(node.right, node.left);
    else if (node.kind === "call") pushAll(stack, node.args.toReversed());
  }
  return found;
}
