// Recognisers of Phoenix below the module: actions, callbacks of LiveViews, function components, routes.

import { type Node, walk } from "@elixirscope/syntax";
import type { FunctionSyntax } from "../../module/module-syntax.ts";
import type { FileCode } from "../code/file-code.ts";
import { rolesOf } from "../code/roles.ts";
import type { FileRule } from "../rule.ts";
import { listed } from "./places.ts";
import { routesOf, type Route } from "./routes.ts";

const phoenixAction: FileRule = {
  id: "phoenix-action",
  category: "framework",
  severity: "info",
  title: "An action",
  about: "Public functions of controllers that take a connection and parameters",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      if (!rolesOf(module.data).has("controller")) continue;
      for (const fn of module.functions) {
        const { name, arity, kind } = fn.data;
        const [first] = fn.clauses;
        if (
          kind !== "def" ||
          arity !== 2 ||
          first === undefined ||
          name === "call" ||
          name === "action"
        )
          continue;
        if (!takesConnection(fn)) continue;
        report(first.node, {
          explanation: `\`${name}/2\` answers requests of ${module.data.name}${rendered(fn, code)}.`,
          confidence: 0.95,
        });
      }
    }
  },
};

function takesConnection({ clauses }: FunctionSyntax): boolean {
  return clauses.some(({ patterns: [conn] }) => conn !== undefined && mentions(conn, /^_?conn$/));
}

function mentions(pattern: Node, name: RegExp): boolean {
  let found = false;
  walk(pattern, (node) => {
    found ||= node.kind === "variable" && name.test(node.name);
    return !found;
  });
  return found;
}

/** How it answers. */
function rendered(fn: FunctionSyntax, code: FileCode): string {
  const answers = ["render", "redirect", "json", "text", "html", "send_resp", "send_file"].filter(
    (name) => code.calls(name).some(({ node }) => code.placeOf(node)?.function === fn),
  );
  return answers.length === 0 ? "" : ` with ${listed(answers)}`;
}

const CALLBACKS: Readonly<Record<string, string>> = {
  "mount/3": "makes the first state of the page",
  "mount/1": "makes the component's first state",
  "update/2": "takes new assigns from the parent",
  "render/1": "makes the markup",
  "handle_params/3": "takes the parameters of the URL",
  "handle_event/3": "takes the browser's events",
  "handle_info/2": "takes messages of other processes",
  "handle_async/3": "takes the results of its tasks",
  "handle_call/3": "answers other processes",
  "handle_cast/2": "takes casts of other processes",
};

const liveViewCallback: FileRule = {
  id: "live-view-callback",
  category: "framework",
  severity: "info",
  title: "A callback of a LiveView",
  about:
    "mount, render, handle_event, handle_info, handle_params and the like of LiveViews and live components",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      const roles = rolesOf(module.data);
      if (!roles.has("live_view") && !roles.has("live_component")) continue;
      for (const fn of module.functions) {
        const key = `${fn.data.name}/${fn.data.arity}`;
        const [first] = fn.clauses;
        const does = CALLBACKS[key];
        if (does === undefined || first === undefined || fn.data.kind !== "def") continue;
        const events = fn.clauses.flatMap(({ patterns: [event] }) =>
          event?.kind === "string" ? [event.value] : [],
        );
        const which = events.length === 0 ? "" : `: ${listed(events)}`;
        report(first.node, {
          explanation: `\`${key}\` of ${module.data.name} ${does}${which}.`,
          confidence: 1,
        });
      }
    }
  },
};

const functionComponent: FileRule = {
  id: "function-component",
  category: "framework",
  severity: "info",
  title: "A function component",
  about: "Functions of one argument, the assigns, that give ~H markup",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      for (const fn of module.functions) {
        const { name, arity, callbackOf } = fn.data;
        const [first] = fn.clauses;
        if (arity !== 1 || first === undefined || callbackOf !== null) continue;
        const roles = rolesOf(module.data);
        if (name === "render" && (roles.has("live_view") || roles.has("live_component"))) continue;
        if (!takesAssigns(fn) || !fn.clauses.some(({ body }) => body !== null && hasMarkup(body)))
          continue;
        const used = assignsIn(fn);
        report(first.node, {
          explanation: `\`<.${name}>\` of ${module.data.name} is a function component${used.length > 0 ? ` that reads ${listed(used)}` : ""}.`,
          confidence: 0.95,
        });
      }
    }
  },
};

function takesAssigns({ clauses }: FunctionSyntax): boolean {
  return clauses.every(
    ({ patterns: [assigns] }) => assigns !== undefined && mentions(assigns, /^_?assigns$/),
  );
}

function hasMarkup(body: Node): boolean {
  let found = false;
  walk(body, (node) => {
    found ||= node.kind === "call" && (node.callee === "sigil_H" || node.callee === "sigil_L");
    return !found;
  });
  return found;
}

/** `@name` in the markup's text. */
function assignsIn({ clauses }: FunctionSyntax): readonly string[] {
  const names: string[] = [];
  for (const { body } of clauses) {
    if (body === null) continue;
    walk(body, (node) => {
      if (node.kind === "string")
        for (const [, name] of node.value.matchAll(/@(\w+)/g))
          if (name !== undefined) names.push(`@${name}`);
    });
  }
  return names;
}

const phoenixRoute: FileRule = {
  id: "phoenix-route",
  category: "framework",
  severity: "info",
  title: "A route",
  about: "Routes of a router, with the paths and pipelines of their scopes",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      if (!rolesOf(module.data).has("router")) continue;
      const byNode = new Map<Node, Route[]>();
      for (const route of routesOf(module, code)) {
        byNode.set(route.node, [...(byNode.get(route.node) ?? []), route]);
      }
      for (const [node, routes] of byNode) {
        const through = routes[0]?.pipelines ?? [];
        report(node, {
          explanation: `${listed(routes.map(routeText), 10)}${through.length === 0 ? "" : ` through ${listed(through)}`}.`,
          confidence: 1,
        });
      }
    }
  },
};

function routeText({ verb, path, plug, action }: Route): string {
  return `${verb.toUpperCase()} ${path} → ${plug}${action === null ? "" : ` :${action}`}`;
}

export const WEB_RECOGNISERS: readonly FileRule[] = [
  phoenixAction,
  liveViewCallback,
  functionComponent,
  phoenixRoute,
];
