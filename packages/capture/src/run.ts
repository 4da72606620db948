// `@elixirscope/capture/run`: recording a command. An entry of its own, so that the command begins before
// the database and the rest of this package are loaded.

export { cacheFolder } from "./run/beam-cache.ts";
export type {
  InstrumentedForms,
  Instrumenter,
  ModuleForms,
  NotInstrumented,
  Whose,
} from "./run/instrumenter.ts";
export type { SkippedModule } from "./run/module-server.ts";
export {
  RunSession,
  type CommandEnd,
  type RecordingObserver,
  type RunOptions,
  type RunResult,
} from "./run/run-session.ts";
