// Rules about the body of a module: what runs when it is compiled, and what is said of its functions.

import { isCall } from "@elixirscope/syntax";
import type { Call } from "../code/call.ts";
import type { FileCode } from "../code/file-code.ts";
import type { FileRule } from "../rule.ts";

const CONFIG = /^(get_env|fetch_env!?|get_all_env)$/;

export const compileTimeConfig: FileRule = {
  id: "compile-time-config",
  category: "anti_pattern",
  severity: "warning",
  title: "Configuration is read when the module is compiled",
  about: "Application.get_env and System.get_env in a module's body",
  inTests: false,
  check: (code, report) => {
    if (code.file.endsWith(".exs")) return;
    for (const name of ["get_env", "fetch_env", "fetch_env!", "get_all_env"]) {
      for (const call of code.calls(name)) {
        const module = code.moduleOf(call);
        if (module !== "Application" && module !== "System") continue;
        if (!CONFIG.test(name) || !isModuleBody(call.node, code)) continue;
        const instead =
          module === "Application"
            ? "Read it inside the function, or say `Application.compile_env/3` when it is meant to be fixed: then a change is noticed."
            : "Read it in `config/runtime.exs` or inside the function.";
        report(call.node, {
          explanation: `\`${code.text(call.node, 50)}\` is evaluated once, while ${code.ownModule(call.node) ?? "the module"} is compiled: a release keeps the value of the machine that built it. ${instead}`,
          confidence: 0.9,
        });
      }
    }
  },
};

/** Directly in a module: in no function, macro or quoted code. */
function isModuleBody(node: Parameters<FileCode["placeOf"]>[0], code: FileCode): boolean {
  const place = code.placeOf(node);
  if (place === null || place.function !== null) return false;
  for (const ancestor of code.ancestors(node)) {
    if (isCall(ancestor, "defmodule")) return true;
    if (
      ancestor.kind === "call" &&
      typeof ancestor.callee === "string" &&
      /^def(p|macrop?|guardp?|impl|delegate|overridable)?$/.test(ancestor.callee)
    )
      return false;
    if (isCall(ancestor, "fn") || isCall(ancestor, "quote")) return false;
  }
  return false;
}

export const missingImpl: FileRule = {
  id: "missing-impl",
  category: "anti_pattern",
  severity: "info",
  title: "Callbacks without @impl",
  about: "Functions that implement a behaviour and do not say so",
  inTests: false,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      const { data } = module;
      if (data.kind === "implementation" || data.behaviours.length === 0) continue;
      const missing = module.functions.filter(
        ({ data: fn }) =>
          fn.callbackOf !== null &&
          !fn.impl &&
          fn.kind === "def" &&
          !UNMARKED.has(fn.callbackOf) &&
          isWritten(fn.callbackOf, code, data.name),
      );
      const [first] = missing;
      const at = first?.clauses[0]?.node;
      if (first === undefined || at === undefined) continue;
      const names = missing.map(({ data: fn }) => `\`${fn.name}/${fn.arity}\``).join(", ");
      report(at, {
        explanation: `${names} of ${data.name} ${missing.length === 1 ? "is a callback" : "are callbacks"} of ${[...new Set(missing.map(({ data: fn }) => fn.callbackOf))].join(", ")} without \`@impl true\`: a wrong name or arity goes unnoticed, and readers cannot tell callbacks from own functions.`,
        confidence: 0.9,
      });
    }
  },
};

/** Behaviours whose own generators and guides leave the attribute out. */
const UNMARKED = new Set(["Exception", "Ecto.Migration"]);

/** The module names the behaviour itself, by `@behaviour` or `use`. */
function isWritten(behaviour: string, code: FileCode, module: string): boolean {
  const data = code.syntax.modules.find((one) => one.data.name === module)?.data;
  return data?.behaviours.includes(behaviour) === true;
}

const DICTIONARY: readonly (readonly [module: string, name: string])[] = [
  ["Process", "put"],
  ["Process", "get"],
  ["Process", "delete"],
  [":erlang", "put"],
  [":erlang", "get"],
  [":erlang", "erase"],
];

/** Keys of OTP and Elixir themselves, which are read to see where a process comes from. */
const KNOWN_KEYS = /^:"?\$|^:(rand_seed|iex_\w+|elixir_\w+)$/;

export const processDictionary: FileRule = {
  id: "process-dictionary",
  category: "anti_pattern",
  severity: "warning",
  title: "State is hidden in the process dictionary",
  about: "Process.put, get and delete; said once per module and key",
  inTests: false,
  check: (code, report) => {
    const uses = new Map<string, Call[]>();
    for (const [module, name] of DICTIONARY) {
      for (const call of code.callsTo(module, name)) {
        const [key] = call.args;
        if (key === undefined || KNOWN_KEYS.test(code.text(key))) continue;
        const id = `${code.ownModule(call.node) ?? ""} ${code.text(key)}`;
        uses.set(id, [...(uses.get(id) ?? []), call]);
      }
    }
    for (const calls of uses.values()) {
      const [first] = calls.toSorted((one, other) => one.node.start - other.node.start);
      const key = first?.args[0];
      if (first === undefined || key === undefined) continue;
      const places = calls.length === 1 ? "" : ` (${calls.length} places in this module)`;
      report(first.node, {
        explanation: `\`${code.text(key, 40)}\` is kept in the process dictionary${places}, where no function's arguments and no trace show it, and another process has none of it. Pass it as an argument, or keep it in the state of a server.`,
        confidence: 0.8,
      });
    }
  },
};

export const MODULE_BODY_RULES: readonly FileRule[] = [
  compileTimeConfig,
  missingImpl,
  processDictionary,
];
