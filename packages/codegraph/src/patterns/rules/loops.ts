// Rules about work that is repeated: queries per element, and copies that grow with what was done before.

import { isCall, type Node } from "@elixirscope/syntax";
import { bindingOf } from "../code/bindings.ts";
import { callOf, type Call } from "../code/call.ts";
import type { FileCode } from "../code/file-code.ts";
import { interpolations } from "../code/literals.ts";
import { isFixedCollection, loopAround, type Loop } from "../code/loops.ts";
import { callGiven } from "../code/origins.ts";
import { isRepo } from "../code/slow-calls.ts";
import type { FileRule } from "../rule.ts";

const PER_ROW =
  /^(all|one!?|get!?|get_by!?|preload|aggregate|exists\?|reload!?|insert!?|update!?|delete!?|insert_or_update!?|update_all|delete_all)$/;
const WRITES = /^(insert|update|delete|insert_or_update|update_all|delete_all)!?$/;

export const nPlusOne: FileRule = {
  id: "n-plus-one",
  category: "anti_pattern",
  severity: "warning",
  title: "One query per element",
  about:
    "Repo calls inside Enum, Stream and for, directly or in a function of the module that the loop calls",
  inTests: false,
  check: (code, report) => {
    if (/(^|\/)(migrations|seeds?)(\/|\.exs$)/.test(code.file)) return;
    const seen = new Set<Node>();
    for (const call of queries(code)) {
      const loop = loopAround(call.node, code);
      if (loop !== null) reportQuery(call, call.node, loop);
      else
        for (const [caller, around] of loopedCallers(call, code)) reportQuery(call, caller, around);
    }

    function reportQuery(call: Call, at: Node, loop: Loop): void {
      if (seen.has(at) || isFixedCollection(loop.over, code) || isChunked(loop, code)) return;
      seen.add(at);
      const what = code.text(call.node, 50);
      const instead = WRITES.test(call.name)
        ? "`insert_all`, `update_all` or an `Ecto.Multi` does it in one round trip."
        : "Load them all before the loop (`where: x.id in ^ids`, a join or `preload`) and look them up in a map.";
      report(at, {
        explanation: `\`${loop.text}\` runs \`${what}\` once per element: a hundred elements are a hundred round trips to the database. ${instead}`,
        confidence: at === call.node ? 0.9 : 0.8,
      });
    }
  },
};

function queries(code: FileCode): readonly Call[] {
  const found: Call[] = [];
  for (const name of QUERY_NAMES) {
    for (const call of code.calls(name)) {
      const module = call.receiver === null ? null : code.moduleOf(call);
      if (module !== null && isRepo(module) && PER_ROW.test(name)) found.push(call);
    }
  }
  return found;
}

const QUERY_NAMES =
  "all one one! get get! get_by get_by! preload aggregate exists? reload reload! insert insert! update update! delete delete! insert_or_update insert_or_update! update_all delete_all".split(
    " ",
  );

/** Batches of many are what the rule asks for. */
function isChunked(loop: Loop, code: FileCode): boolean {
  return loop.over !== null && /chunk_every|chunk_by/.test(code.text(loop.over, 600));
}

/** Calls in a loop of the private function that the query stands in, with the loop. */
function loopedCallers(query: Call, code: FileCode): readonly [Node, Loop][] {
  const fn = code.placeOf(query.node)?.function;
  if (fn === undefined || fn === null) return [];
  const found: [Node, Loop][] = [];
  for (const call of code.calls(fn.data.name)) {
    if (code.localFunction(call) !== fn || code.placeOf(call.node)?.function === fn) continue;
    const loop = loopAround(call.node, code);
    if (loop !== null) found.push([call.node, loop]);
  }
  for (const capture of code.calls("&")) {
    const named = isCall(capture.args[0], "/", 2) ? capture.args[0].args[0] : undefined;
    if (named?.kind !== "variable" || named.name !== fn.data.name) continue;
    const given = callGiven(capture.node, code);
    if (given === null || code.ownModule(capture.node) !== fn.data.module) continue;
    if (!/^(Enum|Stream)$/.test(code.moduleOf(given) ?? "")) continue;
    const over = given.args.find((arg) => arg !== capture.node) ?? null;
    found.push([
      capture.node,
      {
        node: given.node,
        over,
        closure: capture.node,
        text: `${code.moduleOf(given) ?? ""}.${given.name}`,
      },
    ]);
  }
  return found;
}

