export { queryLive, readLive, type LiveFile } from "./live-file.ts";
export { startServer, type RunningServer, type ServerOptions } from "./server.ts";
export { isLive, type LiveCode, type LiveSource, type ServedSource } from "./served.ts";
export { ServerError, type ServerErrorCode } from "./server-error.ts";
