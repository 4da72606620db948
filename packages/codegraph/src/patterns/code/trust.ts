// Is a value input: something that a user, a client or another system chose? With how sure that is.
//
// Arguments of framework entries are input for sure. Arguments of public functions may be. Those of
// private functions are what their callers in the module pass.

import type { Node } from "@elixirscope/syntax";
import { isCall } from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax } from "../../module/module-syntax.ts";
import type { Call } from "./call.ts";
import type { FileCode, Place } from "./file-code.ts";
import { originsOf, results, type Origin } from "./origins.ts";
import { rolesOf, type ModuleRole } from "./roles.ts";

export type Input = {
  /** 0.9 and more: it is; 0.7: its name says so; 0.6: a caller outside the module decides */
  readonly confidence: number;
  /** what it is: "`params`, which the client sends to `show/2`" */
  readonly text: string;
};

/** How many private functions to go back through. */
const MAX_STEPS = 3;

/** The surest input that `expression` is made of; null when none is seen. */
export function inputIn(expression: Node, code: FileCode): Input | null {
  return surest(originsOf(expression, code, "text"), code, MAX_STEPS);
}

function surest(origins: readonly Origin[], code: FileCode, steps: number): Input | null {
  let best: Input | null = null;
  for (const origin of origins) {
    const input = inputOf(origin, code, steps);
    if (input !== null && (best === null || input.confidence > best.confidence)) best = input;
  }
  return best;
}

function inputOf(origin: Origin, code: FileCode, steps: number): Input | null {
  switch (origin.kind) {
    case "parameter":
      return inputOfParameter(origin, code, steps);
    case "call":
      return inputOfCall(origin.call, code, steps);
    case "message":
      return { confidence: 0.6, text: `the message \`${code.text(origin.node)}\`` };
    case "closure":
    default:
      return null;
  }
}

type ParameterOrigin = Extract<Origin, { kind: "parameter" }>;

function inputOfParameter(
  { binding, node }: ParameterOrigin,
  code: FileCode,
  steps: number,
): Input | null {
  const place = code.placeOf(node);
  if (place === null || place.function === null) return null;
  const { name, arity, kind } = place.function.data;
  const text = `\`${binding.name}\``;
  if (kind === "defmacro" || kind === "defmacrop" || kind === "defguard") return null;
  const entry = entryArgument(place, binding.index);
  if (entry !== null)
    return { confidence: entry.confidence, text: `${text}, ${entry.text} \`${name}/${arity}\`` };
  if (place.clause !== null && isFixedByPattern(place.clause, binding.index)) return null;
  if (kind === "defp")
    return steps === 0 ? null : inputOfCallers(place, binding.index, code, steps);
  if (INPUT_NAMES.test(binding.name)) {
    return { confidence: 0.7, text: `${text}, an argument of the public \`${name}/${arity}\`` };
  }
  return { confidence: 0.6, text: `${text}, which any caller of \`${name}/${arity}\` chooses` };
}

const INPUT_NAMES =
  /^(params?|.*_params|input|.*_input|user_input|body|query_string|payload|untrusted|raw_.*|json|request|form|upload|filename|search|term)$/;

/** A literal in the pattern, or a guard that names the values allowed, leaves no choice. */
function isFixedByPattern({ patterns, guard }: ClauseSyntax, index: number): boolean {
  const pattern = patterns[index];
  if (pattern === undefined || guard === null) return false;
  const name = pattern.kind === "variable" ? pattern.name : null;
  let fixed = false;
  const pending: Node[] = [guard];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isCall(node, "and", 2)) pending.push(...node.args);
    else if (isCall(node, "in", 2) || isCall(node, "==", 2)) {
      fixed ||= node.args[0]?.kind === "variable" && node.args[0].name === name;
    } else if (
      node.kind === "call" &&
      typeof node.callee === "string" &&
      /^is_(atom|integer|number|float|boolean|pid|function)$/.test(node.callee)
    ) {
      fixed ||= node.args[0]?.kind === "variable" && node.args[0].name === name;
    }
  }
  return fixed;
}

