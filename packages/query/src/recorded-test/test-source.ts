// The text of an ExUnit test of one call, laid out as `mix format` does it.

import { functionSource, quoted } from "./name-source.ts";
import { group, layoutSource, leaf, type SourceNode } from "./source-node.ts";

/** How the call ended. `caught` is what `catch_error` and its like give. */
export type Ending =
  | { readonly kind: "returned"; readonly value: SourceNode }
  | { readonly kind: "raised"; readonly exception: string; readonly message: string }
  | {
      readonly kind: "caught";
      readonly class: "error" | "exit" | "throw";
      readonly reason: SourceNode;
    };

export type TestParts = {
  readonly module: string;
  readonly title: string;
  readonly comments: readonly string[];
  /** as the VM names it */
  readonly calledModule: string;
  readonly calledFunction: string;
  readonly args: readonly { readonly name: string; readonly source: SourceNode }[];
  /** variables that the sources name */
  readonly named: readonly { readonly name: string; readonly text: string }[];
  readonly ending: Ending;
};

const INDENT = 4;
const LINE = 98;
/** A longer argument gets a name. */
const INLINE = 40;

export function testSource(parts: TestParts): string {
  const { module, title, comments, named } = parts;
  const bound = parts.args.filter(({ source }) => needsName(source));
  const args = parts.args.map(({ name, source }) => (needsName(source) ? leaf(name) : source));
  const isShort =
    callWidth(
      parts,
      parts.args.map(({ source }) => source),
    ) <= LINE;
  const call = callNode(parts, isShort ? parts.args.map(({ source }) => source) : args);
  const bindings = [
    ...named.map(({ name, text }) => `${name} = ${text}`),
    ...(isShort ? [] : bound.map(({ name, source }) => assigned(name, source))),
  ];
  const body = [
    ...apart(bindings),
    ...(bindings.length > 0 ? [""] : []),
    ...assertion(call, parts.ending),
  ];
  return [
    `defmodule ${module} do`,
    "  use ExUnit.Case",
    "",
    ...comments.map((comment) => `  # ${comment}`),
    `  test ${quoted(title)} do`,
    ...body.map((line) => (line === "" ? "" : `${" ".repeat(INDENT)}${line}`)),
    "  end",
    "end",
    "",
  ].join("\n");
}

/** An expression of several lines stands alone. */
function apart(expressions: readonly string[]): readonly string[] {
  return expressions.flatMap((expression, i) => {
    const isApart = expression.includes("\n") || expressions[i - 1]?.includes("\n") === true;
    return i > 0 && isApart ? ["", expression] : [expression];
  });
}

function needsName(source: SourceNode): boolean {
  return source.kind !== "leaf" || source.width > INLINE;
}

function assigned(name: string, source: SourceNode): string {
  const head = `${name} = `;
  return `${head}${layoutSource(source, INDENT, INDENT + head.length)}`;
}

function callNode(
  { calledModule, calledFunction }: TestParts,
  args: readonly SourceNode[],
): SourceNode {
  const pieces = args.map((node) => ({ joint: ", ", prefix: "", node }) as const);
  return group(`${functionSource(calledModule, calledFunction)}(`, pieces, ")");
}

/** Of the whole assertion on one line. */
function callWidth(parts: TestParts, args: readonly SourceNode[]): number {
  const { ending } = parts;
  const call = INDENT + "assert ".length + callNode(parts, args).width;
  switch (ending.kind) {
    case "returned":
      return call + " === ".length + ending.value.width;
    case "caught":
      return call + "catch_error() === ".length + ending.reason.width;
    case "raised":
      return call;
    default:
      return ending satisfies never;
  }
}

/** Lines without their indentation, but for those inside of a term. */
function assertion(call: SourceNode, ending: Ending): readonly string[] {
  const written = layoutSource(call, INDENT, INDENT);
  if (ending.kind === "raised") {
    const head = `assert_raise ${ending.exception}, ${quoted(ending.message)}, fn ->`;
    return [head, `  ${layoutSource(call, INDENT + 2, INDENT + 2)}`, "end"];
  }
  const [called, expected] =
    ending.kind === "returned"
      ? [written, ending.value]
      : [`catch_${ending.class}(${written})`, ending.reason];
  const head = `assert ${called} === `;
  if (INDENT + head.length + expected.width <= LINE) {
    return [`${head}${layoutSource(expected, INDENT, INDENT)}`];
  }
  return [assigned("expected", expected), "", `${head}expected`];
}
