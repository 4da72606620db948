// Recognisers of what a whole module is: OTP behaviours, Phoenix, Ecto, Oban, Broadway, GenStage.

import { isCall } from "@elixirscope/syntax";
import type { ModuleSyntax } from "../../module/module-syntax.ts";
import type { FileCode } from "../code/file-code.ts";
import { rolesOf, type ModuleRole } from "../code/roles.ts";
import type { FindingCategory } from "../finding.ts";
import type { FileRule } from "../rule.ts";
import { declarationOf, firstPatterns, listed } from "./places.ts";

type ModuleKindRule = {
  readonly id: string;
  readonly category: FindingCategory;
  readonly title: string;
  readonly role: ModuleRole;
  /** modules whose `use` or `@behaviour` says it */
  readonly names: readonly string[];
  /** what this module does, after "X is …" */
  readonly describe: (module: ModuleSyntax, code: FileCode) => string;
};

function moduleKind({ id, category, title, role, names, describe }: ModuleKindRule): FileRule {
  return {
    id,
    category,
    severity: "info",
    title,
    about: `Modules that are ${title.replace(/^An? /, (article) => article.toLowerCase())}`,
    inTests: true,
    check: (code, report) => {
      for (const module of code.syntax.modules) {
        if (!rolesOf(module.data).has(role)) continue;
        report(declarationOf(module, names, code), {
          explanation: `${module.data.name} is ${describe(module, code)}.`,
          confidence: module.data.behaviours.some((name) => names.includes(name)) ? 1 : 0.95,
        });
      }
    },
  };
}

/** "that handles the calls …, the casts … and the messages …" */
function handled(module: ModuleSyntax, code: FileCode): string {
  const kinds: readonly [string, string, number][] = [
    ["calls", "handle_call", 3],
    ["casts", "handle_cast", 2],
    ["messages", "handle_info", 2],
    ["continuations", "handle_continue", 2],
  ];
  const parts = kinds.flatMap(([word, name, arity]) => {
    const patterns = firstPatterns(module, name, arity, code);
    return patterns.length === 0 ? [] : [`the ${word} ${listed(patterns)}`];
  });
  return parts.length === 0 ? "" : ` that handles ${parts.join(", ")}`;
}

/** Names of the module's public functions. */
function functionsOf(module: ModuleSyntax, arity: number | null = null): readonly string[] {
  return module.data.functions
    .filter((fn) => fn.kind === "def" && (arity === null || fn.arity === arity))
    .map((fn) => `${fn.name}/${fn.arity}`);
}

function withFunctions(module: ModuleSyntax): string {
  const names = functionsOf(module);
  return names.length === 0 ? "" : ` with ${listed(names)}`;
}

/** First arguments of the calls `name` in the module, as text. */
function argumentsOf(name: string, module: ModuleSyntax, code: FileCode): readonly string[] {
  return code
    .calls(name)
    .filter(({ node }) => code.placeOf(node)?.module === module)
    .flatMap(({ args: [first] }) => (first === undefined ? [] : [code.text(first, 30)]));
}