export const appendInLoop: FileRule = {
  id: "append-in-loop",
  category: "anti_pattern",
  severity: "warning",
  title: "A list is copied for every element",
  about: "`acc ++ [x]` on the accumulator of a reduce or of a recursive function",
  inTests: false,
  check: (code, report) => {
    for (const call of code.calls("++")) {
      const [left] = call.args;
      if (left === undefined) continue;
      const how = accumulatorHow(left, call.node, code);
      if (how === null) continue;
      report(call.node, {
        explanation: `\`${code.text(call.node, 40)}\` copies all of \`${code.text(left, 20)}\` each time ${how}: n elements cost n²/2 copies. Put the new element in front (\`[x | acc]\`) and call \`Enum.reverse/1\` once at the end.`,
        confidence: 0.85,
      });
    }
  },
};

export const stringConcatInLoop: FileRule = {
  id: "string-concat-in-loop",
  category: "anti_pattern",
  severity: "warning",
  title: "A string is copied for every element",
  about: '`x <> acc` and "#{x}#{acc}" on the accumulator of a reduce or of a recursive function',
  inTests: false,
  check: (code, report) => {
    for (const call of code.calls("<>")) {
      if (isCall(code.parentOf(call.node) ?? undefined, "<>")) continue;
      const parts = operands(call.node, "<>");
      reportPrepended(parts, call.node);
    }
    for (const call of code.calls("<<>>")) {
      const holes = interpolations(call.node);
      const leads = call.args[0]?.kind !== "string";
      if (holes.length > 0) reportPrepended(leads ? holes : [call.node, ...holes], call.node);
    }

    function reportPrepended(parts: readonly Node[], at: Node): void {
      for (const part of parts.slice(1)) {
        const how = accumulatorHow(part, at, code);
        if (how === null) continue;
        report(at, {
          explanation: `\`${code.text(at, 40)}\` writes all of \`${code.text(part, 20)}\` anew each time ${how}, since the accumulator does not come first: n elements cost n² bytes of copying. Collect the pieces in a list and make the string once with \`IO.iodata_to_binary/1\` or \`Enum.map_join/3\`.`,
          confidence: 0.8,
        });
        return;
      }
    }
  },
};

/** `a <> b <> c` from left to right. */
function operands(node: Node, operator: string): readonly Node[] {
  const found: Node[] = [];
  const stack = [node];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isCall(at, operator, 2)) stack.push(...at.args.toReversed());
    else found.push(at);
  }
  return found;
}

/** How the value comes round again: the accumulator of a reduce, or an argument of the function passed on to itself. */
function accumulatorHow(variable: Node, expression: Node, code: FileCode): string | null {
  if (variable.kind !== "variable") return null;
  const binding = bindingOf(variable, code);
  if (binding === null || !binding.whole) return null;
  if (binding.kind === "closure" && binding.value !== null) {
    const call = callGiven(binding.value, code);
    if (
      call === null ||
      !/^(reduce|reduce_while|map_reduce|flat_map_reduce|foldl|foldr|scan|transform)$/.test(
        call.name,
      )
    )
      return null;
    if (binding.index !== 1) return null;
    return isNewAccumulator(expression, binding.value, code)
      ? `\`${call.name}\` takes an element`
      : null;
  }
  return binding.kind === "parameter" ? recursionHow(expression, binding.index, code) : null;
}

/** The expression is (in) what the closure returns, not something made on the side. */
function isNewAccumulator(expression: Node, closure: Node, code: FileCode): boolean {
  for (const ancestor of code.ancestors(expression)) {
    if (ancestor === closure) return true;
    const call = callOf(ancestor);
    if (call !== null && call.receiver !== null) return false;
  }
  return false;
}

/** `loop(rest, acc ++ [x])` inside `loop`. */
function recursionHow(expression: Node, index: number, code: FileCode): string | null {
  const fn = code.placeOf(expression)?.function;
  if (fn === undefined || fn === null) return null;
  const parent = code.parentOf(expression);
  const call = parent === null ? null : callOf(parent);
  const again = call === null ? null : code.localFunction(call);
  if (call === null || again !== fn || call.args[index] !== expression) return null;
  return `\`${fn.data.name}/${fn.data.arity}\` calls itself`;
}

export const LOOP_RULES: readonly FileRule[] = [nPlusOne, appendInLoop, stringConcatInLoop];
