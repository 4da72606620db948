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

/** `{Reason, Counters}`: the probe ended by itself. */
export function reasonOfBye(term: Term | null): StopReason {
  const [reason] = term?.kind === "tuple" ? term.items : [];
  if (reason === undefined) return { code: "error", message: "the probe ended without a reason" };
  const name = reason.kind === "atom" ? reason.name : "";
  if (name === "requested") return { code: "user", message: "stopped by the user" };
  if (name.startsWith("duration")) return { code: "duration", message: "the time is over" };
  const text = inspect(reason, { limit: 20 });
  if (/budget|memory/.test(text)) {
    return { code: "budget", message: `the probe ended within the target: ${text}` };
  }
  return { code: "error", message: `the probe ended: ${text}` };
}
