export { fileCpg, functionCpg, projectCpgs, type FunctionCpg } from "./cpg/build-cpg.ts";
export {
  cpgDigraph,
  type Cpg,
  type CpgEdge,
  type CpgEdgeKind,
  type CpgNode,
  type CpgNodeKind,
} from "./cpg/cpg.ts";
export { cpgDrawing, type CpgDrawingOptions } from "./export/cpg-drawing.ts";
export type { Drawing, DrawnEdge, DrawnKind, DrawnNode } from "./export/drawing.ts";
export {
  cfgDrawing,
  dfgDrawing,
  type CfgDrawingOptions,
  type DfgDrawingOptions,
} from "./export/flow-drawings.ts";
export {
  callsDrawing,
  messagesDrawing,
  modulesDrawing,
  supervisionDrawing,
  type CallsDrawingOptions,
  type MessagesDrawingOptions,
} from "./export/project-drawings.ts";
export { drawingFormats, renderDrawing, type DrawingFormat } from "./export/render.ts";
export { buildCfg, type CfgOptions } from "./flow/cfg-build.ts";
export {
  cfgControlDependences,
  cfgDominators,
  cfgLoops,
  cfgPaths,
  cfgPostDominators,
  unreachableNodes,
} from "./flow/cfg-graph.ts";
export type { Cfg, CfgEdge, CfgEdgeKind, CfgNode, CfgNodeKind } from "./flow/cfg.ts";
export { buildDfg } from "./flow/dfg-build.ts";
export { controllers } from "./flow/dfg-control.ts";
export {
  backwardSlice,
  DfgIndex,
  flowPath,
  forwardSlice,
  type SliceOptions,
} from "./flow/dfg-index.ts";
export { closureCfg } from "./flow/dfg-places.ts";
export { liveDefinitions, reachingDefinitions } from "./flow/dfg-reaching.ts";
export { renderDfg } from "./flow/dfg-render.ts";
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
export type { SearchLimits } from "./flow/interprocedural-search.ts";
export { FlowSummaries, type ParameterFlow } from "./flow/interprocedural-summaries.ts";
export {
  linkFlows,
  ProgramFlow,
  type LinkOptions,
  type ProgramCall,
  type ProgramFlowEdge,
  type ProgramFunction,
  type ProgramPlace,
} from "./flow/interprocedural.ts";
export { MESSAGE_SOURCES } from "./flow/taint-table-sources.ts";
export {
  TAINT_TABLES,
  type Sanitizer,
  type TaintCategory,
  type TaintSink,
  type TaintSource,
  type TaintTables,
} from "./flow/taint-tables.ts";
export {
  findTaint,
  type TaintFlow,
  type TaintOptions,
  type TaintResult,
  type TaintStep,
} from "./flow/taint.ts";
export {
  betweenness,
  closeness,
  degrees,
  pageRank,
  type Betweenness,
  type Degrees,
  type PageRankOptions,
} from "./graph/centrality.ts";
export { communities, modularity, type Communities } from "./graph/communities.ts";
export { depthFirst, type DepthFirst } from "./graph/depth-first.ts";
export { reach, shortestPath, type Reached, type ReachOptions } from "./graph/reachability.ts";
export { splitFunctionKey, type FunctionName } from "./link/function-key.ts";
export {
  impactOf,
  type Change,
  type Impact,
  type Impacted,
  type ImpactOptions,
  type ImpactReason,
} from "./link/impact.ts";
export type {
  ChildSpec,
  HandlerSite,
  LinkFacts,
  Protocol,
  Receiver,
  RegisteredName,
  SendSite,
  SpawnSite,
  Subscription,
  SupervisorSite,
} from "./link/link-facts.ts";
export { linkFacts } from "./link/link-file.ts";
export { linkProject, ProjectLinker } from "./link/link-project.ts";
export { linkedFile } from "./link/linked-file.ts";
export type {
  CallBinding,
  CallGraph,
  MessageConfidence,
  MessageEdge,
  MessageGraph,
  ModuleDependency,
  ModuleDependencyKind,
  ModuleGraph,
  ProjectGraphs,
  SpawnEdge,
  SpawnGraph,
  SupervisedProcess,
  SupervisionEdge,
  SupervisionTree,
} from "./link/project-graphs.ts";
export type { LinkedFile } from "./link/project-index.ts";
export { matchShape, shapesMeet, type ShapeMatch } from "./link/shape-match.ts";
export { parseShape, printShape, type Shape } from "./link/shape.ts";
export { callersReason, criticality, type CriticalityReason } from "./metrics/criticality.ts";
export { functionMetrics, withCallers, type FunctionMetrics } from "./metrics/function-metrics.ts";
export { moduleMetrics, withFanIn, type ModuleMetrics } from "./metrics/module-metrics.ts";
export { fileSyntax } from "./module/file-syntax.ts";
export { linkModule, type ModuleLookup } from "./module/link-module.ts";
export type {
  AttributeSite,
  CallResolution,
  CallSite,
  ClauseData,
  FunctionData,
  FunctionKey,
  FunctionKind,
  ImportSite,
  Injection,
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
export { templateOwners } from "./module/template-owners.ts";
export { FileCode } from "./patterns/code/file-code.ts";
export {
  fileFindings,
  ruleSet,
  type RuleSet,
  type UserPatterns,
} from "./patterns/file-findings.ts";
export {
  isProblem,
  type Finding,
  type FindingCategory,
  type FindingSeverity,
} from "./patterns/finding.ts";
export type { PatternRule } from "./patterns/language/pattern-file.ts";
export type { PatternProblem } from "./patterns/language/pattern.ts";
export { mergeFindings, projectFindings, projectRules } from "./patterns/project-findings.ts";
export { routesOf, type Route } from "./patterns/recognisers/routes.ts";
export type { Rule } from "./patterns/rule.ts";
export { linkedMetrics } from "./quality/linked-metrics.ts";
export { moduleQuality, type ModuleQuality, type QualityFacts } from "./quality/module-quality.ts";
export { moduleSummary } from "./quality/module-summary.ts";
export { projectQuality, type ModuleReport } from "./quality/project-quality.ts";
export type { QualityReason, QualityScore } from "./quality/score.ts";
export { suggestions, type Suggestion, type SuggestionKind } from "./quality/suggestions.ts";
export type { QueriedProject, SourceReader } from "./query/code-project.ts";
export { codeQuery, type CodeQuery } from "./query/code-query.ts";
export type { FindingQuery } from "./query/finding-query.ts";
export type {
  Comparison,
  DepthOption,
  FunctionMetricName,
  FunctionQuery,
  FunctionRow,
} from "./query/function-query.ts";
export type { EdgeQuery, EdgeRow, GraphScope, NodeQuery, NodeRow } from "./query/graph-query.ts";
export type { HandlerQuery, HandlerRow, SendQuery, SendRow } from "./query/message-query.ts";
export type { ModuleQuery, ModuleRow } from "./query/module-query.ts";
export { nameTest, Query, type NamePattern, type Plan, type SortKey } from "./query/query.ts";
export { AnalysisError, type AnalysisErrorCode } from "./repository/analysis-error.ts";
export { DEFAULT_ANALYSIS_LIMITS, type AnalysisLimits } from "./repository/analysis-limits.ts";
export { linkAnalysis, type Analysis, type FileDiagnostic } from "./repository/analysis.ts";
export { analyzeFile } from "./repository/analyze-file.ts";
export type { AnalysisProgress, FileChanges } from "./repository/facts-updater.ts";
export type { FileFacts } from "./repository/file-facts.ts";
export type {
  FileRole,
  Project,
  ProjectApplication,
  ProjectFile,
  ProjectProblem,
} from "./repository/project/project-file.ts";
export {
  Repository,
  type RepositoryEvents,
  type RepositoryOptions,
  type RepositoryUpdate,
} from "./repository/repository.ts";
export {
  summarize,
  type HotSpot,
  type MessageFlow,
  type Summary,
  type SupervisionLine,
} from "./summary/summary.ts";
