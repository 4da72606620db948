// Messages that nobody in the project sends: they come from the runtime, a browser or a socket.

import type { HandlerSite } from "./link-facts.ts";
import { matchShape } from "./shape-match.ts";
import { parseShape, type Shape } from "./shape.ts";

const runtimeShapes: readonly Shape[] = [
  ":timeout",
  "{:DOWN, _, _, _, _}",
  "{:EXIT, _, _}",
  "{:nodeup, _}",
  "{:nodeup, _, _}",
  "{:nodedown, _}",
  "{:nodedown, _, _}",
  "{:tcp, _, _}",
  "{:tcp_closed, _}",
  "{:tcp_error, _, _}",
  "{:ssl, _, _}",
  "{:ssl_closed, _}",
  "{:ssl_error, _, _}",
  "{:udp, _, _, _, _}",
  "{:timeout, _, _}",
  "{:io_request, _, _, _}",
  "{:io_reply, _, _}",
  "{:signal, _}",
  "{:trace, _, _, _}",
  '{:"ETS-TRANSFER", _, _, _}',
].map(parseShape);

/** Also what says too little to tell: a clause for anything, a task's `{ref, result}`, a port's `{port, data}`. */
export function isRuntimeMessage(handler: HandlerSite): boolean {
  const shape = parseShape(handler.shape);
  if (isValue(shape)) return true;
  if (handler.protocol === "plain" && handler.kind === "event") return true;
  if (handler.eventType === ":enter") return true;
  const isPlain = handler.kind === "info" || handler.kind === "receive";
  if (!isPlain && handler.eventType !== ":info") return false;
  if (shape.kind === "tuple" && shape.items.length === 2 && isValue(shape.items[0])) return true;
  return runtimeShapes.some((runtime) => matchShape(shape, runtime) === "always");
}

/** A reference, a port: no literal. */
function isValue(shape: Shape | undefined): boolean {
  return shape?.kind === "any" || shape?.kind === "pinned" || shape?.kind === "opaque";
}
