// The form in which an answer travels, where it is not the one that it has. Lanes have ten thousands of boxes and
// marks: their columns travel as bytes. Rows of SQL are the only place of values that JSON does not have; to look for
// such in every answer takes longer than to write it.

import { Attached } from "./attached.ts";
import { packLanes, unpackLanes } from "./packed-lanes.ts";
import type { Method, Reply } from "./protocol.ts";
import { jsonValue } from "./reply.ts";

export function packReply(method: Method, reply: unknown): unknown {
  if (method === "query" || method === "ask") return packRows(reply);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the answer to `lanes` is what `Api` says
  return method === "lanes" ? packLanes(reply as Reply<"lanes">) : reply;
}

/** Integers beyond 2^53 as decimal text, bytes as hexadecimal. */
function packRows(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(packRows);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
    return jsonValue(value);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, packRows(one)]));
}

/** The server is compiled against `Api` and trusted to fill what it sends. */
export function unpackReply<M extends Method>(method: M, sent: unknown): Reply<M> {
  const received = method === "lanes" && sent instanceof Attached ? unpackLanes(sent) : sent;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: see above
  return received as Reply<M>;
}
