// A tail call taken apart: its operands are evaluated where it stood, the call itself is made elsewhere.
//
// What is no fun, no module or a built-in function does not jump: the virtual machine finds that out while
// the caller is still on the stack, and the caller is in the trace (measured on OTP 25, 27 and 29).

import { list, type Term } from "@elixirscope/etf";
import { callsVariable, callTarget, endingOf, isApply, type CallTarget } from "./call-targets.ts";
import { expressions } from "./expressions.ts";
import {
  atomNode,
  clauseNode,
  integerNode,
  isLiteral,
  itemsOf,
  kindOf,
  NO_GUARD,
  node,
  NOWHERE,
  part,
  remoteCall,
  replaced,
} from "./forms.ts";
import type { Frame } from "./frame.ts";

export type Jump = {
  /** first element of the list that stands for it */
  readonly tag: number;
  readonly form: Term;
  readonly target: CallTarget;
  /** how many values the list has behind the tag */
  readonly operands: number;
  /** the call, made of these values */
  readonly rebuild: (values: readonly Term[]) => Term;
  readonly names: readonly string[];
};

/** The operands in the order of evaluation, transformed. Literals stay in the call. */
export function takenApart(
  form: Term,
  frame: Frame,
): { readonly operands: Term[]; readonly rebuild: (values: readonly Term[]) => Term } {
  const callee = part(form, 2);
  const isRemote = kindOf(callee) === "remote";
  const head = isRemote ? [part(callee, 2), part(callee, 3)] : [callee];
  const parts = [...head, ...itemsOf(part(form, 3))];
  const operands = expressions(
    parts.filter((each) => !isLiteral(each)),
    frame,
  );
  const rebuild = (values: readonly Term[]): Term => {
    const rest = values.values();
    const all = parts.map((each) => (isLiteral(each) ? each : (rest.next().value ?? each)));
    const [first = callee, second = callee] = all;
    const made = isRemote ? replaced(callee, { 2: first, 3: second }) : first;
    return replaced(form, { 2: made, 3: list(all.slice(head.length)) });
  };
  return { operands, rebuild };
}

type Condition = (call: Term, jump: Term, stay: Term) => Term;

/** Which of the two happens where that depends on values; null: it always jumps. */
export function jumpCondition(form: Term, frame: Frame): Condition | null {
  const target = callTarget(form, frame.module.locals);
  if (target.kind === "remote" && endingOf(target) === "jump_unless_built_in") {
    const mfa = [atomNode(target.module), atomNode(target.name)];
    const isBuiltIn = test("is_builtin", [...mfa, integerNode(target.arity)]);
    return (_call, jump, stay) =>
      node(
        "case",
        NOWHERE,
        isBuiltIn,
        list([
          clauseNode([atomNode("true")], NO_GUARD, [stay]),
          clauseNode([atomNode("false")], NO_GUARD, [jump]),
        ]),
      );
  }
  const always = callsVariable(form, frame.selfName);
  if (always || (target.kind !== "fun" && target.kind !== "dynamic")) return null;
  return (call, jump, stay) => {
    const guards = valueTests(call).map(([name, ...terms]) => test(name, terms));
    return node(
      "if",
      NOWHERE,
      list([
        clauseNode([], list([list(guards)]), [jump]),
        clauseNode([], list([list([atomNode("true")])]), [stay]),
      ]),
    );
  };
}

function test(name: string, terms: readonly Term[]): Term {
  return remoteCall(NOWHERE, "erlang", name, terms);
}

/** Guards that hold when a call of a fun or of a module in a variable jumps. */
function valueTests(call: Term): [string, ...Term[]][] {
  const callee = part(call, 2);
  const args = itemsOf(part(call, 3));
  const [first = callee, second = callee, third = callee] = args;
  if (isApply(callee) && args.length === 2) {
    return [["is_function", first, test("length", [second])]];
  }
  if (isApply(callee)) {
    const length = test("length", [third]);
    return [
      ["is_atom", first],
      ["is_atom", second],
      ["is_integer", length],
    ];
  }
  if (kindOf(callee) === "remote") {
    return [
      ["is_atom", part(callee, 2)],
      ["is_atom", part(callee, 3)],
    ];
  }
  return [["is_function", callee, integerNode(args.length)]];
}
