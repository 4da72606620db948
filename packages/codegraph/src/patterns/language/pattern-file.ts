// Pattern files: Elixir text, read by our own parser, that lists patterns with what to say about them.
//
//   pattern "slow-get" do
//     title "A read that may wait for ever"
//     severity :warning
//     explain "`$key` is read without a limit; give the call a timeout."
//     match GenServer.call(_, {:get, $key}, :infinity)
//     where not inside(Task.async(...))
//   end
//
// Several `match` are alternatives, several `where` must all hold.

import {
  expressions,
  isCall,
  keyword,
  parse,
  type CallNode,
  type Node,
  type Source,
} from "@elixirscope/syntax";
import type { FindingCategory, FindingSeverity } from "../finding.ts";
import { alternativesOf, faultIn, namesIn } from "./compile-pattern.ts";
import { compileCondition } from "./conditions.ts";
import type { Condition, Pattern, PatternProblem } from "./pattern.ts";
import { markPlaceholders, MARK, REST, reservedLetterAt } from "./placeholders.ts";

export type PatternRule = Pattern & {
  readonly id: string;
  readonly category: FindingCategory;
  readonly severity: FindingSeverity;
  readonly title: string;
  /** `$name` in it becomes the code that was bound */
  readonly explain: string;
  readonly confidence: number;
  /** also reported in tests */
  readonly inTests: boolean;
};

export type PatternFile = {
  readonly rules: readonly PatternRule[];
  readonly problems: readonly PatternProblem[];
};

/** Reads the text of a pattern file; what is wrong in one pattern does not lose the others. */
export function readPatterns(text: string, file: string): PatternFile {
  const reserved = reservedLetterAt(text);
  const parsed = parse(markPlaceholders(text), { file });
  const reader = new PatternReader(file, parsed.source);
  if (reserved >= 0) {
    const message = `the letter ${MARK} may not be used in patterns`;
    return {
      rules: [],
      problems: [{ code: "syntax", message, file, ...parsed.source.positionAt(reserved) }],
    };
  }
  const broken = parsed.diagnostics.filter(({ severity }) => severity === "error");
  for (const { message, line, column } of broken) {
    reader.problems.push({ code: "syntax", message: asWritten(message), file, line, column });
  }
  for (const node of expressions(parsed.tree)) {
    const isBroken = broken.some(({ start, end }) => start <= node.end && node.start <= end);
    if (!isBroken && node.kind !== "broken") reader.readPattern(node);
  }
  return { rules: reader.rules, problems: reader.problems };
}

type Draft = {
  title: string | null;
  explain: string | null;
  severity: FindingSeverity;
  category: FindingCategory;
  confidence: number;
  inTests: boolean;
  alternatives: Node[];
  wheres: Node[];
};

class PatternReader {
  readonly rules: PatternRule[] = [];
  readonly problems: PatternProblem[] = [];
  readonly #file: string;
  readonly #source: Source;

  constructor(file: string, source: Source) {
    this.#file = file;
    this.#source = source;
  }

