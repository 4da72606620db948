// Instruments one module: Erlang abstract forms in, forms and the manifest of their sites out.

import { err, ok, type Result } from "@elixirscope/base";
import { atom, inspect, list, tuple, type Term } from "@elixirscope/etf";
import type { SiteManifest } from "@elixirscope/trace";
import type { ModulePlan } from "../module-plan.ts";
import { textOf } from "./annotations.ts";
import { atomName, itemsOf, kindOf, node, part, replaced } from "./forms.ts";
import type { ModuleState } from "./frame.ts";
import { instrumentFunction, skipReason } from "./function-forms.ts";
import { closure } from "./functions.ts";
import {
  functionKey,
  moduleFacts,
  refusal,
  type ModuleFacts,
  type NotInstrumented,
} from "./module-facts.ts";
import { recordingOf, type Recording } from "./recording.ts";
import { hasStates, stateCallbacks } from "./server.ts";
import { SiteList } from "./site-list.ts";
import { TailCalls } from "./tail-calls.ts";

export type InstrumentOptions = {
  readonly plan: ModulePlan;
  /** sites are numbered from here on */
  readonly firstSite: number;
  /** of the code as it was, hexadecimal */
  readonly md5: string;
  /** value of the original's `vsn` attribute, put into forms that have none; null: leave it out */
  readonly vsn: Term | null;
};

export type SkippedFunction = { readonly function: string; readonly reason: string };

export type Instrumented = {
  readonly forms: Term;
  /** sites in the order of their numbers; what only the source tells is still missing */
  readonly manifest: SiteManifest;
  /** how many functions were changed */
  readonly functions: number;
  readonly skipped: readonly SkippedFunction[];
};

const NOTHING: NotInstrumented = {
  code: "nothing_to_do",
  message: "none of its functions is to be recorded",
};

/** `forms`: the list that `debug_info(erlang_v1, …)` gives. What comes back is for the same compiler. */
export function instrumentForms(
  forms: Term,
  options: InstrumentOptions,
): Result<Instrumented, NotInstrumented> {
  const facts = moduleFacts(forms);
  const refused = refusal(facts);
  if (facts === null || refused !== null) return err(refused ?? NOTHING);
  const module = moduleState(facts, options);
  const skipped: SkippedFunction[] = [];
  const recordable = new Set(facts.functions);
  let functions = 0;
  const done = itemsOf(forms).map((form) => {
    if (kindOf(form) === "attribute") return attribute(form, module.sites);
    if (!recordable.has(form)) return form;
    const { recording, reason } = choiceOf(form, module, options.plan);
    if (recording === null) return form;
    if (reason !== null) {
      skipped.push({ function: functionKey(form), reason });
      return form;
    }
    functions += 1;
    return instrumentFunction(form, module, recording);
  });
  if (functions === 0) return err(NOTHING);
  const manifest: SiteManifest = {
    module: inspect(atom(facts.name)),
    md5: options.md5,
    file: facts.file,
    sites: module.sites.sites,
  };
  return ok({
    forms: list(withAttributes(done, facts, options.vsn)),
    manifest,
    functions,
    skipped,
  });
}

type Choice = {
  /** null: the plan leaves the function as it is */
  readonly recording: Recording | null;
  /** why it is left although the plan wants it; null: it is not */
  readonly reason: string | null;
};

function choiceOf(form: Term, module: ModuleState, plan: ModulePlan): Choice {
  const key = functionKey(form);
  const arity = Number(key.slice(key.lastIndexOf("/") + 1));
  const level = plan.levelOf(atomName(part(form, 2)) ?? "", arity);
  const recording = recordingOf(level);
  const isWanted = recording !== null;
  return { recording, reason: isWanted ? skipReason(form, module, level.named === true) : null };
}

function moduleState(facts: ModuleFacts, options: InstrumentOptions): ModuleState {
  const callbacks = stateCallbacks(facts);
  const state: ModuleState = {
    locals: facts.locals,
    elixir: facts.elixir,
    sites: new SiteList(options.firstSite),
    tailCalls: new TailCalls(facts.locals, facts.functions),
    inlined: facts.inlined,
    callbacks,
    tellsStates: false,
    closure,
  };
  const tellsStates = [...callbacks].every((form) => {
    const { recording, reason } = choiceOf(form, state, options.plan);
    return recording !== null && reason === null && hasStates(recording);
  });
  return { ...state, tellsStates: callbacks.size > 0 && tellsStates };
}

/** Notes which file the next forms are from; takes out that warnings are errors: added code has some. */
function attribute(form: Term, sites: SiteList): Term {
  const value = part(form, 3);
  const name = atomName(part(form, 2));
  if (name === "file" && value.kind === "tuple") sites.file = textOf(value.items[0] ?? value);
  if (name !== "compile") return form;
  const kept = itemsOf(value).filter((option) => atomName(option) !== "warnings_as_errors");
  if (atomName(value) === "warnings_as_errors") return replaced(form, { 3: list([]) });
  return value.kind === "list" ? replaced(form, { 3: list(kept) }) : form;
}

/**
 * `elixir_scope` tells the probe that the module is instrumented. The compiler would make another version
 * of other code, and upgrades compare versions: it stays what it was.
 */
function withAttributes(
  forms: readonly Term[],
  facts: ModuleFacts,
  vsn: Term | null,
): readonly Term[] {
  const at = forms.findIndex(
    (form) => kindOf(form) === "attribute" && atomName(part(form, 2)) === "module",
  );
  const anno = part(forms[at] ?? tuple(), 1);
  const added = [node("attribute", anno, atom("elixir_scope"), list([]))];
  if (vsn !== null && !facts.hasVsn) added.push(node("attribute", anno, atom("vsn"), vsn));
  return [...forms.slice(0, at + 1), ...added, ...forms.slice(at + 1)];
}
