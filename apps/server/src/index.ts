export { queryLive, readLive, removeLive, writeLive, type LiveFile } from "./live-file.ts";
export { startServer, type RunningServer, type ServerOptions } from "./server.ts";
export {
  isLive,
  type LiveCode,
  type LiveControl,
  type LiveSource,
  type ServedSource,
} from "./served.ts";
export type {
  Opened,
  Packed,
  RecordingShelf,
  ServerAddress,
  SessionStarter,
  ShelfListing,
  ShelfRecording,
} from "./shelf.ts";
export { ServerError, type ServerErrorCode } from "./server-error.ts";