const OTP: readonly ModuleKindRule[] = [
  {
    id: "genserver",
    category: "behaviour",
    title: "A GenServer",
    role: "genserver",
    names: ["GenServer", ":gen_server"],
    describe: (module, code) => `a GenServer${handled(module, code)}`,
  },
  {
    id: "gen-statem",
    category: "behaviour",
    title: "A state machine (gen_statem)",
    role: "gen_statem",
    names: [":gen_statem", "GenStateMachine"],
    describe: (module, code) => {
      const states = module.functions
        .filter(
          ({ data }) =>
            data.arity === 3 &&
            data.callbackOf === null &&
            data.kind === "def" &&
            data.name !== "terminate",
        )
        .map(({ data }) => data.name);
      const events = firstPatterns(module, "handle_event", 4, code);
      if (states.length > 0) return `a gen_statem with the states ${listed(states)}`;
      return events.length > 0 ? `a gen_statem that handles ${listed(events)}` : "a gen_statem";
    },
  },
  {
    id: "gen-event",
    category: "behaviour",
    title: "An event handler (gen_event)",
    role: "gen_event",
    names: [":gen_event", "GenEvent"],
    describe: (module, code) => {
      const events = firstPatterns(module, "handle_event", 2, code);
      return `an event handler${events.length > 0 ? ` for ${listed(events)}` : ""}`;
    },
  },
  {
    id: "supervisor",
    category: "behaviour",
    title: "A supervisor",
    role: "supervisor",
    names: ["Supervisor", ":supervisor"],
    describe: () =>
      "a supervisor: it starts its children in order and starts them again when they end",
  },
  {
    id: "dynamic-supervisor",
    category: "behaviour",
    title: "A dynamic supervisor",
    role: "dynamic_supervisor",
    names: ["DynamicSupervisor"],
    describe: () => "a dynamic supervisor: children are started while the system runs",
  },
  {
    id: "agent",
    category: "behaviour",
    title: "An agent",
    role: "agent",
    names: ["Agent"],
    describe: (module) => `an agent: a process that keeps one value${withFunctions(module)}`,
  },
  {
    id: "task-module",
    category: "behaviour",
    title: "A task under a supervisor",
    role: "task",
    names: ["Task"],
    describe: (module) => `a task that a supervisor starts${withFunctions(module)}`,
  },
  {
    id: "application",
    category: "behaviour",
    title: "An application",
    role: "application",
    names: ["Application", ":application"],
    describe: () => "the application's entry: `start/2` starts its supervision tree",
  },
  {
    id: "gen-stage",
    category: "behaviour",
    title: "A stage (GenStage)",
    role: "gen_stage",
    names: ["GenStage"],
    describe: (module) => {
      const has = (name: string): boolean => module.data.functions.some((fn) => fn.name === name);
      if (has("handle_demand"))
        return has("handle_events")
          ? "a stage that takes events and makes others"
          : "a producer: it makes events when they are asked for";
      return "a consumer: it asks for events and handles them";
    },
  },
  {
    id: "broadway",
    category: "behaviour",
    title: "A Broadway pipeline",
    role: "broadway",
    names: ["Broadway"],
    describe: (module) =>
      `a Broadway pipeline${module.data.functions.some(({ name }) => name === "handle_batch") ? " that works in batches" : ""}`,
  },
];

