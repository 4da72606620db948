// `System.halt` ends the VM at once, with all that is still on its way to us. In Elixir's own module it is
// made to drain first; everything else in there stays as it is.

import { atom, list, tuple, type Term } from "@elixirscope/etf";

/** Calls of `erlang:halt` become calls of the probe's. `forms`: abstract forms of the module System. */
export function drainingHalt(forms: Term): Term {
  if (forms.kind !== "list") return forms;
  return list(forms.items.map((form) => (isHalt(form) ? rewritten(form) : form)));
}

function isHalt(form: Term): boolean {
  return (
    form.kind === "tuple" && isAtom(form.items[0], "function") && isAtom(form.items[2], "halt")
  );
}

function rewritten(term: Term): Term {
  if (term.kind === "list") return list(term.items.map(rewritten), term.tail);
  if (term.kind !== "tuple") return term;
  const [kind, place, module, name] = term.items;
  if (
    isAtom(kind, "remote") &&
    place !== undefined &&
    name !== undefined &&
    isNamed(module, "erlang") &&
    isNamed(name, "halt")
  ) {
    return tuple(
      atom("remote"),
      place,
      tuple(atom("atom"), place, atom("elixir_scope_boot")),
      name,
    );
  }
  return tuple(...term.items.map(rewritten));
}

/** The abstract form of an atom. */
function isNamed(term: Term | undefined, name: string): boolean {
  return term?.kind === "tuple" && isAtom(term.items[0], "atom") && isAtom(term.items[2], name);
}

function isAtom(term: Term | undefined, name: string): boolean {
  return term?.kind === "atom" && term.name === name;
}
