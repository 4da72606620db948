// What a function does besides giving a value, by the functions of others that it calls.

import { splitFunctionKey } from "../link/function-key.ts";
import type { FunctionData } from "../module/module-data.ts";

export type Effect =
  | "reads or writes the database"
  | "asks other systems over the network"
  | "reads or writes files"
  | "talks to other processes"
  | "starts processes"
  | "uses shared tables"
  | "runs commands"
  | "publishes to topics"
  | "asks for the time or a random number";

type Row = readonly [modules: string, names: RegExp, effect: Effect];

const ROWS: readonly Row[] = [
  ["Postgrex MyXQL Redix Ecto.Adapters.SQL :mnesia", /./, "reads or writes the database"],
  [
    "HTTPoison Req Tesla Finch :httpc :hackney :gen_tcp :ssl :gen_udp",
    /./,
    "asks other systems over the network",
  ],
  ["File", /./, "reads or writes files"],
  [
    "GenServer :gen_server :gen_statem GenStage Agent",
    /^(call|cast|multi_call|get|update|get_and_update|reply|stop)$/,
    "talks to other processes",
  ],
  ["Kernel Process", /^(send|send_after)$/, "talks to other processes"],
  [
    "GenServer Supervisor DynamicSupervisor Task Task.Supervisor Agent Kernel Process :proc_lib",
    /^(start|start_link|start_child|async(_nolink|_stream|_stream_nolink)?|spawn(_link|_monitor)?)$/,
    "starts processes",
  ],
  [":ets :dets :persistent_term Registry", /./, "uses shared tables"],
  ["System :os", /^(cmd|shell)$/, "runs commands"],
  [
    "DateTime NaiveDateTime Date Time",
    /^(utc_now|utc_today|now)!?$/,
    "asks for the time or a random number",
  ],
  [
    "System :erlang",
    /^(system_time|monotonic_time|os_time|unique_integer|now)$/,
    "asks for the time or a random number",
  ],
  [
    ":rand :crypto",
    /^(uniform|uniform_real|normal|strong_rand_bytes)/,
    "asks for the time or a random number",
  ],
  ["Enum", /^(random|shuffle|take_random)$/, "asks for the time or a random number"],
];

const BY_MODULE = new Map<string, (readonly [RegExp, Effect])[]>();
for (const [modules, names, effect] of ROWS) {
  for (const module of modules.split(" ")) {
    BY_MODULE.set(module, [...(BY_MODULE.get(module) ?? []), [names, effect]]);
  }
}

/** Modules of the project that are named by convention. */
function byConvention(module: string, name: string): Effect | null {
  if (module.endsWith("Repo")) return "reads or writes the database";
  const isTopic = module.endsWith("PubSub") || module.endsWith("Endpoint");
  return isTopic && /broadcast|subscribe/.test(name) ? "publishes to topics" : null;
}

/** Each effect with the first call that has it. */
export function effectsOf(fn: FunctionData): ReadonlyMap<Effect, string> {
  const found = new Map<Effect, string>();
  const add = (effect: Effect, target: string): void => {
    if (!found.has(effect)) found.set(effect, target);
  };
  for (const { target, kind } of fn.calls) {
    if (target === null || kind === "macro") continue;
    const { module, name } = splitFunctionKey(target);
    for (const [names, effect] of BY_MODULE.get(module) ?? []) {
      if (names.test(name)) add(effect, target);
    }
    const conventional = byConvention(module, name);
    if (conventional !== null) add(conventional, target);
  }
  return found;
}