const FRAMEWORKS: readonly ModuleKindRule[] = [
  {
    id: "phoenix-controller",
    category: "framework",
    title: "A Phoenix controller",
    role: "controller",
    names: ["Phoenix.Controller"],
    describe: (module) => `a controller with the actions ${listed(functionsOf(module, 2))}`,
  },
  {
    id: "live-view",
    category: "framework",
    title: "A LiveView",
    role: "live_view",
    names: ["Phoenix.LiveView"],
    describe: (module, code) => {
      const events = firstPatterns(module, "handle_event", 3, code);
      return `a LiveView${events.length > 0 ? ` with the events ${listed(events)}` : ""}`;
    },
  },
  {
    id: "live-component",
    category: "framework",
    title: "A live component",
    role: "live_component",
    names: ["Phoenix.LiveComponent"],
    describe: (module, code) => {
      const events = firstPatterns(module, "handle_event", 3, code);
      return `a live component${events.length > 0 ? ` with the events ${listed(events)}` : ""}`;
    },
  },
  {
    id: "phoenix-channel",
    category: "framework",
    title: "A channel",
    role: "channel",
    names: ["Phoenix.Channel"],
    describe: (module, code) => {
      const topics = firstPatterns(module, "join", 3, code);
      const events = firstPatterns(module, "handle_in", 3, code);
      return `a channel${topics.length > 0 ? ` for ${listed(topics)}` : ""}${events.length > 0 ? ` with the events ${listed(events)}` : ""}`;
    },
  },
  {
    id: "phoenix-router",
    category: "framework",
    title: "A router",
    role: "router",
    names: ["Phoenix.Router"],
    describe: (module, code) => {
      const pipelines = argumentsOf("pipeline", module, code);
      return `a router${pipelines.length > 0 ? ` with the pipelines ${listed(pipelines)}` : ""}`;
    },
  },
  {
    id: "phoenix-endpoint",
    category: "framework",
    title: "An endpoint",
    role: "endpoint",
    names: ["Phoenix.Endpoint"],
    describe: (module, code) =>
      `an endpoint with the plugs ${listed(argumentsOf("plug", module, code))}`,
  },
  {
    id: "phoenix-socket",
    category: "framework",
    title: "A socket",
    role: "socket",
    names: ["Phoenix.Socket"],
    describe: (module, code) =>
      `a socket with the channels ${listed(argumentsOf("channel", module, code))}`,
  },
  {
    id: "ecto-schema",
    category: "framework",
    title: "An Ecto schema",
    role: "schema",
    names: ["Ecto.Schema"],
    describe: (module, code) => {
      const tables = argumentsOf("schema", module, code);
      const fields = argumentsOf("field", module, code);
      return `the schema of ${tables.length > 0 ? `table ${listed(tables)}` : "embedded data"} with the fields ${listed(fields)}`;
    },
  },
  {
    id: "ecto-repo",
    category: "framework",
    title: "An Ecto repository",
    role: "repo",
    names: ["Ecto.Repo"],
    describe: () => "a repository: the door to one database",
  },
  {
    id: "ecto-migration",
    category: "framework",
    title: "A migration",
    role: "migration",
    names: ["Ecto.Migration"],
    describe: (module, code) => {
      const tables = argumentsOf("table", module, code);
      return `a migration${tables.length > 0 ? ` of ${listed(tables)}` : ""}`;
    },
  },
  {
    id: "oban-worker",
    category: "framework",
    title: "An Oban worker",
    role: "oban_worker",
    names: ["Oban.Worker", "Oban.Pro.Worker"],
    describe: (module) => {
      const use = module.data.uses.find(({ module: name }) => name.startsWith("Oban."));
      const queue = /queue:\s*(:?\w+)/.exec(use?.options ?? "")?.[1];
      return `a job of Oban${queue === undefined ? "" : ` in the queue \`${queue}\``}`;
    },
  },
];

/** A plug by behaviour, or by its two functions. */
const plug: FileRule = {
  id: "plug",
  category: "framework",
  severity: "info",
  title: "A plug",
  about: "Modules with the behaviour Plug, and those with init/1 and call/2 on a connection",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      const declared = rolesOf(module.data).has("plug");
      if (!declared && !looksLikePlug(module)) continue;
      report(declarationOf(module, ["Plug", "Plug.Builder", "Plug.Router"], code), {
        explanation: `${module.data.name} is a plug: \`call/2\` takes a connection and gives one back.`,
        confidence: declared ? 1 : 0.8,
      });
    }
  },
};

function looksLikePlug(module: ModuleSyntax): boolean {
  const call = module.functions.find(
    ({ data }) => data.name === "call" && data.arity === 2 && data.kind === "def",
  );
  const init = module.functions.some(({ data }) => data.name === "init" && data.arity === 1);
  if (call === undefined || !init || module.data.behaviours.length > 0) return false;
  return call.clauses.some(({ patterns: [conn] }) => {
    const names = isCall(conn, "=", 2) ? conn.args : [conn];
    return names.some((name) => name?.kind === "variable" && /^_?conn$/.test(name.name));
  });
}

export const MODULE_KIND_RECOGNISERS: readonly FileRule[] = [
  ...OTP.map(moduleKind),
  ...FRAMEWORKS.map(moduleKind),
  plug,
];
