export type {
  AtomNode,
  BrokenNode,
  CallNode,
  CharlistNode,
  EndOfExpression,
  FloatNode,
  IntegerNode,
  ListNode,
  Meta,
  Node,
  NodeKind,
  PairNode,
  Parens,
  Position,
  StringNode,
  VariableNode,
  Wrapper,
} from "./ast.ts";
export { withTemplates } from "./heex/embedded-templates.ts";
export type { MarkupLanguage } from "./heex/markup-token.ts";
export { parseTemplate } from "./heex/template.ts";
export { isDefinition } from "./ids/anchors.ts";
export { nodeIds, remap, type Anchor, type NodeId, type NodeIds } from "./node-ids.ts";
export { decodeSource, type DecodedSource } from "./decode-source.ts";
export { parse } from "./parse.ts";
export type {
  Comment,
  Diagnostic,
  ElixirVersion,
  Parsed,
  ParseOptions,
  Severity,
} from "./parsed.ts";
export { toQuoted, type QuotedOptions } from "./quoted.ts";
export { NEWEST as NEWEST_ELIXIR } from "./releases.ts";
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
