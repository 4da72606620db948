// Function forms: which are left as they are and why, and the others' clauses, with one more for calls
// that no clause takes.

import { list, type Term } from "@elixirscope/etf";
import { placeOf } from "./annotations.ts";
import {
  annoOf,
  atomName,
  atomNode,
  clauseNode,
  itemsOf,
  listNode,
  NO_GUARD,
  part,
  remoteCall,
  replaced,
  siteNode,
  variable,
  variableName,
} from "./forms.ts";
import { captureCall, type Frame, type ModuleState } from "./frame.ts";
import { clauses } from "./functions.ts";
import { functionKey } from "./module-facts.ts";
import type { Recording } from "./recording.ts";
import { FreshVariables } from "./variables.ts";

const OF_THE_COMPILER = new Set([
  "__info__/1",
  "__impl__/1",
  "__protocol__/1",
  "__struct__/0",
  "__struct__/1",
  "behaviour_info/1",
  "module_info/0",
  "module_info/1",
]);

/** Tables of that many clauses are made by programs; compiling them with events would take minutes. */
const CLAUSES_MAX = 256;

/** Why a function is not recorded; null: it can be. `named`: the plan asks for it by its name. */
export function skipReason(form: Term, module: ModuleState, named: boolean): string | null {
  const key = functionKey(form);
  if (OF_THE_COMPILER.has(key)) return "the compiler makes it";
  if (key.startsWith("MACRO-")) return "a macro: it runs while code is compiled";
  if (module.inlined.has(key)) return "the compiler copies it into its callers (inline)";
  const written = itemsOf(part(form, 4));
  if (written.length > CLAUSES_MAX) return `a table of ${String(written.length)} clauses`;
  if (
    !named &&
    !module.callbacks.has(form) &&
    written.every((clause) => placeOf(annoOf(clause)).generated)
  ) {
    return "a macro made all of it";
  }
  return null;
}

export function instrumentFunction(form: Term, module: ModuleState, recording: Recording): Term {
  const arity = part(form, 3);
  const frame: Frame = {
    module,
    owner: {
      name: atomName(part(form, 2)) ?? "",
      arity: arity.kind === "integer" ? Number(arity.value) : 0,
    },
    recording,
    variable: null,
    closure: null,
    selfName: null,
    endsFun: false,
    fresh: new FreshVariables(),
    scope: new Set(),
  };
  const written = itemsOf(part(form, 4));
  const done = itemsOf(clauses(written, frame, "function_clause"));
  const last = recording.frames && !takesAnything(written.at(-1)) ? [noClause(form, frame)] : [];
  return replaced(form, { 4: list([...done, ...last]) });
}

/** `f(A, B) -> no_clause(S, [A, B]), erlang:error(function_clause, [A, B])`: the error that comes anyway. */
function noClause(form: Term, frame: Frame): Term {
  const anno = annoOf(form);
  const args = Array.from({ length: frame.owner.arity }, () => variable(frame.fresh.next()));
  const site = frame.module.sites.add({ kind: "no_clause", anno, owner: frame.owner });
  const recorded = frame.recording.arguments ? args : [];
  return clauseNode(args, NO_GUARD, [
    captureCall("no_clause", [siteNode(site), listNode(recorded)]),
    remoteCall(anno, "erlang", "error", [atomNode("function_clause"), listNode(args)]),
  ]);
}

function takesAnything(clause: Term | undefined): boolean {
  if (clause === undefined || itemsOf(part(clause, 3)).length > 0) return clause === undefined;
  const names = itemsOf(part(clause, 2)).map(variableName);
  const bound = names.filter((name) => name !== "_");
  return names.every((name) => name !== null) && new Set(bound).size === bound.length;
}
