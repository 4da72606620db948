// What is done with a tail call behind the `try`. Where it may be one step of a loop it stays a tail call.
// Elsewhere it is made as an ordinary call while the capture module allows it, so that the result is seen.

import { list, type Term } from "@elixirscope/etf";
import { callsVariable, hibernates, sends, targetText, type CallTarget } from "./call-targets.ts";
import {
  annoOf,
  atomNode,
  clauseNode,
  integerNode,
  listNode,
  NO_GUARD,
  node,
  NOWHERE,
  replaced,
  tupleNode,
  variable,
} from "./forms.ts";
import { captureCall, frameCall, namedValueEvent, sendEvent, type Frame } from "./frame.ts";
import type { Jump } from "./jumps.ts";

/** `[K, X…] -> …` of the `try` around the body. */
export function jumpClause(jump: Jump, frame: Frame): Term {
  const { form, target } = jump;
  const anno = annoOf(form);
  const values = Array.from({ length: jump.operands }, () => variable(frame.fresh.next()));
  const pattern = listNode([integerNode(jump.tag), ...values]);
  const call = jump.rebuild(values);
  const before = sends(target) ? sendEvent(frame, anno, target) : null;
  const first = [
    ...(before === null ? [] : [before]),
    ...(hibernates(target) ? [captureCall("hibernating", [])] : []),
  ];
  if (frame.variable === null) return clauseNode([pattern], NO_GUARD, [...first, call]);
  const { sites, locals } = frame.module;
  const text = targetText(target, locals);
  const site = sites.add({ kind: "tail_call", anno, owner: frame.owner, target: text });
  const jumped = [frameCall(frame, "tail", site), call];
  const ends = staysTailCall(jump, frame) ? jumped : [heldOr(jump, frame, call, site, jumped)];
  return clauseNode([pattern], NO_GUARD, [...first, ...ends]);
}

function staysTailCall({ form, target }: Jump, frame: Frame): boolean {
  if (hibernates(target) || callsVariable(form, frame.selfName)) return true;
  if (target.kind !== "local") return false;
  // its code is copied here: it has no entry of its own on the stack
  if (frame.module.inlined.has(inlineKey(target))) return true;
  return frame.module.tailCalls.closesLoop(frame.owner, target);
}

function inlineKey(target: CallTarget & { readonly kind: "local" }): string {
  return `${target.name}/${String(target.arity)}`;
}

function heldOr(jump: Jump, frame: Frame, call: Term, site: Term, jumped: readonly Term[]): Term {
  const anno = annoOf(jump.form);
  const fresh = (): Term => variable(frame.fresh.next());
  const result = fresh();
  const named = namedValueEvent(frame, anno, jump.names, result);
  const ended = frameCall(frame, "return_held", site, [result]);
  const returned = clauseNode([result], NO_GUARD, [...(named === null ? [] : [named]), ended]);
  // on no line: so the probe knows its entry in stack traces (`elixir_scope_stack`)
  const heldCall = replaced(call, { 1: NOWHERE });
  const exception = [fresh(), fresh(), fresh()];
  const again = frameCall(frame, "raise_held", site, exception);
  const raised = clauseNode([tupleNode(exception)], NO_GUARD, [again]);
  const held = captureCall("held", [variable(frame.variable ?? "")]);
  return node(
    "case",
    NOWHERE,
    held,
    list([
      clauseNode([atomNode("true")], NO_GUARD, [
        node("try", NOWHERE, list([heldCall]), list([returned]), list([raised]), list([])),
      ]),
      clauseNode([atomNode("false")], NO_GUARD, jumped),
    ]),
  );
}
