// Modules whose processes need no state handler: servers of which every callback that can change the state is
// recorded with what it takes and gives. Their processes say so as they begin (`enter_init`), and the
// collector reads their states and the messages that they handle from the calls of the callbacks.

import type { Term } from "@elixirscope/etf";
import { SERVER_CALLBACKS } from "@elixirscope/trace";
import { functionKey, type ModuleFacts } from "./module-facts.ts";
import type { Recording } from "./recording.ts";

const GEN_SERVER: ReadonlySet<string> = new Set(["Elixir.GenServer", "gen_server"]);
/** What a gen_statem exports with three arguments besides the functions of its states. */
const NO_STATES: ReadonlySet<string> = new Set(["terminate/3"]);

/** The callbacks that take and give the state; none when the module is no server, or another kind of one, too. */
export function stateCallbacks(facts: ModuleFacts): ReadonlySet<Term> {
  const isServer = facts.behaviours.some((name) => GEN_SERVER.has(name));
  const isMachine = facts.behaviours.includes("gen_statem");
  if (isServer === isMachine || !facts.locals.defined.has("init/1")) return new Set();
  return new Set(
    facts.functions.filter((form) => {
      const key = functionKey(form);
      if (isServer) return SERVER_CALLBACKS.has(key);
      const isOfState = key.endsWith("/3") && facts.exported.has(key) && !NO_STATES.has(key);
      return key === "init/1" || key === "handle_event/4" || isOfState;
    }),
  );
}

/** Whether a callback that is recorded so tells the state that it takes and the one that it gives. */
export function hasStates({ frames, arguments: given, result }: Recording): boolean {
  return frames && given && result;
}
