// Control messages of the distribution protocol: `{Operation, ...}` and, for some, one more term.
// A frame is byte 112, the control tuple and the message, each with its own 131.

import { err, ok, type Result } from "@elixirscope/base";
import {
  decodeAt,
  encode,
  integer,
  tuple,
  type AtomTerm,
  type PidTerm,
  type ReferenceTerm,
  type Term,
} from "@elixirscope/etf";

export const OP = {
  LINK: 1,
  SEND: 2,
  EXIT: 3,
  REG_SEND: 6,
  GROUP_LEADER: 7,
  EXIT2: 8,
  SEND_TT: 12,
  EXIT_TT: 13,
  REG_SEND_TT: 16,
  EXIT2_TT: 18,
  MONITOR_P: 19,
  DEMONITOR_P: 20,
  MONITOR_P_EXIT: 21,
  SEND_SENDER: 22,
  SEND_SENDER_TT: 23,
  PAYLOAD_EXIT: 24,
  PAYLOAD_EXIT_TT: 25,
  PAYLOAD_EXIT2: 26,
  PAYLOAD_EXIT2_TT: 27,
  PAYLOAD_MONITOR_P_EXIT: 28,
  SPAWN_REQUEST: 29,
  SPAWN_REQUEST_TT: 30,
  SPAWN_REPLY: 31,
  SPAWN_REPLY_TT: 32,
  ALIAS_SEND: 33,
  ALIAS_SEND_TT: 34,
  UNLINK_ID: 35,
  UNLINK_ID_ACK: 36,
} as const;

/** Who is meant by a message, signal or monitor: a process, a registered name, or an alias. */
export type Address = PidTerm | AtomTerm | ReferenceTerm;

/** What a node may tell us, with trace tokens dropped and old and new forms made one. */
export type Control =
  | {
      readonly kind: "send";
      readonly to: Address;
      readonly from: PidTerm | null;
      readonly message: Term;
    }
  | { readonly kind: "exit"; readonly from: Term; readonly to: PidTerm; readonly reason: Term }
  | { readonly kind: "link"; readonly from: PidTerm; readonly to: PidTerm }
  | { readonly kind: "unlink"; readonly id: Term; readonly from: PidTerm; readonly to: PidTerm }
  | { readonly kind: "unlinked"; readonly from: PidTerm }
  | {
      readonly kind: "monitor";
      readonly from: PidTerm;
      readonly target: Address;
      readonly reference: ReferenceTerm;
    }
  | { readonly kind: "demonitor" }
  | { readonly kind: "down"; readonly reference: ReferenceTerm; readonly reason: Term }
  | { readonly kind: "spawn"; readonly request: ReferenceTerm; readonly from: PidTerm }
  | { readonly kind: "spawned"; readonly request: ReferenceTerm; readonly result: Term }
  | { readonly kind: "group_leader" };

/** An operation and its arguments. */
export type ControlTuple = readonly [operation: number, ...arguments: Term[]];

const PASS_THROUGH = 112;

/** The bytes of a frame, in pieces so that a large message is not copied. */
export function encodeFrame(control: ControlTuple, message?: Term): Uint8Array[] {
  const [operation, ...fields] = control;
  const head = encode(tuple(integer(operation), ...fields));
  const body = message === undefined ? null : encode(message);
  const prefixed = new Uint8Array(5 + head.length);
  new DataView(prefixed.buffer).setUint32(0, 1 + head.length + (body?.length ?? 0));
  prefixed[4] = PASS_THROUGH;
  prefixed.set(head, 5);
  return body === null ? [prefixed] : [prefixed, body];
}

/** Reads one frame. The error says what is wrong with it. */
export function decodeFrame(frame: Uint8Array): Result<Control, string> {
  if (frame[0] !== PASS_THROUGH) return err(`a frame of type ${String(frame[0])}`);
  const head = termAt(frame, 1);
  if (!head.ok) return head;
  const { term, end } = head.value;
  if (term.kind !== "tuple") return err("a control message that is no tuple");
  const [operation, ...fields] = term.items;
  if (operation?.kind !== "integer") return err("a control message without an operation");
  let message: Term | null = null;
  if (end < frame.length) {
    const body = termAt(frame, end);
    if (!body.ok) return body;
    if (body.value.end !== frame.length) return err("bytes after the message");
    message = body.value.term;
  }
  const control = read(Number(operation.value), fields, message);
  return control === null
    ? err(`a control message {${String(operation.value)}, ...} of unknown shape`)
    : ok(control);
}

