// Rules about exceptions: those that steer the program, and those that are made to disappear.

import { isCall, keyword, walk, type Node } from "@elixirscope/syntax";
import { isModuleName, type Call } from "../code/call.ts";
import { callsIn } from "../code/calls-in.ts";
import type { FileCode } from "../code/file-code.ts";
import { isLiteral } from "../code/literals.ts";
import type { FileRule } from "../rule.ts";

/** A `try`, or a function with sections of its own. */
type Guarded = {
  readonly node: Node;
  readonly body: Node | undefined;
  readonly rescue: readonly Node[];
  readonly catch: readonly Node[];
};

function guardedParts(code: FileCode): readonly Guarded[] {
  const found: Guarded[] = [];
  for (const name of ["try", "def", "defp"]) {
    for (const { node, args } of code.calls(name)) {
      const blocks = args.at(-1);
      const sections = {
        rescue: clauses(keyword(blocks, "rescue")),
        catch: clauses(keyword(blocks, "catch")),
      };
      if (sections.rescue.length + sections.catch.length === 0) continue;
      found.push({ node, body: keyword(blocks, "do"), ...sections });
    }
  }
  return found;
}

function clauses(section: Node | undefined): readonly Node[] {
  return section?.kind === "list" ? section.items.filter((item) => isCall(item, "->", 2)) : [];
}

function patternsOf(clause: Node): readonly Node[] {
  const left = clause.kind === "call" ? clause.args[0] : undefined;
  if (left?.kind !== "list") return [];
  const [first] = left.items;
  return isCall(first, "when") ? first.args.slice(0, -1) : left.items;
}

function bodyOf(clause: Node): Node | null {
  return clause.kind === "call" ? (clause.args[1] ?? null) : null;
}

export const exceptionsAsControlFlow: FileRule = {
  id: "exceptions-as-control-flow",
  category: "anti_pattern",
  severity: "warning",
  title: "An exception decides what happens next",
  about:
    "raise or throw caught in the same function, and try around a call that has a form without exception",
  inTests: false,
  check: (code, report) => {
    for (const guarded of guardedParts(code)) {
      const reason = ownThrow(guarded, code) ?? ownRaise(guarded, code) ?? bangCall(guarded, code);
      if (reason === null) continue;
      report(
        guarded.node.kind === "call" && guarded.node.callee === "try"
          ? guarded.node
          : (reason.at ?? guarded.node),
        {
          explanation: reason.text,
          confidence: 0.75,
        },
      );
    }
  },
};

type Reason = { readonly text: string; readonly at: Node | null };

/** `throw` and `catch` of it in one function. */
function ownThrow({ body, catch: caught }: Guarded, code: FileCode): Reason | null {
  if (body === undefined || !caught.some(takesThrow)) return null;
  const thrown = callsIn(body, code).find(
    (call) => call.name === "throw" && call.receiver === null,
  );
  if (thrown === undefined) return null;
  return {
    at: thrown.node,
    text: `\`${code.text(thrown.node, 40)}\` is caught in the same function: it is a jump. Return the value, or leave the loop with \`Enum.reduce_while/3\` or \`Enum.find_value/2\`.`,
  };
}

function takesThrow(clause: Node): boolean {
  const patterns = patternsOf(clause);
  const [kind] = patterns;
  return patterns.length === 1 || (kind?.kind === "atom" && kind.name === "throw");
}

/** `raise X` inside, `rescue X` (or anything) beside it. */
function ownRaise({ body, rescue }: Guarded, code: FileCode): Reason | null {
  if (body === undefined || rescue.length === 0) return null;
  for (const call of callsIn(body, code)) {
    if (call.name !== "raise" || call.receiver !== null || isNested(call.node, body, code))
      continue;
    const exception = raised(call, code);
    if (!rescue.some((clause) => rescues(clause, exception, code) && !raisesAgain(clause, code)))
      continue;
    return {
      at: call.node,
      text: `\`${code.text(call.node, 40)}\` is rescued in the same function. Return \`{:error, reason}\` and match on it, or use \`with\`.`,
    };
  }
  return null;
}

/** In a closure the raise may leave by another way. */
function isNested(node: Node, body: Node, code: FileCode): boolean {
  for (const ancestor of code.ancestors(node)) {
    if (ancestor === body) return false;
    if (isCall(ancestor, "try")) return true;
  }
  return false;
}

function raised({ args }: Call, code: FileCode): string | null {
  const [first] = args;
  if (first === undefined) return null;
  if (isModuleName(first)) return code.moduleNamed(first);
  if (isCall(first, "%", 2) && first.args[0] !== undefined) return code.moduleNamed(first.args[0]);
  return first.kind === "string" || isCall(first, "<<>>") ? "RuntimeError" : null;
}

function rescues(clause: Node, exception: string | null, code: FileCode): boolean {
  const [pattern] = patternsOf(clause);
  if (pattern === undefined) return false;
  if (pattern.kind === "variable") return true;
  const names = isCall(pattern, "in", 2) ? pattern.args[1] : pattern;
  if (names === undefined || exception === null) return false;
  const listed = names.kind === "list" ? names.items : [names];
  return listed.some((name) => code.moduleNamed(name) === exception);
}

function raisesAgain(clause: Node, code: FileCode): boolean {
  const body = bodyOf(clause);
  return (
    body !== null &&
    callsIn(body, code).some(
      ({ name }) => name === "raise" || name === "reraise" || name === "exit" || name === "throw",
    )
  );
}