  readPattern(node: Node): void {
    const [id] = isCall(node, "pattern", 2) ? node.args : [];
    const body = isCall(node, "pattern", 2) ? keyword(node.args[1], "do") : undefined;
    if (id?.kind !== "string" || body === undefined) {
      this.#problem("unknown_entry", node, 'a pattern begins with `pattern "its-id" do`');
      return;
    }
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id.value)) {
      this.#problem("bad_value", id, "an id is written in small letters with dashes: `slow-get`");
      return;
    }
    if (this.rules.some((rule) => rule.id === id.value)) {
      this.#problem("bad_value", id, `there is already a pattern "${id.value}"`);
      return;
    }
    const before = this.problems.length;
    const draft = this.#readEntries(body);
    if (draft.alternatives.length === 0 && this.problems.length === before) {
      this.#problem("missing", id, `pattern "${id.value}" has no \`match\``);
    }
    const conditions = this.#compile(draft);
    if (this.problems.length > before) return;
    const { title, explain, severity, category, confidence, inTests, alternatives } = draft;
    this.rules.push({
      id: id.value,
      title: title ?? id.value.replaceAll("-", " "),
      explain: explain ?? title ?? "",
      severity,
      category,
      confidence,
      inTests,
      alternatives,
      conditions,
    });
  }

  #readEntries(body: Node): Draft {
    const draft: Draft = {
      title: null,
      explain: null,
      severity: "warning",
      category: "user",
      confidence: 0.8,
      inTests: false,
      alternatives: [],
      wheres: [],
    };
    for (const entry of expressions(body)) this.#readEntry(entry, draft);
    return draft;
  }

  #readEntry(entry: Node, draft: Draft): void {
    if (entry.kind !== "call" || typeof entry.callee !== "string") {
      this.#problem("unknown_entry", entry, "expected `match`, `where`, `title`, …");
      return;
    }
    const [value] = entry.args;
    switch (entry.callee) {
      case "match":
        return this.#readMatch(entry, draft);
      case "where":
        if (value !== undefined && entry.args.length === 1) draft.wheres.push(value);
        else
          this.#problem("bad_value", entry, "`where` takes one condition; join several by `and`");
        return;
      case "title":
      case "explain":
        if (value?.kind === "string") draft[entry.callee] = value.value.trim();
        else this.#problem("bad_value", entry, `\`${entry.callee}\` takes a string`);
        return;
      case "severity":
        return this.#readSeverity(value ?? entry, draft);
      case "category":
        return this.#readCategory(value ?? entry, draft);
      case "confidence":
        if (value?.kind === "float" && value.value >= 0 && value.value <= 1)
          draft.confidence = value.value;
        else this.#problem("bad_value", value ?? entry, "`confidence` is a number from 0.0 to 1.0");
        return;
      case "in_tests":
        if (value?.kind === "atom") draft.inTests = value.name === "true";
        else this.#problem("bad_value", value ?? entry, "`in_tests` is true or false");
        return;
      default:
        this.#problem("unknown_entry", entry, `a pattern has no \`${entry.callee}\``);
    }
  }

  /** `match CODE`, `match do CODE end`, and `match if x do … end`, whose `do` the parser gives to `match`. */
  #readMatch(entry: CallNode, draft: Draft): void {
    const [first, second] = entry.args;
    const pattern = matchedCode(first, second);
    if (pattern === null || entry.args.length > 2) {
      this.#problem("bad_value", entry, "`match` takes one pattern; write alternatives with `|`");
      return;
    }
    const fault = faultIn(pattern);
    if (fault === null) draft.alternatives.push(...alternativesOf(pattern));
    else this.#problem("bad_value", fault.at, fault.message);
  }

  #readSeverity(value: Node, draft: Draft): void {
    const name = value.kind === "atom" ? value.name : "";
    if (name === "info" || name === "warning" || name === "error") draft.severity = name;
    else this.#problem("bad_value", value, "`severity` is :info, :warning or :error");
  }

  #readCategory(value: Node, draft: Draft): void {
    const name = value.kind === "atom" ? value.name : "";
    if (isCategory(name)) draft.category = name;
    else
      this.#problem(
        "bad_value",
        value,
        `\`category\` is one of ${CATEGORIES.map((one) => `:${one}`).join(", ")}`,
      );
  }

  #compile(draft: Draft): readonly Condition[] {
    const bound = draft.alternatives.map(namesIn);
    const [first] = bound;
    const everywhere = new Set(
      first === undefined
        ? []
        : [...first].filter((name) => bound.every((names) => names.has(name))),
    );
    return draft.wheres.flatMap((where) => {
      const fault = faultIn(where);
      if (fault !== null && where.kind !== "variable") {
        this.#problem("bad_condition", fault.at, fault.message);
        return [];
      }
      const compiled = compileCondition(where, everywhere);
      if (compiled.ok) return [compiled.condition];
      this.#problem(compiled.fault.code, compiled.fault.at, compiled.fault.message);
      return [];
    });
  }

  #problem(code: PatternProblem["code"], at: Node, written: string): void {
    const { line, column } = at.meta ?? this.#source.positionAt(at.start);
    const message = asWritten(written);
    this.problems.push({ code, message, file: this.#file, line, column });
  }
}

/** Placeholders in a message as the user wrote them. Keywords end a list, which catches people out. */
function asWritten(message: string): string {
  const hint = message.includes(REST)
    ? " (in lists and maps `...` stands before the keywords)"
    : "";
  return message.replaceAll(REST, "...").replaceAll(MARK, "$") + hint;
}

function matchedCode(first: Node | undefined, second: Node | undefined): Node | null {
  if (first === undefined) return null;
  if (second === undefined) return keyword(first, "do") ?? first;
  if (keyword(second, "do") === undefined || first.kind !== "call") return null;
  return { ...first, args: [...first.args, second], end: second.end };
}

const CATEGORIES: readonly FindingCategory[] = [
  "behaviour",
  "framework",
  "messaging",
  "design",
  "anti_pattern",
  "security",
  "user",
];

function isCategory(name: string): name is FindingCategory {
  return CATEGORIES.some((category) => category === name);
}
