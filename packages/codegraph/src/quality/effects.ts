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

const BY_MODULE: readonly (readonly [module: RegExp, name: RegExp, effect: Effect])[] = [
  [/(^|\.)\w*Repo$/, /./, "reads or writes the database"],
  [/^(Postgrex|MyXQL|Redix|Ecto\.Adapters\.SQL|:mnesia)$/, /./, "reads or writes the database"],
  [
    /^(HTTPoison|Req|Tesla|Finch|:httpc|:hackney|:gen_tcp|:ssl|:gen_udp)$/,
    /./,
    "asks other systems over the network",
  ],
  [/^File$/, /./, "reads or writes files"],
  [
    /^(GenServer|:gen_server|:gen_statem|GenStage|Agent)$/,
    /^(call|cast|multi_call|get|update|get_and_update|reply|stop)$/,
    "talks to other processes",
  ],
  [/^(Kernel|Process)$/, /^(send|send_after)$/, "talks to other processes"],
  [
    /^(GenServer|Supervisor|DynamicSupervisor|Task|Task\.Supervisor|Agent|Kernel|Process|:proc_lib)$/,
    /^(start|start_link|start_child|async|async_nolink|async_stream|async_stream_nolink|spawn|spawn_link|spawn_monitor)$/,
    "starts processes",
  ],
  [/^(:ets|:dets|:persistent_term|Registry)$/, /./, "uses shared tables"],
  [/^(System|:os)$/, /^(cmd|shell)$/, "runs commands"],
  [/(^|\.)(PubSub|Endpoint)$/, /broadcast|subscribe/, "publishes to topics"],
  [
    /^(DateTime|NaiveDateTime|Date|Time)$/,
    /^(utc_now|utc_today|now)!?$/,
    "asks for the time or a random number",
  ],
  [
    /^(System|:erlang)$/,
    /^(system_time|monotonic_time|os_time|unique_integer|now)$/,
    "asks for the time or a random number",
  ],
  [
    /^(:rand|:crypto)$/,
    /^(uniform|uniform_real|normal|strong_rand_bytes)/,
    "asks for the time or a random number",
  ],
  [/^Enum$/, /^(random|shuffle|take_random)$/, "asks for the time or a random number"],
];

/** Each effect with the first call that has it. */
export function effectsOf(fn: FunctionData): ReadonlyMap<Effect, string> {
  const found = new Map<Effect, string>();
  for (const { target, kind } of fn.calls) {
    if (target === null || kind === "macro") continue;
    const { module, name } = splitFunctionKey(target);
    for (const [modules, names, effect] of BY_MODULE) {
      if (modules.test(module) && names.test(name) && !found.has(effect)) found.set(effect, target);
    }
  }
  return found;
}
