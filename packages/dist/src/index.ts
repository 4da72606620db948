export { connect, type ConnectOptions } from "./connect.ts";
export {
  Connection,
  type Closed,
  type ConnectionLimits,
  type IncomingMessage,
  type Link,
  type Monitor,
} from "./connection.ts";
export type { Address } from "./control.ts";
export { Cookie, findCookie, type CookieSources } from "./cookie.ts";
export { DistError, type DistErrorCode, type RpcFailure } from "./dist-error.ts";
export { epmdNames, type EpmdOptions, type RegisteredNode } from "./epmd.ts";
export { parseNodeName, type NodeName } from "./node-name.ts";
export type { CallOptions } from "./remote-call.ts";
export type { TlsOptions } from "./socket-transport.ts";
