// What the page reads from the server. The server is trusted to fill results as `Api` says (it is
// compiled against it); only the envelope is checked.

import { err, ok, type Result } from "@elixirscope/base";
import { Attached, joinText, splitText } from "./attached.ts";
import type { ServerMessage, Status } from "./protocol.ts";
import { isRecord } from "./shape.ts";

export function parseServerMessage(sent: string | ArrayBuffer): Result<ServerMessage, string> {
  if (typeof sent === "string") return parseText(sent);
  const parts = splitText(sent);
  if (parts === null) return err("the server sent something that is cut off");
  const message = parseText(parts.text);
  if (!message.ok || message.value.kind !== "reply") return message;
  return ok({ ...message.value, result: new Attached(message.value.result, parts.bytes) });
}

function parseText(json: string): Result<ServerMessage, string> {
  let message: unknown;
  try {
    message = JSON.parse(json);
  } catch {
    return err("the server sent something that is not JSON");
  }
  if (!isRecord(message)) return err("the server sent something that is not an object");
  const { kind, id, error, status } = message;
  if (kind === "reply" && typeof id === "number") {
    return ok({ kind, id, result: message["result"] });
  }
  if (kind === "error" && (id === null || typeof id === "number") && isRecord(error)) {
    const { code, message: sentence } = error;
    if (typeof code === "string" && typeof sentence === "string") {
      return ok({ kind, id, error: { code, message: sentence } });
    }
  }
  if (kind === "status" && isRecord(status)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: envelope checked, body trusted (see top)
    return ok({ kind, status: status as Status });
  }
  return err("the server sent a message of an unknown kind");
}

/** Of an answer the form that `packReply` gives it. */
export function serializeServerMessage(message: ServerMessage): string | Uint8Array {
  if (message.kind !== "reply" || !(message.result instanceof Attached)) {
    return JSON.stringify(message);
  }
  const { head, bytes } = message.result;
  return joinText(JSON.stringify({ ...message, result: head }), bytes);
}

/** For whoever reads JSON as it is: integers beyond 2^53 as decimal text, bytes as hexadecimal. */
export function serializeJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => jsonValue(one));
}

/** As JSON can hold it; what is in lists and records stays for the caller. */
export function jsonValue(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? hex(value) : value;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