/** Calls that raise for what is normal, and what to use instead. */
const TWINS: Readonly<Record<string, string>> = {
  "Map.fetch!": "Map.fetch/2",
  "Keyword.fetch!": "Keyword.fetch/2",
  "Enum.fetch!": "Enum.fetch/2",
  "String.to_integer": "Integer.parse/1",
  "String.to_float": "Float.parse/1",
  "File.read!": "File.read/1",
  "File.write!": "File.write/2",
  "File.stat!": "File.stat/1",
  "File.ls!": "File.ls/1",
  "Jason.decode!": "Jason.decode/1",
  "Poison.decode!": "Poison.decode/1",
  "Base.decode64!": "Base.decode64/1",
  "Base.decode16!": "Base.decode16/1",
  "Date.from_iso8601!": "Date.from_iso8601/1",
  "DateTime.from_naive!": "DateTime.from_naive/2",
  "NaiveDateTime.from_iso8601!": "NaiveDateTime.from_iso8601/1",
  "Time.from_iso8601!": "Time.from_iso8601/1",
  "Version.parse!": "Version.parse/1",
  "Application.fetch_env!": "Application.fetch_env/2",
  "System.fetch_env!": "System.fetch_env/1",
};

const REPO_TWINS: Readonly<Record<string, string>> = {
  "get!": "get/2",
  "get_by!": "get_by/2",
  "one!": "one/1",
  "insert!": "insert/1",
  "update!": "update/1",
};

/** The protected code is one call for which there is a form that answers instead of raising. */
function bangCall({ node, body, rescue }: Guarded, code: FileCode): Reason | null {
  if (
    body === undefined ||
    rescue.length === 0 ||
    rescue.some((clause) => raisesAgain(clause, code))
  )
    return null;
  const raising = callsIn(body, code).filter(
    (call) => call.receiver !== null || isCall(call.node, "raise"),
  );
  for (const call of raising) {
    const twin = twinOf(call, code);
    if (twin === null || raising.some((other) => other !== call && mayRaise(other, code))) continue;
    return {
      at: node,
      text: `\`${code.text(call.node, 40)}\` is called only to rescue what it raises. \`${twin}\` answers instead: match on that.`,
    };
  }
  return null;
}

function twinOf(call: Call, code: FileCode): string | null {
  const module = code.moduleOf(call);
  if (module === null) return null;
  if (/(^|\.)Repo$/.test(module)) {
    const twin = REPO_TWINS[call.name];
    return twin === undefined ? null : `${module}.${twin}`;
  }
  return TWINS[`${module}.${call.name}`] ?? null;
}

/** Another remote call in the `try` may be what the rescue is for. */
function mayRaise(call: Call, code: FileCode): boolean {
  const module = code.moduleOf(call);
  return (
    module === null ||
    !/^(Logger|Map|List|Keyword|Enum|IO|Kernel|Atom|Tuple)$/.test(module) ||
    call.name.endsWith("!")
  );
}

export const swallowedErrors: FileRule = {
  id: "swallowed-errors",
  category: "anti_pattern",
  severity: "warning",
  title: "Every error disappears here",
  about: "rescue or catch of anything that neither logs nor passes on what happened",
  inTests: false,
  check: (code, report) => {
    for (const { rescue, catch: caught } of guardedParts(code)) {
      for (const clause of rescue) {
        if (takesEverything(clause) && forgets(clause, code))
          reportSwallowed(clause, "rescue", code, report);
      }
      for (const clause of caught) {
        if (catchesEverything(clause) && forgets(clause, code))
          reportSwallowed(clause, "catch", code, report);
      }
    }
  },
};

function reportSwallowed(
  clause: Node,
  section: string,
  code: FileCode,
  report: (at: Node, evidence: { explanation: string; confidence: number }) => void,
): void {
  const pattern = patternsOf(clause)
    .map((one) => code.text(one, 20))
    .join(", ");
  const body = bodyOf(clause);
  report(clause, {
    explanation: `\`${section} ${pattern} -> ${body === null ? "" : code.text(body, 30)}\` turns every error, bugs included, into an ordinary answer, and leaves no trace of it. Name the exceptions that are expected; let the rest crash, or log them with their stack trace.`,
    confidence: 0.8,
  });
}

function takesEverything(clause: Node): boolean {
  const [pattern] = patternsOf(clause);
  return pattern?.kind === "variable";
}

function catchesEverything(clause: Node): boolean {
  const patterns = patternsOf(clause);
  return patterns.length === 2 && patterns.every(({ kind }) => kind === "variable");
}

/** The body mentions nothing of what was caught, and does not log, report or raise. */
function forgets(clause: Node, code: FileCode): boolean {
  const body = bodyOf(clause);
  if (body === null) return false;
  const names = new Set(
    patternsOf(clause).flatMap((pattern) => (pattern.kind === "variable" ? [pattern.name] : [])),
  );
  let mentioned = false;
  walk(body, (node) => {
    if (node.kind === "variable" && (names.has(node.name) || node.name === "__STACKTRACE__"))
      mentioned = true;
    return !mentioned;
  });
  if (mentioned) return false;
  if (isLiteral(body)) return true;
  return callsIn(body, code).every((call) => !tells(call, code));
}

function tells(call: Call, code: FileCode): boolean {
  if (/^(raise|reraise|exit|throw)$/.test(call.name) || call.name.endsWith("!")) return true;
  const module = code.moduleOf(call) ?? "";
  return (
    /^(Logger|Sentry|Honeybadger|AppSignal|:telemetry|:logger|IO|Mix)/.test(module) ||
    /(log|report|error|warn|fail)/.test(call.name)
  );
}

export const ERROR_RULES: readonly FileRule[] = [exceptionsAsControlFlow, swallowedErrors];
