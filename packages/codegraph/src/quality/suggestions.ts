// Refactoring suggestions: where, what to do, and what it would gain. Each is a place in the text, found
// by shape, not by a score alone.

import { isCall, keyword, walk, type CallNode, type Node, type NodeId } from "@elixirscope/syntax";
import type { FunctionMetrics } from "../metrics/function-metrics.ts";
import type { FunctionKey, SourceRange } from "../module/module-data.ts";
import type { ClauseSyntax, FileSyntax, FunctionSyntax } from "../module/module-syntax.ts";
import { rangeOf } from "../module/source-range.ts";
import { callOf, tupleItems, unwrapped } from "../patterns/code/call.ts";
import { sameCode } from "../patterns/code/same-code.ts";
import type { Finding } from "../patterns/finding.ts";

export type SuggestionKind =
  | "split-function"
  | "extract-clause"
  | "nested-case-to-with"
  | "case-to-clauses"
  | "if-chain-to-cond"
  | "calls-to-pipe"
  | "work-out-of-init"
  | "split-module";

export type Suggestion = {
  readonly kind: SuggestionKind;
  readonly title: string;
  readonly explanation: string;
  readonly file: string;
  readonly module: string;
  readonly function: FunctionKey | null;
  readonly range: SourceRange;
  readonly nodeId: NodeId | null;
  /** how much is gained: 1 a little, 3 much */
  readonly gain: 1 | 2 | 3;
};

type Draft = Pick<Suggestion, "kind" | "title" | "explanation" | "gain"> & { readonly at: Node };

/** In the order of the text. */
export function suggestions(
  file: FileSyntax,
  metrics: readonly FunctionMetrics[],
  findings: readonly Finding[],
): Suggestion[] {
  const byKey = new Map(metrics.map((one) => [one.function, one]));
  const found: Suggestion[] = [];
  for (const module of file.modules) {
    const add = (fn: FunctionSyntax | null, draft: Draft): void => {
      const { at, ...rest } = draft;
      found.push({
        ...rest,
        file: file.file,
        module: module.data.name,
        function: fn?.data.key ?? null,
        range: rangeOf(file.parsed.source, at),
        nodeId: file.ids.idOf(at),
      });
    };
    for (const fn of module.functions) {
      const measured = byKey.get(fn.data.key);
      for (const draft of ofFunction(fn, measured)) add(fn, draft);
    }
    const { functions } = module.data;
    const lines = functions.reduce((total, { key }) => total + (byKey.get(key)?.lines ?? 0), 0);
    if (lines > 400 && functions.length > 30) {
      add(null, {
        kind: "split-module",
        title: "Split the module",
        explanation: `The ${functions.length} functions of ${module.data.name} have ${lines} lines. Functions that call each other and share data are a module of their own.`,
        gain: 2,
        at: module.node,
      });
    }
  }
  found.push(...findings.flatMap(outOfInit));
  return found.toSorted((one, other) => one.range.start - other.range.start);
}

function ofFunction(fn: FunctionSyntax, metrics: FunctionMetrics | undefined): Draft[] {
  const drafts: Draft[] = [];
  const { name, arity } = fn.data;
  const [first] = fn.clauses;
  if (first === undefined) return [];
  const isBig =
    metrics !== undefined &&
    (metrics.cognitive > 15 ||
      (metrics.lines > 60 && metrics.clauses < 4 && !fn.data.kind.startsWith("defmacro")));
  const big = fn.clauses.length > 2 ? longestClause(fn) : null;
  if (big !== null) {
    drafts.push({
      kind: "extract-clause",
      title: "Give the long clause a function of its own",
      explanation: `One clause of \`${name}/${arity}\` has ${big.lines} lines, the others ${big.others} together: what it does can have a name.`,
      gain: 2,
      at: big.clause.node,
    });
  } else if (isBig) {
    drafts.push({
      kind: "split-function",
      title: "Split the function",
      explanation: `\`${name}/${arity}\` has ${metrics.lines} lines, cognitive complexity ${metrics.cognitive} and is nested ${metrics.nesting} deep. The inner construct at its deepest place is a function with a name.`,
      gain: metrics.cognitive > 25 ? 3 : 2,
      at: first.node,
    });
  }
  for (const clause of fn.clauses) drafts.push(...ofClause(clause, fn));
  return drafts;
}

type Long = { readonly clause: ClauseSyntax; readonly lines: number; readonly others: number };

function longestClause({ data, clauses }: FunctionSyntax): Long | null {
  const lines = data.clauses.map(({ range }) => range.endLine - range.line + 1);
  const most = lines.reduce((greatest, count) => Math.max(greatest, count), 0);
  const clause = clauses[lines.indexOf(most)];
  let others = -most;
  for (const one of lines) others += one;
  return clause !== undefined && most > 30 && most > others
    ? { clause, lines: most, others }
    : null;
}

