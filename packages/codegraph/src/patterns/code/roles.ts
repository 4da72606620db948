// What a module is to its framework: by behaviours, by `use`, and by Phoenix' convention
// `use ShopWeb, :controller`, which says it in the project's own words.

import type { ModuleData } from "../../module/module-data.ts";

export type ModuleRole =
  | "controller"
  | "live_view"
  | "live_component"
  | "component"
  | "channel"
  | "socket"
  | "router"
  | "plug"
  | "endpoint"
  | "schema"
  | "repo"
  | "migration"
  | "genserver"
  | "gen_statem"
  | "gen_event"
  | "gen_stage"
  | "broadway"
  | "supervisor"
  | "dynamic_supervisor"
  | "agent"
  | "task"
  | "application"
  | "oban_worker"
  | "mix_task"
  | "test";

const BY_MODULE: Readonly<Record<string, ModuleRole>> = {
  GenServer: "genserver",
  ":gen_server": "genserver",
  ":gen_statem": "gen_statem",
  GenStateMachine: "gen_statem",
  ":gen_event": "gen_event",
  GenEvent: "gen_event",
  GenStage: "gen_stage",
  Broadway: "broadway",
  Supervisor: "supervisor",
  ":supervisor": "supervisor",
  DynamicSupervisor: "dynamic_supervisor",
  Agent: "agent",
  Task: "task",
  Application: "application",
  ":application": "application",
  Plug: "plug",
  "Plug.Builder": "plug",
  "Plug.Router": "plug",
  "Phoenix.Controller": "controller",
  "Phoenix.LiveView": "live_view",
  "Phoenix.LiveComponent": "live_component",
  "Phoenix.Component": "component",
  "Phoenix.Channel": "channel",
  "Phoenix.Socket": "socket",
  "Phoenix.Router": "router",
  "Phoenix.Endpoint": "endpoint",
  "Ecto.Schema": "schema",
  "Ecto.Repo": "repo",
  "Ecto.Migration": "migration",
  "Oban.Worker": "oban_worker",
  "Oban.Pro.Worker": "oban_worker",
  "Mix.Task": "mix_task",
  "ExUnit.Case": "test",
};

/** `use ShopWeb, :controller` */
const BY_CONVENTION: Readonly<Record<string, ModuleRole>> = {
  controller: "controller",
  live_view: "live_view",
  live_component: "live_component",
  html: "component",
  component: "component",
  channel: "channel",
  router: "router",
};

export function rolesOf(data: ModuleData): ReadonlySet<ModuleRole> {
  const roles = new Set<ModuleRole>();
  for (const name of [...data.behaviours, ...data.uses.map(({ module }) => module)]) {
    const role = Object.hasOwn(BY_MODULE, name) ? BY_MODULE[name] : undefined;
    if (role !== undefined) roles.add(role);
  }
  const web = webRole(data);
  if (web !== null) roles.add(web);
  if (roles.has("controller") || roles.has("router") || roles.has("endpoint")) roles.delete("plug");
  return roles;
}

/** It says `use SomethingWeb, :what`, which imports much that only the project knows. */
export function usesWeb(data: ModuleData): boolean {
  return webRole(data) !== null;
}

function webRole(data: ModuleData): ModuleRole | null {
  for (const { module, options } of data.uses) {
    const name = /^:(\w+)/.exec(options?.trim() ?? "")?.[1];
    if (name !== undefined && module.endsWith("Web") && Object.hasOwn(BY_CONVENTION, name)) {
      return BY_CONVENTION[name] ?? null;
    }
  }
  return null;
}
