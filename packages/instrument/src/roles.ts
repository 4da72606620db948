// Why a function is worth recording: what it is to its system, in words and as a weight.

import type { FunctionData, FunctionMetrics, ModuleData } from "@elixirscope/codegraph";

export type Role = {
  /** how much a record of it explains; only the ratio between two of them matters */
  readonly value: number;
  readonly why: string;
  /** runs of it for one run of the program's entry points, when nothing in the project calls it */
  readonly entryRuns: number;
  /** a callback that takes and gives back the state of a process */
  readonly keepsState: boolean;
  /** a callback of a process or a request: the outside decides when it runs */
  readonly callback: boolean;
};

const PROCESS_BEHAVIOURS =
  /^(GenServer|:gen_server|:gen_statem|:gen_event|GenStage|Broadway|Agent)$/;
const REQUEST_BEHAVIOURS = /^(Phoenix\.|Plug|Oban\.Worker|Absinthe|WebSock)/;
const STATE_CALLBACKS =
  /^(init|handle_call|handle_cast|handle_info|handle_continue|handle_event|terminate|code_change|mount|update|join|handle_in|handle_out|handle_params)$/;

export function roleOf(
  data: FunctionData,
  module: ModuleData,
  metrics: FunctionMetrics | undefined,
): Role {
  const branching = 1 + Math.log2(Math.max(1, metrics?.cyclomatic ?? 1)) / 4;
  // a state function of a :gen_statem is no callback by name
  const stateFunction = data.arity === 3 && module.behaviours.includes(":gen_statem");
  const behaviour = data.callbackOf ?? (stateFunction ? ":gen_statem" : null);
  if (behaviour !== null) {
    const process = PROCESS_BEHAVIOURS.test(behaviour);
    const request = REQUEST_BEHAVIOURS.test(behaviour);
    const keepsState = (process || request) && (stateFunction || STATE_CALLBACKS.test(data.name));
    return {
      value: 8 * branching,
      why: `callback of ${behaviour}`,
      entryRuns: process || request ? 10 : 1,
      keepsState,
      callback: process || request,
    };
  }
  if (data.kind === "def" || data.kind === "defdelegate") {
    const server = module.behaviours.some((name) => PROCESS_BEHAVIOURS.test(name));
    return {
      value: (server ? 5 : 3) * branching,
      why: server ? "public function of a server" : "public function",
      entryRuns: 1,
      keepsState: false,
      callback: false,
    };
  }
  return {
    value: branching,
    why: branching > 1.5 ? "private function with many ways through" : "private function",
    entryRuns: 0,
    keepsState: false,
    callback: false,
  };
}
