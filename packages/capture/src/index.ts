export { CaptureError, type CaptureErrorCode } from "./control/capture-error.ts";
export {
  readModuleCode,
  type BeamError,
  type FunctionCode,
  type Lambda,
  type ModuleCode,
  type TailCall,
} from "./control/beam/module-code.ts";
export { functionKey, tailCycles } from "./control/beam/tail-cycles.ts";
export { compileSelector, matchSpec, type MatchClause } from "./control/selector/match-spec.ts";
export { parseSelector } from "./control/selector/parse-selector.ts";
export type { Selector } from "./control/selector/selector.ts";
export { formatSelectorError, type SelectorError } from "./control/selector/selector-error.ts";