function ofClause(clause: ClauseSyntax, fn: FunctionSyntax): Draft[] {
  const { body, patterns } = clause;
  if (body === null) return [];
  const drafts: Draft[] = [];
  const whole = unwrapped(body);
  const subject = isCall(whole, "case", 2) ? whole.args[0] : undefined;
  if (
    fn.clauses.length === 1 &&
    subject !== undefined &&
    patterns.some((pattern) => isName(pattern) && sameCode(pattern, subject))
  ) {
    drafts.push({
      kind: "case-to-clauses",
      title: "Match in the function's head",
      explanation: `All that \`${fn.data.name}/${fn.data.arity}\` does is a \`case\` on an argument of its own: its clauses can be clauses of the function.`,
      gain: 1,
      at: whole,
    });
  }
  const taken = new Set<Node>();
  walk(body, (node) => {
    if (isCall(node, "quote")) return false;
    if (node.kind !== "call" || taken.has(node)) return true;
    const draft = nestedCase(node, taken) ?? ifChain(node, taken) ?? nestedCalls(node, taken);
    if (draft !== null) drafts.push(draft);
    return true;
  });
  return drafts;
}

function isName(node: Node): boolean {
  return node.kind === "variable" && node.name !== "_";
}

/** `case` whose `{:ok, …}` clause is another such `case`, two and more deep. */
function nestedCase(node: CallNode, taken: Set<Node>): Draft | null {
  let depth = 0;
  for (let at: Node | undefined = node; at !== undefined && passesErrors(at); at = okBranch(at)) {
    depth += 1;
    taken.add(at);
  }
  if (depth < 2) return null;
  return {
    kind: "nested-case-to-with",
    title: "Use with",
    explanation: `${depth} nested \`case\`s go on with \`{:ok, …}\` and pass on what else comes: \`with {:ok, a} <- …, {:ok, b} <- … do\` says the same in one level.`,
    gain: depth > 2 ? 3 : 2,
    at: node,
  };
}

function arrows(node: Node): readonly CallNode[] {
  const call = isCall(node, "case") ? node : null;
  const body = keyword(call?.args.at(-1), "do");
  return body?.kind === "list" ? body.items.filter((item) => isCall(item, "->", 2)) : [];
}

/** Two or three clauses, one of them for success and one for failure. */
function passesErrors(node: Node): boolean {
  const tags = arrows(node).map((arrow) => tagOf(arrow));
  return (
    tags.length >= 2 && tags.length <= 3 && tags.includes("ok") && tags.some((tag) => tag !== "ok")
  );
}

function tagOf(arrow: CallNode): string {
  const [left] = arrow.args;
  const pattern = left?.kind === "list" ? left.items[0] : undefined;
  const tag = tupleItems(pattern)?.[0] ?? pattern;
  return tag?.kind === "atom" ? tag.name : "_";
}

/** The last expression of the `{:ok, …}` clause. */
function okBranch(node: Node): Node | undefined {
  const ok = arrows(node).find((arrow) => tagOf(arrow) === "ok");
  const body = ok?.args[1];
  if (body === undefined) return undefined;
  const last = isCall(body, "__block__") ? body.args.at(-1) : body;
  return last === undefined ? undefined : unwrapped(last);
}

/** `if … else if … else if …` */
function ifChain(node: CallNode, taken: Set<Node>): Draft | null {
  let length = 0;
  for (let at: Node | undefined = node; isCall(at, "if", 2);) {
    length += 1;
    taken.add(at);
    const other: Node | undefined = keyword(at.args[1], "else");
    at = other === undefined ? undefined : unwrapped(other);
  }
  if (length < 3) return null;
  return {
    kind: "if-chain-to-cond",
    title: "Use cond, or clauses",
    explanation: `${length} \`if\`s stand in each other's \`else\`: a \`cond\`, or clauses of a function with guards, puts them side by side.`,
    gain: 2,
    at: node,
  };
}

/** `a(b(c(d(x))))`: each call's first argument is the next call. */
function nestedCalls(node: CallNode, taken: Set<Node>): Draft | null {
  const names: string[] = [];
  for (let at: Node | undefined = node; at !== undefined;) {
    const call = callOf(at);
    if (call === null || call.node !== call.inner || !isFunctionName(call.name) || isConstruct(at))
      break;
    taken.add(at);
    names.unshift(call.name);
    at = call.args[0];
  }
  if (names.length < 4) return null;
  return {
    kind: "calls-to-pipe",
    title: "Use pipes",
    explanation: `${names.length} calls are nested in each other and are read from the inside out: \`${names.map((name) => `${name}(…)`).join(" |> ")}\` reads in the order in which it happens.`,
    gain: 1,
    at: node,
  };
}

/** No operator, no special form. */
function isFunctionName(name: string): boolean {
  return (
    /^[a-z_]/.test(name) &&
    !/^(and|or|in|not|when|fn|unquote|unquote_splicing|sigil_\w+)$/.test(name)
  );
}

function isConstruct(node: Node): boolean {
  return node.kind === "call" && keyword(node.args.at(-1), "do") !== undefined;
}

function outOfInit(finding: Finding): Suggestion[] {
  if (finding.rule !== "blocking-init" || finding.module === null) return [];
  const { file, module, function: fn, range, nodeId } = finding;
  return [
    {
      kind: "work-out-of-init",
      title: "Move the work to handle_continue/2",
      explanation: `Let \`init/1\` of ${module} return \`{:ok, state, {:continue, :start}}\` at once and do this in \`handle_continue(:start, state)\`, which runs before any message.`,
      file,
      module,
      function: fn,
      range,
      nodeId,
      gain: 2,
    },
  ];
}
