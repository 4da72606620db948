// Why a caller stopped waiting, as far as what it did next tells. OTP's calls fail with `{Reason, {Module,
// call, Arguments}}`, where a timeout has the reason `timeout` and anything else is what became of the server.

import { equal, type Term } from "@elixirscope/etf";
import { decoded } from "../otp-message.ts";
import type { WaitEnd } from "./deadlock-view.ts";
import type { WaitOver } from "./waits.ts";

export type ProcessExit = { readonly t: number; readonly reason: Uint8Array | null };

/** A behaviour that fails in a callback reports that (sends to the logger) and then ends. */
const REPORTS_WITHIN_NS = 1_000_000_000;

/** Null for a process that did not end, and for a request that is not known. */
export function waitEnd(
  { kind, t, payload }: WaitOver,
  request: Term | null,
  caller: ProcessExit | null,
  server: ProcessExit | null,
): WaitEnd {
  if (kind === null || t === null) return "open";
  if (kind === "reply") return "answered";
  const failed =
    kind === "exit" || kind === "exception"
      ? failedCall(payload)
      : caller !== null && caller.t >= t && caller.t - t <= REPORTS_WITHIN_NS
        ? failedCallOf(request, caller.reason)
        : null;
  if (failed !== null) return isTimeout(failed.reason) ? "timeout" : "server_gone";
  if (kind === "exit") return "ended";
  return server !== null && server.t <= t ? "server_gone" : "gave_up";
}

type FailedCall = { readonly reason: Term; readonly args: Term };

/** From an exit's reason, or an exception's `{Class, Reason}`; null: it is about something else. */
function failedCall(payload: Uint8Array | null): FailedCall | null {
  const term = decoded(payload);
  if (term?.kind !== "tuple") return null;
  for (const candidate of [term, ...term.items]) {
    if (candidate.kind !== "tuple" || candidate.items.length !== 2) continue;
    const [reason, where] = candidate.items;
    const args = argumentsOf(where);
    if (reason !== undefined && args !== null) return { reason, args };
  }
  return null;
}

/** The same, if it is about this request: `call(Server, Request, …)`. */
function failedCallOf(request: Term | null, payload: Uint8Array | null): FailedCall | null {
  const failed = failedCall(payload);
  if (failed === null || request === null || failed.args.kind !== "list") return null;
  const asked = failed.args.items[1];
  return asked !== undefined && equal(asked, request) ? failed : null;
}

function argumentsOf(term: Term | undefined): Term | null {
  if (term?.kind !== "tuple" || term.items.length !== 3) return null;
  const [module, name, args] = term.items;
  return module?.kind === "atom" && name?.kind === "atom" ? (args ?? null) : null;
}

function isTimeout(reason: Term): boolean {
  return reason.kind === "atom" && reason.name === "timeout";
}
