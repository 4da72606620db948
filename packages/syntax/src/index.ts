export type {
  AtomNode,
  BrokenNode,
  CallNode,
  CharlistNode,
  FloatNode,
  IntegerNode,
  ListNode,
  Meta,
  Node,
  NodeKind,
  PairNode,
  Position,
  StringNode,
  VariableNode,
} from "./ast.ts";
export { withTemplates } from "./heex/embedded-templates.ts";
export type { MarkupLanguage } from "./heex/markup-token.ts";
export { parseTemplate } from "./heex/template.ts";
export { nodeIds, remap, type Anchor, type NodeId, type NodeIds } from "./node-ids.ts";
export { parse } from "./parse.ts";
export type {
  Comment,
  Diagnostic,
  ElixirVersion,
  Parsed,
  ParseOptions,
  Severity,
} from "./parsed.ts";
export { Source } from "./source.ts";
export {
  aliasSegments,
  blocks,
  children,
  expressions,
  isCall,
  keyword,
  remoteCall,
  walk,
  type LocalCall,
  type RemoteCall,
} from "./tree.ts";
