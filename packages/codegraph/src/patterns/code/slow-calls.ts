// Calls that wait: for time, a database, the network, a command, another process.

import type { Call } from "./call.ts";
import type { FileCode } from "./file-code.ts";

export type SlowKind = "sleep" | "call" | "http" | "database" | "command" | "network" | "await";

const HTTP = /^(HTTPoison|Req|Tesla|Finch|:httpc|:hackney|Mojito|HTTPotion)$/;
const DATABASE = /^(Postgrex|MyXQL|Ecto\.Adapters\.SQL|Redix|Mongo|Xandra|:mnesia)$/;
const QUERY =
  /^(all|one!?|get!?|get_by!?|insert!?|update!?|delete!?|insert_or_update!?|insert_all|update_all|delete_all|aggregate|exists\?|preload|query!?|query_many!?|transaction|transact|stream|reload!?|command|find|find_one|execute!?|pipeline)$/;

/** What the call waits for; null when it does not wait, or only for a moment. */
export function slowKind(call: Call, code: FileCode): SlowKind | null {
  const { name, receiver } = call;
  if (receiver === null) return null;
  const module = code.moduleOf(call);
  if (module === null) return null;
  if (name === "sleep" && (module === "Process" || module === ":timer")) return "sleep";
  if (
    name === "call" &&
    /^(GenServer|:gen_server|:gen_statem|GenStage|GenStateMachine)$/.test(module)
  )
    return "call";
  if (module === "GenServer" && name === "multi_call") return "call";
  if (HTTP.test(module) && !/^(new|build|start|child_spec|start_link)$/.test(name)) return "http";
  if (isRepo(module) || DATABASE.test(module)) return QUERY.test(name) ? "database" : null;
  if (module === "System" && (name === "cmd" || name === "shell")) return "command";
  if (module === ":os" && name === "cmd") return "command";
  if (/^(:gen_tcp|:ssl)$/.test(module) && /^(connect|recv|accept)$/.test(name)) return "network";
  if (module === "Task" && /^(await|await_many|yield|yield_many)$/.test(name)) return "await";
  return null;
}

/** `Shop.Repo`, `Repo`, `Shop.ReadOnlyRepo` */
export function isRepo(module: string): boolean {
  return /(^|\.)\w*Repo$/.test(module);
}

export const SLOW_TEXT: Readonly<Record<SlowKind, string>> = {
  sleep: "sleeps",
  call: "waits for another process",
  http: "waits for an HTTP answer",
  database: "waits for the database",
  command: "waits for an external command",
  network: "waits for the network",
  await: "waits for a task",
};