function termAt(frame: Uint8Array, offset: number): Result<{ term: Term; end: number }, string> {
  if (frame[offset] !== 131) return err("a term without its version byte");
  const decoded = decodeAt(frame, offset + 1);
  if (decoded.ok) return decoded;
  const { message, offset: at } = decoded.error;
  return err(`a bad term (byte ${String(at)}: ${message})`);
}

function read(operation: number, f: readonly Term[], message: Term | null): Control | null {
  switch (operation) {
    case OP.SEND:
    case OP.SEND_TT:
      return send(null, f[1], message);
    case OP.SEND_SENDER:
    case OP.SEND_SENDER_TT:
    case OP.ALIAS_SEND:
    case OP.ALIAS_SEND_TT:
      return send(f[0], f[1], message);
    case OP.REG_SEND:
    case OP.REG_SEND_TT:
      return send(f[0], f[2], message);
    case OP.EXIT:
    case OP.EXIT2:
      return exit(f[0], f[1], f[2]);
    case OP.EXIT_TT:
    case OP.EXIT2_TT:
      return exit(f[0], f[1], f[3]);
    case OP.PAYLOAD_EXIT:
    case OP.PAYLOAD_EXIT_TT:
    case OP.PAYLOAD_EXIT2:
    case OP.PAYLOAD_EXIT2_TT:
      return exit(f[0], f[1], message);
    case OP.MONITOR_P_EXIT:
      return down(f[2], f[3]);
    case OP.PAYLOAD_MONITOR_P_EXIT:
      return down(f[2], message);
    case OP.SPAWN_REPLY:
    case OP.SPAWN_REPLY_TT: {
      const [request, , , result] = f;
      if (!isReference(request) || result === undefined) return null;
      return { kind: "spawned", request, result };
    }
    default:
      return readRare(operation, f);
  }
}

function readRare(operation: number, f: readonly Term[]): Control | null {
  const [first, second, third] = f;
  switch (operation) {
    case OP.LINK:
      return isPid(first) && isPid(second) ? { kind: "link", from: first, to: second } : null;
    case OP.UNLINK_ID:
      if (first === undefined || !isPid(second) || !isPid(third)) return null;
      return { kind: "unlink", id: first, from: second, to: third };
    case OP.UNLINK_ID_ACK:
      return isPid(second) ? { kind: "unlinked", from: second } : null;
    case OP.MONITOR_P:
      if (!isPid(first) || !isAddress(second) || !isReference(third)) return null;
      return { kind: "monitor", from: first, target: second, reference: third };
    case OP.DEMONITOR_P:
      return { kind: "demonitor" };
    case OP.SPAWN_REQUEST:
    case OP.SPAWN_REQUEST_TT:
      if (!isReference(first) || !isPid(second)) return null;
      return { kind: "spawn", request: first, from: second };
    case OP.GROUP_LEADER:
      return { kind: "group_leader" };
    default:
      return null;
  }
}

function send(
  from: Term | null | undefined,
  to: Term | undefined,
  message: Term | null,
): Control | null {
  if (!isAddress(to) || message === null) return null;
  return { kind: "send", to, from: isPid(from) ? from : null, message };
}

function exit(
  from: Term | undefined,
  to: Term | undefined,
  reason: Term | null | undefined,
): Control | null {
  if (from === undefined || !isPid(to) || reason === null || reason === undefined) return null;
  return { kind: "exit", from, to, reason };
}

function down(reference: Term | undefined, reason: Term | null | undefined): Control | null {
  if (!isReference(reference) || reason === null || reason === undefined) return null;
  return { kind: "down", reference, reason };
}

function isPid(term: Term | null | undefined): term is PidTerm {
  return term?.kind === "pid";
}

function isReference(term: Term | undefined): term is ReferenceTerm {
  return term?.kind === "reference";
}

function isAddress(term: Term | undefined): term is Address {
  return term?.kind === "pid" || term?.kind === "atom" || term?.kind === "reference";
}
