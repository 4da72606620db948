// Which callbacks of which behaviours carry a state, and in which argument.

import type { FunctionData, ModuleData } from "../module/module-data.ts";
import { rolesOf, type ModuleRole } from "../patterns/code/roles.ts";

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

const EVENT: Readonly<Record<string, number>> = {
  "handle_event/2": 1,
  "handle_call/2": 1,
  "handle_info/2": 1,
  "terminate/2": 1,
};

const BY_ROLE: Readonly<Partial<Record<ModuleRole, Readonly<Record<string, number>>>>> = {
  genserver: SERVER,
  gen_stage: SERVER,
  broadway: { "handle_message/3": 2, "handle_batch/4": 3 },
  gen_event: EVENT,
  gen_statem: { "handle_event/4": 3, "terminate/3": 2, "code_change/4": 2 },
  live_view: LIVE_VIEW,
  live_component: LIVE_VIEW,
  channel: CHANNEL,
};

/** The index of the state among the arguments of a callback; -1 when it has none. */
export function stateArgument(fn: FunctionData, module: ModuleData): number {
  const key = `${fn.name}/${fn.arity}`;
  if (!/^(handle_|mount|update|join|terminate|code_change|format_status)/.test(key)) return -1;
  for (const role of rolesOf(module)) {
    const index = BY_ROLE[role]?.[key];
    if (index !== undefined) return index;
  }
  return -1;
}
