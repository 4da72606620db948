// The functions that start processes: what runs in the new one, and under whom.

import type { SpawnSite } from "./link-facts.ts";

export type SpawnFunction = {
  readonly kind: SpawnSite["kind"];
  readonly linked: boolean;
  /**
   * - `fun`: argument `at` is a function
   * - `mfa`: arguments `at`, `at + 1`, `at + 2` are module, function, arguments
   * - `module`: argument `at` is a callback module, or a list of children of a supervisor
   * - `child`: argument `at` is a child specification
   */
  readonly runs: "fun" | "mfa" | "module" | "child";
  readonly at: number;
  /** the argument that is the supervisor, -1 for none */
  readonly under: number;
  /** the argument with the options in which a name may be, -1 for none; with `named`, the name itself */
  readonly options: number;
  /** the argument is `{:local, name}`, not options */
  readonly named: boolean;
};

const table = new Map<string, SpawnFunction>();

function add(
  keys: string,
  kind: SpawnSite["kind"],
  runs: SpawnFunction["runs"],
  rest: Partial<Omit<SpawnFunction, "kind" | "runs">> = {},
): void {
  const entry = { at: 0, under: -1, options: -1, named: false, linked: false, ...rest };
  for (const key of keys.split(" ")) table.set(key, { kind, runs, ...entry });
}

const linked = { linked: true };
for (const [name, kind] of [
  ["spawn", "spawn"],
  ["spawn_link", "spawn_link"],
  ["spawn_monitor", "spawn_monitor"],
] as const) {
  const is = { linked: kind === "spawn_link" };
  add(`Kernel.${name}/1 :erlang.${name}/1 :proc_lib.${name}/1`, kind, "fun", is);
  add(`Kernel.${name}/3 :erlang.${name}/3 :proc_lib.${name}/3`, kind, "mfa", is);
  add(`Node.${name}/2`, kind, "fun", { ...is, at: 1 });
  add(`Node.${name}/4`, kind, "mfa", { ...is, at: 1 });
}
add("Process.spawn/2 :erlang.spawn_opt/2", "spawn", "fun");
add("Process.spawn/4 :erlang.spawn_opt/4", "spawn", "mfa");
add(":proc_lib.start_link/3 :proc_lib.start_link/4", "spawn_link", "mfa", linked);
add(":proc_lib.start/3 :proc_lib.start/4", "spawn", "mfa");

add("Task.async/1 Task.start_link/1", "task", "fun", linked);
add("Task.async/3 Task.start_link/3", "task", "mfa", linked);
add("Task.start/1", "task", "fun");
add("Task.start/3", "task", "mfa");
add("Task.async_stream/2 Task.async_stream/3", "task", "fun", { at: 1, linked: true });
add("Task.async_stream/4 Task.async_stream/5", "task", "mfa", { at: 1, linked: true });
for (const [name, isLinked] of [
  ["async", true],
  ["async_nolink", false],
  ["start_child", false],
] as const) {
  const is = { linked: isLinked, under: 0, at: 1 };
  add(`Task.Supervisor.${name}/2 Task.Supervisor.${name}/3`, "task", "fun", is);
  add(`Task.Supervisor.${name}/4 Task.Supervisor.${name}/5`, "task", "mfa", is);
}
for (const [name, isLinked] of [
  ["async_stream", true],
  ["async_stream_nolink", false],
] as const) {
  const is = { linked: isLinked, under: 0, at: 2 };
  add(`Task.Supervisor.${name}/3 Task.Supervisor.${name}/4`, "task", "fun", is);
  add(`Task.Supervisor.${name}/5 Task.Supervisor.${name}/6`, "task", "mfa", is);
}

add("Agent.start_link/1 Agent.start_link/2", "agent", "fun", { linked: true, options: 1 });
add("Agent.start/1 Agent.start/2", "agent", "fun", { options: 1 });
add("Agent.start_link/3 Agent.start_link/4", "agent", "mfa", { linked: true, options: 3 });
add("Agent.start/3 Agent.start/4", "agent", "mfa", { options: 3 });

const behaviours = "GenServer GenStage :gen_server :gen_statem GenStateMachine";
for (const module of behaviours.split(" ")) {
  add(`${module}.start_link/2 ${module}.start_link/3`, "start_link", "module", {
    linked: true,
    options: 2,
  });
  add(`${module}.start/2 ${module}.start/3`, "start_link", "module", { options: 2 });
}
for (const module of [":gen_server", ":gen_statem"]) {
  const name = { at: 1, options: 0, named: true };
  add(`${module}.start_link/4`, "start_link", "module", { ...name, linked: true });
  add(`${module}.start/4`, "start_link", "module", name);
}
add("Supervisor.start_link/2", "start_link", "module", { linked: true, options: 1 });
add("Supervisor.start_link/3 DynamicSupervisor.start_link/3", "start_link", "module", {
  linked: true,
  options: 2,
});
add("DynamicSupervisor.start_link/2", "start_link", "module", linked);
add("DynamicSupervisor.start_link/1 Task.Supervisor.start_link/1", "start_link", "module", {
  ...linked,
  at: -1,
  options: 0,
});
add("Registry.start_link/1 PartitionSupervisor.start_link/1", "start_link", "module", {
  ...linked,
  at: -1,
  options: 0,
});
add(":supervisor.start_link/2", "start_link", "module", linked);
add(":supervisor.start_link/3", "start_link", "module", {
  linked: true,
  at: 1,
  options: 0,
  named: true,
});
add("Broadway.start_link/2", "start_link", "module", { linked: true, options: 1 });

add(
  "Supervisor.start_child/2 DynamicSupervisor.start_child/2 :supervisor.start_child/2",
  "start_child",
  "child",
  { under: 0, at: 1 },
);

/** Undefined for functions that start nothing. */
export function spawnFunction(key: string): SpawnFunction | undefined {
  return table.get(key);
}
