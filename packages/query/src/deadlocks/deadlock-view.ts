// The answer of `deadlocks`: synchronous calls that waited for each other, and calls that were never answered.

import type { ProcessRef } from "../process-refs.ts";
import type { StackView } from "@elixirscope/wire";

/**
 * How the waiting was over. `timeout`: the caller failed with one; `gave_up`: it went on without a reply,
 * as after a timeout that is caught; `server_gone`: the server ended or was not there; `ended`: the
 * caller ended for another reason; `answered`: by a reply after all; `open`: not until the recording's end.
 */
export type WaitEnd = "timeout" | "gave_up" | "server_gone" | "ended" | "answered" | "open";

/** One synchronous call (GenServer, gen_statem and all that use `$gen_call`), from the request on. */
export type WaitView = {
  readonly message: number;
  readonly caller: ProcessRef;
  /** null: sent to a name or alias that is not known */
  readonly server: ProcessRef | null;
  readonly request: string;
  /** the traced function that asked */
  readonly function: string | null;
  readonly from: number;
  /** the request arrived; null: not recorded */
  readonly arrived: number | null;
  /** null: it went on at the recording's end */
  readonly to: number | null;
  readonly end: WaitEnd;
  /** of the caller's end of waiting */
  readonly endEvent: number | null;
  /** why events of the two are missing while it waited, so that the reply may be among them; empty: none are */
  readonly gaps: readonly string[];
};

export type CallCycle = {
  /** all of them waited from here on … */
  readonly from: number;
  /** … until the first gave up; null: at the recording's end they still did */
  readonly to: number | null;
  /** each waits for the caller of the next, the last for the caller of the first */
  readonly waits: readonly WaitView[];
  /** further calls that waited for one of these and were not answered either */
  readonly others: number;
};

export type UnansweredCall = {
  /** first the call that was not answered, then what its server was waiting for, and so on */
  readonly chain: readonly WaitView[];
  /** what the last in the chain was executing just before the first gave up; null: it is not known who that is */
  readonly doing: StackView | null;
  /** calls that were left unanswered by the same last process, this one included */
  readonly alike: number;
};

export type DeadlockView = {
  readonly cycles: readonly CallCycle[];
  readonly unanswered: readonly UnansweredCall[];
  /** synchronous calls that were looked at */
  readonly calls: number;
  /** cycles and unanswered calls that were left out */
  readonly more: number;
  readonly limits: readonly string[];
};
