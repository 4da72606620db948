// Which callbacks of which behaviours carry a state, and in which argument.

import type { FunctionData, ModuleData } from "../module/module-data.ts";

/** `name/arity` → index of the argument with the state */
const SERVER: Readonly<Record<string, number>> = {
  "handle_call/3": 2,
  "handle_cast/2": 1,
  "handle_info/2": 1,
  "handle_continue/2": 1,
  "handle_demand/2": 1,
  "handle_events/3": 2,
  "handle_cancel/3": 2,
  "terminate/2": 1,
  "code_change/3": 1,
  "format_status/2": 1,
};

const LIVE_VIEW: Readonly<Record<string, number>> = {
  "mount/3": 2,
  "mount/1": 0,
  "update/2": 1,
  "handle_params/3": 2,
  "handle_event/3": 2,
  "handle_info/2": 1,
  "handle_call/3": 2,
  "handle_cast/2": 1,
  "handle_async/3": 2,
  "terminate/2": 1,
};

const CHANNEL: Readonly<Record<string, number>> = {
  "join/3": 2,
  "handle_in/3": 2,
  "handle_out/3": 2,
  "handle_info/2": 1,
  "terminate/2": 1,
};

const BY_BEHAVIOUR: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  GenServer: SERVER,
  GenStage: SERVER,
  Broadway: { "handle_message/3": 2, "handle_batch/4": 3 },
  ":gen_server": SERVER,
  ":gen_event": { "handle_event/2": 1, "handle_call/2": 1, "handle_info/2": 1, "terminate/2": 1 },
  GenEvent: { "handle_event/2": 1, "handle_call/2": 1, "handle_info/2": 1, "terminate/2": 1 },
  ":gen_statem": { "handle_event/4": 3, "terminate/3": 2, "code_change/4": 2 },
  WebSock: { "handle_in/2": 1, "handle_info/2": 1, "terminate/2": 1 },
  "Phoenix.LiveView": LIVE_VIEW,
  "Phoenix.LiveComponent": LIVE_VIEW,
  "Phoenix.Channel": CHANNEL,
};

/** The index of the state among the arguments of a callback; -1 when it has none. */
export function stateArgument(fn: FunctionData, module: ModuleData): number {
  const key = `${fn.name}/${fn.arity}`;
  for (const behaviour of module.behaviours) {
    const index = BY_BEHAVIOUR[behaviour]?.[key];
    if (index !== undefined) return index;
  }
  return -1;
}
