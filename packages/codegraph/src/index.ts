export type { Cfg, CfgEdge, CfgEdgeKind, CfgNode, CfgNodeKind } from "./flow/cfg.ts";
export type {
  Check,
  Definition,
  DefinitionKind,
  Dfg,
  DfgClosure,
  DfgScope,
  Flow,
  FlowKind,
  Use,
} from "./flow/dfg.ts";
export { Digraph } from "./graph/digraph.ts";
export type {
  HandlerSite,
  LinkFacts,
  Receiver,
  SendSite,
  SpawnSite,
  SupervisorSite,
} from "./link/link-facts.ts";
export type { FunctionMetrics, ModuleMetrics } from "./metrics/function-metrics.ts";
export type {
  AttributeSite,
  CallResolution,
  CallSite,
  ClauseData,
  FunctionData,
  FunctionKey,
  FunctionKind,
  ImportSite,
  ModuleData,
  ModuleKind,
  SourceRange,
  TypeData,
  UseSite,
} from "./module/module-data.ts";
export type {
  ClauseSyntax,
  FileSyntax,
  FunctionSyntax,
  ModuleSyntax,
  Names,
} from "./module/module-syntax.ts";
export type { Finding, FindingCategory, FindingSeverity } from "./patterns/finding.ts";
export type { FileFacts } from "./repository/file-facts.ts";
