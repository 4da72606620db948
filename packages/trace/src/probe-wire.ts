// The byte format between the probe (in the target) and the collector: frames of uniform records.
//
// All integers are big-endian. A frame is `u32 length` (of what follows), `u8 type`, body:
//   HELLO  u16 protocol, 16 bytes session token, ETF map of facts about the target
//   BATCH  u32 sequence (0, 1, 2, … so a missing frame shows), then records
//   BYE    ETF `{Reason, Counters}`; the last frame of a session that ended in order
// A record is 22 bytes and a payload that stays opaque until somebody looks:
//   u8 kind, u8 flags, u64 t, u32 pid, u32 ref, u32 length, payload (one external term, 131 first)
// `t` is ns since the session's start on the target's monotonic clock. `pid` and `ref` are indexes
// defined earlier in the stream by DEF_PID and DEF_MFA; an index may be defined anew later, 0 is none.

export const PROBE_PROTOCOL = 1;
export const SESSION_TOKEN_BYTES = 16;
export const FRAME_HEADER_BYTES = 5;
export const RECORD_HEADER_BYTES = 22;
/** A longer frame is an error: the probe sends at most 64 KiB of records unless one record is larger. */
export const MAX_FRAME_BYTES = 16_777_216;

export const FRAME = { HELLO: 1, BATCH: 2, BYE: 3 } as const;

/** Record kinds. The comment says what `ref` and the payload are. */
export const RECORD = {
  /** ref = mfa; payload = argument list (absent with ARITY_ONLY) */
  CALL: 1,
  /** ref = mfa; payload = result */
  RETURN: 2,
  /** ref = mfa; payload = `{Class, Reason}` */
  EXCEPTION: 3,
  /** ref = receiver; payload = message */
  SEND: 4,
  /** ref = sender (0: the VM, a timer or a port without a pid); payload = message */
  RECEIVE: 5,
  /** pid = parent, ref = child; payload = `{M, F, Args}` */
  SPAWN: 6,
  /** payload = reason */
  EXIT: 7,
  /** ref = the other end; LINK and UNLINK are by `pid`, GETTING_ are done to it */
  LINK: 8,
  UNLINK: 9,
  GETTING_LINKED: 10,
  GETTING_UNLINKED: 11,
  /** payload = name */
  REGISTER: 12,
  UNREGISTER: 13,
  /** ref = STATE_PHASE; payload = the state (for gen_statem `{State, Data}`) */
  STATE: 14,
  /** an OTP behaviour takes a message from its mailbox to a callback; payload = message */
  HANDLE: 15,
  /** what is known of a process; ref = parent; payload = map, see ProcessFacts in the probe */
  PROCESS: 16,
  /** t = end; ref = GAP_REASON; payload = `#{t_from, count, ...}`; pid 0 = the whole session */
  GAP: 17,
  /** payload = map of metric name (atom) to number; pid 0 = the probe's own, else of that process (`reductions`, since it began) */
  METRIC: 18,
  /** payload = `{SystemTimeNs}` at t */
  CLOCK: 19,
  /** pid = index; payload = pid, port, registered name or `{Name, Node}` */
  DEF_PID: 20,
  /** ref = index; payload = `{M, F, A}` */
  DEF_MFA: 21,
  /** payload = `{Module, Md5, loaded | reloaded | deleted}` */
  MODULE: 22,
  /** what instrumented code of process `pid` reported; payload: see instrumented.ts */
  EVENTS: 23,
  /** an ExUnit test ended; payload = map, see TestFacts in the probe */
  TEST: 24,
} as const;
export type RecordKind = (typeof RECORD)[keyof typeof RECORD];

/** Bits of a record's flags. */
export const FLAG = {
  /** the payload was cut to the budget (see CUT_ATOM) */
  TRUNCATED: 1,
  /** CALL without arguments: the plan asks for none */
  ARITY_ONLY: 2,
  /** SEND to a process that does not exist */
  NO_PROCESS: 4,
  /** CALL of a function that is traced without a return event, to keep its tail calls */
  NO_RETURN: 8,
} as const;

export const STATE_PHASE = { INITIAL: 0, AFTER_CALLBACK: 1, READ_AFTER: 2 } as const;

/** Why something is missing; the `reason` column of `gaps`. */
export const GAP_REASON = {
  dropped: 1,
  rate_limited: 2,
  truncated: 3,
  sampled: 4,
  disconnected: 5,
  expired: 6,
  reloaded: 7,
  paused: 8,
} as const;
export type GapReason = keyof typeof GAP_REASON;

/**
 * Marks what the probe cut, in place, so that the structure around it stays:
 * `{cut, binary, ByteSize, Prefix}`, a list tail `[a, b | {cut, list, Rest}]` (Rest -1: not counted),
 * a map key `cut => {map, TotalSize}`, a last tuple element `{cut, tuple, Arity}`, and where the
 * depth ends `{cut, depth, list | tuple | map | bitstring | function, Size}`.
 */
export const CUT_ATOM = "$elixir_scope_cut";
