// put_in, update_in, pop_in and get_and_update_in with a path: `put_in(data[key].field, value)`.
//
// The path is not read and then written: each step updates within the step before it. So its keys are
// evaluated one by one between the steps, a step that fails ends it before the next key, and the value
// comes last; a function only before the innermost step. A step may find nothing to go on with.

import { pushAll } from "@elixirscope/base";
import type { Node } from "@elixirscope/syntax";
import { type RemoteCall, remoteCall } from "@elixirscope/syntax";
import { behind, type Construct, type FlowBuilder, type Open } from "./cfg-builder.ts";
import { parts } from "./cfg-terms.ts";

/** One of the path: `[key]`, or a field without one. */
type PathStep = { readonly node: Node; readonly key: Node | null };

/** `put_in(path, value)`, `pop_in(path)` */
export const pathUpdate: Construct = function* (b, node, args) {
  const [path, ...others] = args;
  if (path === undefined) return;
  const { data, steps } = pathSteps(path);
  const skipped: Open[] = [];
  yield parts(b, [data]);
  for (const step of steps) {
    if (step.key !== null) yield parts(b, [step.key]);
    take(b, step, skipped);
  }
  yield parts(b, others);
  pushAll(b.open, skipped);
  b.call(node);
};

/** `update_in(path, fun)`, `get_and_update_in(path, fun)` */
export const pathFunction: Construct = function* (b, node, args) {
  const [path, ...others] = args;
  if (path === undefined) return;
  const { data, steps } = pathSteps(path);
  const skipped: Open[] = [];
  yield parts(b, [data]);
  for (const [index, step] of steps.entries()) {
    if (step.key !== null) yield parts(b, [step.key]);
    if (index === steps.length - 1) yield parts(b, others);
    take(b, step, skipped);
  }
  pushAll(b.open, skipped);
  b.call(node);
};

function take(b: FlowBuilder, { node, key }: PathStep, skipped: Open[]): void {
  const at = b.place("call", node, b.text(node), behind(node));
  b.raise(at);
  if (key !== null) skipped.push({ from: at, kind: "skip" });
}

/** What the path begins with, and its steps from there. */
function pathSteps(path: Node): { readonly data: Node; readonly steps: readonly PathStep[] } {
  const steps: PathStep[] = [];
  let data = path;
  for (let step = remoteCall(data); step !== null; step = remoteCall(data)) {
    const { node, receiver, args } = step;
    const [inner, key] = args;
    if (isAccess(step) && inner !== undefined && key !== undefined) {
      steps.push({ node, key });
      data = inner;
    } else if (args.length === 0 && node.meta?.noParens === true) {
      steps.push({ node, key: null });
      data = receiver;
    } else break;
  }
  return { data, steps: steps.toReversed() };
}

/** `data[key]`; `Access.get(data, key)` written out has an alias. */
function isAccess({ receiver, name }: RemoteCall): boolean {
  return name === "get" && receiver.kind === "atom" && receiver.name === "Elixir.Access";
}
