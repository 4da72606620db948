// What the forms of a module say about it: its name, functions and files, and why it may have to be left alone.

import type { Term } from "@elixirscope/etf";
import { textOf } from "./annotations.ts";
import type { LocalFunctions } from "./call-targets.ts";
import { atomName, itemsOf, kindOf, literalAtom, part, partCount } from "./forms.ts";

export type NotInstrumented = {
  readonly code: "no_forms" | "on_load" | "nif" | "protocol" | "nothing_to_do";
  readonly message: string;
};

export type ModuleFacts = {
  readonly name: string;
  /** first file that the forms name; null: none */
  readonly file: string | null;
  readonly elixir: boolean;
  readonly functions: readonly Term[];
  readonly locals: LocalFunctions;
  /** `name/arity` that `-compile({inline, …})` names */
  readonly inlined: ReadonlySet<string>;
  /** as the compiler has them: `Elixir.GenServer`, `gen_statem` */
  readonly behaviours: readonly string[];
  /** `name/arity` */
  readonly exported: ReadonlySet<string>;
  readonly hasVsn: boolean;
  readonly onLoad: boolean;
};

/** Null: these are no forms of a module with functions. */
export function moduleFacts(forms: Term): ModuleFacts | null {
  const all = itemsOf(forms);
  const name = atomName(attributes(all, "module")[0]);
  const functions = all.filter((form) => kindOf(form) === "function" && partCount(form) === 5);
  if (name === null || functions.length === 0) return null;
  const [file] = attributes(all, "file");
  const defined = new Set(functions.map(functionKey));
  return {
    name,
    file: file?.kind === "tuple" && file.items[0] !== undefined ? textOf(file.items[0]) : null,
    elixir: defined.has("__info__/1"),
    functions,
    locals: { module: name, defined, imported: importedFunctions(all) },
    inlined: inlinedFunctions(all),
    behaviours: [...attributes(all, "behaviour"), ...attributes(all, "behavior")].flatMap(
      (value) => atomName(value) ?? [],
    ),
    exported: new Set(attributes(all, "export").flatMap(keysIn)),
    hasVsn: attributes(all, "vsn").length > 0,
    onLoad: attributes(all, "on_load").length > 0,
  };
}

/** Why nothing in the module may be changed; null: it may. */
export function refusal(facts: ModuleFacts | null): NotInstrumented | null {
  if (facts === null) {
    return { code: "no_forms", message: "it has no forms: compile it with debug information" };
  }
  if (facts.onLoad) {
    return { code: "on_load", message: "it runs code when it is loaded (on_load), often native" };
  }
  if (facts.locals.defined.has("__protocol__/1")) {
    return { code: "protocol", message: "it is a protocol: its implementations are recorded" };
  }
  if (facts.functions.some(loadsNif)) {
    return { code: "nif", message: "it loads native functions (load_nif), once only" };
  }
  return null;
}

/** `name/arity` of a function form. */
export function functionKey(form: Term): string {
  const arity = part(form, 3);
  return `${atomName(part(form, 2)) ?? ""}/${arity.kind === "integer" ? String(arity.value) : ""}`;
}

/** Values of the attributes of this name. */
function attributes(forms: readonly Term[], name: string): Term[] {
  return forms
    .filter((form) => kindOf(form) === "attribute" && atomName(part(form, 2)) === name)
    .map((form) => part(form, 3));
}

function importedFunctions(forms: readonly Term[]): Map<string, string> {
  const imported = new Map<string, string>();
  for (const value of attributes(forms, "import")) {
    const [module, functions] = value.kind === "tuple" ? value.items : [];
    if (module === undefined || functions === undefined) continue;
    for (const key of keysIn(functions)) imported.set(key, atomName(module) ?? "");
  }
  return imported;
}

function inlinedFunctions(forms: readonly Term[]): Set<string> {
  const found = new Set<string>();
  for (const value of attributes(forms, "compile")) {
    for (const option of value.kind === "list" ? value.items : [value]) {
      const [name, functions] = option.kind === "tuple" ? option.items : [];
      if (functions === undefined || atomName(name) !== "inline") continue;
      for (const key of keysIn(functions)) found.add(key);
    }
  }
  return found;
}

/** `{Name, Arity}` or a list of them. */
function keysIn(term: Term): string[] {
  if (term.kind === "list") return term.items.flatMap(keysIn);
  const [name, arity] = term.kind === "tuple" ? term.items : [];
  if (arity?.kind !== "integer") return [];
  return [`${atomName(name) ?? ""}/${String(arity.value)}`];
}

function loadsNif(form: Term): boolean {
  if (form.kind !== "tuple" && form.kind !== "list") return false;
  if (kindOf(form) === "remote" && literalAtom(part(form, 3)) === "load_nif") {
    return literalAtom(part(form, 2)) === "erlang";
  }
  return form.items.some(loadsNif);
}
