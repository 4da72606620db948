// Atoms as Elixir writes them: as a literal, as a keyword key and as a function name. Which operators
// need quotes in which place was asked of Elixir 1.14 one by one.

import { escapeText } from "./inspect-text.ts";

const ALIAS = /^Elixir(?:\.[A-Z][A-Za-z0-9_]*)*$/u;
const IDENTIFIER = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}·@]*[?!]?$/u;
const FUNCTION_NAME = /^[\p{Ll}\p{Lm}\p{Lo}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}·]*[?!]?$/u;

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const BARE_OPERATORS = words(
  "+ - * / ++ -- +++ --- ** ^ ! != !== = == === =~ < > <= >= <- -> | || ||| & && &&& <> .. ..// ... @ . ~> ~>> <~ <~> <<~ <<< >>> <<>> {} %{} % \\\\ |>",
);
const BARE_FUNCTIONS = words(
  "+ - * / ++ -- +++ --- ** ^ ^^^ ! != !== = == === =~ < > <= >= <- | || ||| & && &&& <> :: @ ~> ~>> <~ <~> <<~ <|> ~~~ <<< >>> \\\\ |>",
);

/** `:ok`, `:"with space"`, `Shop.Cart`, `nil`. */
export function inspectAtom(name: string): string {
  if (name === "nil" || name === "true" || name === "false") return name;
  if (name === "Elixir" || name.startsWith("Elixir.Elixir")) {
    return ALIAS.test(name) ? name : quoted(name);
  }
  if (ALIAS.test(name)) return name.slice("Elixir.".length);
  return isBare(name) ? `:${name}` : quoted(name);
}

/** `ok:`, `"with space":`. */
export function inspectKey(name: string): string {
  return name !== "Elixir" && isBare(name) ? `${name}:` : `"${escapeText(name, '"')}":`;
}

/** What stands after the dot of a remote call: `map`, `"with space"`, `+`. */
export function inspectFunctionName(name: string): string {
  const isPlain = BARE_FUNCTIONS.has(name) || (FUNCTION_NAME.test(name) && isNormal(name));
  return isPlain ? name : `"${escapeText(name, '"')}"`;
}

/** Is it a module name as Elixir has them (`Elixir.Shop`)? */
export function isAlias(name: string): boolean {
  return name !== "Elixir" && ALIAS.test(name);
}

/** Elixir prints no keyword shorthand for keys of this kind. */
export function isKeywordKey(name: string): boolean {
  return !name.startsWith("Elixir.");
}

function quoted(name: string): string {
  return `:"${escapeText(name, '"')}"`;
}

function isBare(name: string): boolean {
  return BARE_OPERATORS.has(name) || (IDENTIFIER.test(name) && isNormal(name));
}

/** Elixir takes no identifier that looks like another: neither decomposed accents nor ª. */
function isNormal(name: string): boolean {
  return name.normalize("NFKC") === name;
}
