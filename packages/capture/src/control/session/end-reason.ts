// Why a session ended, in the words of the recording's manifest.

import type { CodedError } from "@elixirscope/base";
import type { Closed } from "@elixirscope/dist";
import { inspect, type Term } from "@elixirscope/etf";
import type { StopReason } from "@elixirscope/trace";

export function reasonOfClose({ code, reason }: Closed): StopReason {
  return code === "requested"
    ? { code: "user", message: reason }
    : { code: "target_down", message: reason };
}

export function reasonOfError(error: CodedError): StopReason {
  return { code: error.code === "disk_full" ? "disk_full" : "error", message: error.message };
}

/** `{Reason, Counters}`: the probe ended by itself, or because it was asked to. */
export function reasonOfBye(term: Term | null): StopReason {
  const [reason] = term?.kind === "tuple" ? term.items : [];
  if (reason === undefined) return { code: "error", message: "the probe ended without a reason" };
  const [tag, detail] = reason.kind === "tuple" ? reason.items : [reason];
  const name = tag?.kind === "atom" ? tag.name : "";
  const why = detail === undefined ? "" : inspect(detail, { limit: 20 }).replace(/^:/, "");
  switch (name) {
    case "requested":
      return { code: "user", message: "stopped by the user" };
    case "duration":
      return { code: "duration", message: "the time is over" };
    case "budget":
      return { code: "budget", message: `the target crossed a budget of the session: ${why}` };
    case "tracer_died":
      // its max_heap_size kills it
      if (why === "killed") {
        return { code: "budget", message: "the probe reached the memory that it may have" };
      }
      break;
    default:
  }
  return { code: "error", message: `the probe ended: ${inspect(reason, { limit: 20 })}` };
}
