export { assert, assertNever } from "./assert.ts";
export { eventId, nanoseconds, type Brand, type EventId, type Nanoseconds } from "./brand.ts";
export { bytesText } from "./bytes-text.ts";
export { Digraph } from "./digraph.ts";
export { Emitter, type Listener } from "./emitter.ts";
export { CodedError, messageOf } from "./error.ts";
export { nearestNames } from "./nearest-names.ts";
export { pushAll } from "./push-all.ts";
export { err, ok, type Result } from "./result.ts";
export {
  componentMembers,
  condensation,
  stronglyConnected,
  type Components,
} from "./strongly-connected.ts";
export { topologicalOrder } from "./topological-order.ts";
