// The routes of a Phoenix router, with the paths, aliases and pipelines of the scopes around them.

import { aliasSegments, isCall, keyword, type CallNode, type Node } from "@elixirscope/syntax";
import type { ModuleSyntax } from "../../module/module-syntax.ts";
import type { Call } from "../code/call.ts";
import type { FileCode } from "../code/file-code.ts";

export type Route = {
  /** `get`, `post`, …, `live`, `forward`; `*` for `match :*` */
  readonly verb: string;
  /** with the paths of its scopes: `/admin/users/:id` */
  readonly path: string;
  /** the controller, LiveView or plug; with the aliases of its scopes */
  readonly plug: string;
  /** null when there is none */
  readonly action: string | null;
  readonly pipelines: readonly string[];
  readonly node: Node;
};

const VERBS = [
  "get",
  "post",
  "put",
  "patch",
  "delete",
  "options",
  "head",
  "connect",
  "trace",
  "live",
  "forward",
  "match",
];

/** `resources` makes these; the singular form leaves `index` out. */
const RESOURCES: readonly (readonly [action: string, verb: string, suffix: string])[] = [
  ["index", "get", ""],
  ["edit", "get", "/:id/edit"],
  ["new", "get", "/new"],
  ["show", "get", "/:id"],
  ["create", "post", ""],
  ["update", "patch", "/:id"],
  ["update", "put", "/:id"],
  ["delete", "delete", "/:id"],
];

/** In the order of the text. */
export function routesOf(module: ModuleSyntax, code: FileCode): readonly Route[] {
  const routes: Route[] = [];
  for (const verb of [...VERBS, "resources"]) {
    for (const call of code.calls(verb)) {
      if (call.receiver !== null || code.placeOf(call.node)?.module !== module) continue;
      if (code.placeOf(call.node)?.function !== null) continue;
      routes.push(...(verb === "resources" ? resourceRoutes(call, code) : singleRoute(call, code)));
    }
  }
  return routes.toSorted((one, other) => one.node.start - other.node.start);
}

type Scope = {
  readonly path: string;
  readonly alias: readonly string[];
  readonly pipelines: readonly string[];
};

/** What the `scope`s and `live_session`s around a node add. */
function scopeOf(node: Node, code: FileCode): Scope {
  let path = "";
  let alias: readonly string[] = [];
  const pipelines: string[] = [];
  for (const around of code.ancestors(node)) {
    if (isCall(around, "scope")) {
      path = `${scopePath(around)}${path}`;
      alias = [...scopeAlias(around), ...alias];
      pipelines.unshift(...pipesThrough(around));
    } else if (isCall(around, "resources")) {
      const [base] = around.args;
      if (base?.kind === "string") path = `${base.value}/:${singular(base.value)}_id${path}`;
    } else if (isCall(around, "defmodule")) break;
  }
  return { path, alias, pipelines };
}

function scopePath(scope: CallNode): string {
  const [first] = scope.args;
  const path = first?.kind === "string" ? first.value : pathOption(scope);
  return path === "/" ? "" : path.replace(/\/$/, "");
}

function pathOption(scope: CallNode): string {
  for (const arg of scope.args) {
    const path = keyword(arg, "path");
    if (path?.kind === "string") return path.value;
  }
  return "";
}

function scopeAlias(scope: CallNode): readonly string[] {
  for (const arg of scope.args) {
    const segments = aliasSegments(arg) ?? aliasSegments(keyword(arg, "alias") ?? arg);
    if (segments !== null) return segments;
  }
  return [];
}

/** `pipe_through` directly in the scope. */
function pipesThrough(scope: CallNode): readonly string[] {
  const body = keyword(scope.args.at(-1), "do");
  const statements = isCall(body, "__block__") ? body.args : body === undefined ? [] : [body];
  return statements.flatMap((statement) => {
    if (!isCall(statement, "pipe_through", 1)) return [];
    const [through] = statement.args;
    const pipelines = through?.kind === "list" ? through.items : [through];
    return pipelines.flatMap((name) => (name?.kind === "atom" ? [name.name] : []));
  });
}

function singleRoute(call: Call, code: FileCode): readonly Route[] {
  const args = call.name === "match" ? call.args.slice(1) : call.args;
  const [path, plug, action] = args;
  const module = plug === undefined ? null : aliasSegments(plug);
  if (path?.kind !== "string" || module === null) return [];
  const scope = scopeOf(call.node, code);
  const [method] = call.args;
  const verb = call.name === "match" && method?.kind === "atom" ? method.name : call.name;
  return [
    {
      verb,
      path: joined(scope.path, path.value),
      plug: [...scope.alias, ...module].join("."),
      action: action?.kind === "atom" ? action.name : null,
      pipelines: scope.pipelines,
      node: call.node,
    },
  ];
}

function resourceRoutes(call: Call, code: FileCode): readonly Route[] {
  const [path, controller] = call.args;
  const module = controller === undefined ? null : aliasSegments(controller);
  if (path?.kind !== "string" || module === null) return [];
  const scope = scopeOf(call.node, code);
  const isSingle = option(call, "singleton") !== undefined;
  const only = names(option(call, "only"));
  const except = names(option(call, "except"));
  return RESOURCES.filter(([action]) => {
    if (isSingle && action === "index") return false;
    return only === null ? except?.includes(action) !== true : only.includes(action);
  }).map(([action, verb, suffix]) => ({
    verb,
    path: joined(scope.path, path.value + (isSingle ? suffix.replace("/:id", "") : suffix)),
    plug: [...scope.alias, ...module].join("."),
    action,
    pipelines: scope.pipelines,
    node: call.node,
  }));
}

function option(call: Call, key: string): Node | undefined {
  for (const arg of call.args) {
    const value = keyword(arg, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

function names(list: Node | undefined): readonly string[] | null {
  if (list?.kind !== "list") return null;
  return list.items.flatMap((item) => (item.kind === "atom" ? [item.name] : []));
}

function joined(base: string, path: string): string {
  const whole = `${base}/${path}`.replace(/\/+/g, "/");
  return whole.length > 1 ? whole.replace(/\/$/, "") : whole;
}

function singular(path: string): string {
  const last = path.split("/").at(-1) ?? path;
  return last.endsWith("ies") ? `${last.slice(0, -3)}y` : last.replace(/s$/, "");
}
