// The kinds of causes, in the order of their codes inside this folder's queries.
//
// `call`: done inside that call · `return`: the end of the call · `raise`: an exception that went through its caller ·
// `message`: sent and received · `reply`: the request that a reply answers · `handle`: a message and what was done for it ·
// `spawn`, `link`, `monitor`, `exit`, `timer`: as in the VM · `state_write`: the message that a new state came of ·
// `state_read`: the state that a message found · `ets`: what was last written under a key that was read ·
// `telemetry`: the start of a span and its stop · `program_order`: what the process received or began with before it went on

export const CAUSE_TYPES = [
  "call",
  "return",
  "raise",
  "message",
  "reply",
  "handle",
  "spawn",
  "link",
  "monitor",
  "exit",
  "timer",
  "state_write",
  "state_read",
  "ets",
  "telemetry",
  "program_order",
] as const;
export type CauseType = (typeof CAUSE_TYPES)[number];

export function causeCode(type: CauseType): number {
  return CAUSE_TYPES.indexOf(type);
}
