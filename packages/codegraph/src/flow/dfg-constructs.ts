// Values made of parts: lists, tuples, maps, structs, binaries, interpolated strings, ranges. A container
// of constants is a constant.

import { pushAll } from "@elixirscope/base";
import { isCall, remoteCall, type CallNode, type Node } from "@elixirscope/syntax";
import { binarySegment, sizeExpressions } from "./dfg-binaries.ts";
import type { FlowKind } from "./dfg.ts";
import { keySelector } from "./dfg-paths.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import { nodeOf, type DfgWalker, type Operand } from "./dfg-walker.ts";

/** A part of the value under construction, and where it goes. */
export type Part = {
  readonly operand: Operand;
  readonly path: string | null;
  readonly kind?: FlowKind;
  /** what cannot be put in, or updated, is in the exception */
  readonly refusable?: true;
};

/** Evaluates operands of one expression: none sees what another one binds, what follows sees it all. */
export function* evaluateAll(
  walker: DfgWalker,
  operands: readonly Operand[],
  values: number[],
): Steps {
  const mark = walker.bindings.mark();
  let bound: ReadonlyMap<string, number>[] | null = null;
  for (const operand of operands) {
    values.push(walker.leaf(operand) ?? (yield walker.steps(nodeOf(operand))));
    if (walker.bindings.mark() === mark) continue;
    bound ??= [];
    bound.push(walker.bindings.take(mark));
  }
  for (const names of bound ?? []) walker.bindings.setAll(names);
  return CONSTANT;
}

export function* construct(walker: DfgWalker, node: Node, parts: readonly Part[]): Steps {
  const values: number[] = [];
  yield* evaluateAll(
    walker,
    parts.map((part) => part.operand),
    values,
  );
  if (values.every((value) => value === CONSTANT)) return CONSTANT;
  const made = walker.draft.define("value", null, node);
  parts.forEach(({ operand, path, kind = "construct", refusable }, i) => {
    const given = { value: values[i] ?? CONSTANT, node: nodeOf(operand) };
    walker.draft.flow(kind, given.value, made, given.node, path);
    if (refusable === true) walker.raised?.push(given);
  });
  return made;
}

export function listParts(items: readonly Node[]): readonly Part[] {
  return items.flatMap((item, i): readonly Part[] => {
    if (item.kind === "pair" && item.left.kind === "atom") {
      return [{ operand: item.right, path: keySelector(item.left) }];
    }
    if (isCall(item, "|", 2)) {
      const [head, tail] = item.args;
      if (head === undefined || tail === undefined) return [];
      return [
        { operand: head, path: `[${i}]` },
        { operand: tail, path: `[${i + 1}..]` },
      ];
    }
    return [{ operand: item, path: `[${i}]` }];
  });
}

export function tuple(walker: DfgWalker, node: Node, operands: readonly Operand[]): Steps {
  const parts = operands.map((operand, i) => ({ operand, path: `{${i}}` }));
  return construct(walker, node, parts);
}

export function map(walker: DfgWalker, node: Node, operands: readonly Operand[]): Steps {
  return construct(walker, node, mapParts(operands.map(nodeOf)));
}

/** `%Name{…}`; the name may be a value. */
export function struct(walker: DfgWalker, node: Node, operands: readonly Operand[]): Steps {
  const [name, fields] = operands.map(nodeOf);
  const parts: Part[] = [];
  if (name !== undefined && name.kind !== "call")
    parts.push({ operand: name, path: ".__struct__" });
  if (fields !== undefined && isCall(fields, "%{}")) pushAll(parts, mapParts(fields.args));
  return construct(walker, node, parts);
}

/** Entries, also behind `old |`: then the old value stays around the new ones. */
function mapParts(args: readonly Node[]): readonly Part[] {
  const [first] = args;
  if (first !== undefined && isCall(first, "|", 2)) {
    const [old, entries] = first.args;
    if (old === undefined) return [];
    const entry = entries?.kind === "list" ? entries.items : [];
    return [{ operand: old, path: null, kind: "copy", refusable: true }, ...mapParts(entry)];
  }
  return args.flatMap((arg): readonly Part[] => {
    if (arg.kind !== "pair") return [{ operand: arg, path: "…" }];
    const value = { operand: arg.right, path: keySelector(arg.left) };
    return arg.left.kind === "atom" ? [value] : [{ operand: arg.left, path: "…" }, value];
  });
}

export function binary(walker: DfgWalker, node: Node, operands: readonly Operand[]): Steps {
  const parts = operands.map(nodeOf).flatMap((segment, i): readonly Part[] => {
    const { value, spec } = binarySegment(segment);
    const shown = interpolated(value);
    const part: Part =
      shown === null
        ? { operand: value, path: `<<${i}>>` }
        : { operand: shown, path: `<<${i}>>`, refusable: true };
    const sizes = spec === null ? [] : sizeExpressions(spec);
    return [part, ...sizes.map((operand): Part => ({ operand, path: null, kind: "operand" }))];
  });
  return construct(walker, node, parts);
}

/** The expression of `#{…}`, which is `Kernel.to_string(…)` with the module as an atom. */
function interpolated(value: Node): Node | null {
  const remote = remoteCall(value);
  const { receiver } = remote ?? {};
  if (receiver?.kind !== "atom" || receiver.name !== "Elixir.Kernel") return null;
  return remote?.args[0] ?? null;
}

/** `a..b`, `a..b//c`. */
export function range(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const fields = [".first", ".last", ".step"];
  const parts = operands.map((operand, i) => ({ operand, path: fields[i] ?? null }));
  return construct(walker, node, parts);
}

export function concatenation(
  walker: DfgWalker,
  node: CallNode,
  operands: readonly Operand[],
): Steps {
  const parts = operands.map((operand, i) => ({ operand, path: `<<${i}>>` }));
  return construct(walker, node, parts);
}