/** What the callers of a private function in the same file pass for an argument. */
function inputOfCallers(place: Place, index: number, code: FileCode, steps: number): Input | null {
  const data = place.function?.data;
  if (data === undefined) return null;
  let best: Input | null = null;
  for (const call of code.calls(data.name)) {
    if (call.receiver !== null || code.ownModule(call.node) !== data.module) continue;
    const arg = call.args[index];
    if (arg === undefined || code.placeOf(call.node)?.function?.data.key === data.key) continue;
    const input = surest(originsOf(arg, code, "text"), code, steps - 1);
    if (input !== null && (best === null || input.confidence > best.confidence)) best = input;
  }
  return best;
}

type Entry = { readonly confidence: number; readonly text: string };

/** Arguments by which a framework hands over what a client sent: role → function → indexes. */
const ENTRIES: Readonly<
  Partial<Record<ModuleRole, readonly [RegExp, readonly number[], string][]>>
> = {
  live_view: [
    [/^handle_event\/3$/, [0, 1], "which the browser sends to"],
    [/^handle_params\/3$/, [0, 1], "which the browser sends to"],
    [/^mount\/3$/, [0], "which the browser sends to"],
  ],
  live_component: [[/^handle_event\/3$/, [0, 1], "which the browser sends to"]],
  channel: [
    [/^handle_in\/3$/, [0, 1], "which the client sends to"],
    [/^join\/3$/, [0, 1], "which the client sends to"],
  ],
  socket: [[/^connect\/[23]$/, [0], "which the client sends to"]],
  plug: [[/^call\/2$/, [0], "the request that reaches"]],
  oban_worker: [[/^perform\/1$/, [0], "the stored arguments of"]],
};

function entryArgument({ module, function: fn }: Place, index: number): Entry | null {
  if (fn === null) return null;
  const roles = rolesOf(module.data);
  const key = `${fn.data.name}/${fn.data.arity}`;
  if (roles.has("controller") && fn.data.kind === "def" && fn.data.arity === 2) {
    return { confidence: 0.95, text: "which the client sends to the action" };
  }
  for (const role of roles) {
    for (const [name, indexes, text] of ENTRIES[role] ?? []) {
      if (name.test(key) && indexes.includes(index)) {
        return { confidence: role === "oban_worker" ? 0.7 : 0.95, text };
      }
    }
  }
  return null;
}

/** Calls that read from outside. */
const READERS: readonly [RegExp, RegExp, number, string][] = [
  [/^IO$/, /^(gets|read|getn|binread)$/, 0.95, "what was typed"],
  [/^Plug\.Conn$/, /^(read_body|get_req_header|read_part_body)$/, 0.95, "what the client sent"],
  [/^(:gen_tcp|:ssl|:gen_udp)$/, /^recv$/, 0.95, "what came over the network"],
  [
    /^(HTTPoison|Req|Tesla|Finch|:httpc|:hackney|Mint\.HTTP)$/,
    /^(get|post|put|patch|request|body)!?$/,
    0.9,
    "what another system answered",
  ],
  [/^File$/, /^(read|stream|ls)!?$/, 0.5, "what stands in a file"],
  [/^System$/, /^argv$/, 0.65, "the command line"],
];

function inputOfCall(call: Call, code: FileCode, steps: number): Input | null {
  const local = code.localFunction(call);
  if (local !== null) return steps === 0 ? null : inputThrough(local, call, code, steps);
  const module = code.moduleOf(call);
  if (module === null) return null;
  for (const [modules, names, confidence, text] of READERS) {
    if (modules.test(module) && names.test(call.name)) {
      return { confidence, text: `${text} (\`${code.text(call.node, 40)}\`)` };
    }
  }
  return null;
}

/** What a function of the module makes of the arguments that it is given here. */
function inputThrough(fn: FunctionSyntax, call: Call, code: FileCode, steps: number): Input | null {
  let best: Input | null = null;
  for (const clause of fn.clauses) {
    if (clause.body === null) continue;
    for (const result of results(clause.body)) {
      for (const origin of originsOf(result, code, "text")) {
        const arg = origin.kind === "parameter" ? call.args[origin.binding.index] : undefined;
        const input =
          origin.kind === "parameter"
            ? arg === undefined || isFixedByPattern(clause, origin.binding.index)
              ? null
              : surest(originsOf(arg, code, "text"), code, steps - 1)
            : inputOf(origin, code, steps - 1);
        if (input !== null && (best === null || input.confidence > best.confidence)) best = input;
      }
    }
  }
  return best;
}
