// Why a caller stopped waiting, as far as what it did next tells. OTP's calls fail with `{Reason, {Module,
// call, Arguments}}`, where a timeout has the reason `timeout` and anything else is what became of the server.

import { decode, type Term } from "@elixirscope/etf";
import type { WaitEnd } from "./deadlock-view.ts";
import type { WaitOver } from "./waits.ts";

/** `serverExit`: when the server ended, null when it did not as far as is known. */
export function waitEnd(over: WaitOver, serverExit: number | null): WaitEnd {
  const { kind, t, payload } = over;
  if (kind === null || t === null) return "open";
  if (kind === "reply") return "answered";
  if (kind === "exit" || kind === "exception") {
    const reason = payload === null ? null : reasonOfFailedCall(payload);
    if (reason !== null) return isTimeout(reason) ? "timeout" : "server_gone";
    if (kind === "exit") return "ended";
  }
  return serverExit !== null && serverExit <= t ? "server_gone" : "gave_up";
}

/** From an exit's reason, or an exception's `{Class, Reason}`; null: it is about something else. */
function reasonOfFailedCall(payload: Uint8Array): Term | null {
  const term = decode(payload);
  if (!term.ok || term.value.kind !== "tuple") return null;
  for (const candidate of [term.value, ...term.value.items]) {
    if (candidate.kind !== "tuple") continue;
    const [reason, where] = candidate.items;
    if (reason !== undefined && candidate.items.length === 2 && isCall(where)) return reason;
  }
  return null;
}

function isCall(term: Term | undefined): boolean {
  if (term?.kind !== "tuple" || term.items.length !== 3) return false;
  const [module, name] = term.items;
  return module?.kind === "atom" && name?.kind === "atom";
}

function isTimeout(reason: Term): boolean {
  return reason.kind === "atom" && reason.name === "timeout";
}
