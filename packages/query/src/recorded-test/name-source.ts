// Names and text as Elixir source. `inspect` writes for people: it leaves names of many scripts bare, which
// the tokenizer of another Elixir refuses; here all but plain ASCII names are quoted.

const PLAIN_ATOM = /^[a-zA-Z_][a-zA-Z0-9_@]*[?!]?$/;
const PLAIN_FUNCTION = /^[a-z_][a-zA-Z0-9_]*[?!]?$/;
const ALIAS = /^Elixir(?:\.[A-Z][a-zA-Z0-9_]*)+$/;
const CONSTANTS: readonly string[] = ["nil", "true", "false"];
/**
 * Written as they are: scripts in which no character joins the quote behind it (Elixir's tokenizer takes
 * both for one then), and none turns the direction of text.
 */
const SHOWN =
  /[ -~\u00A1-\u00AC\u00AE-\u02FF\u0370-\u0482\u048A-\u058F\u1E00-\u1FFF\u2010-\u2027\u2030-\u205E\u20A0-\u20C0\u2100-\u2BFF\u3001-\u3029\u3030-\u3096\u30A0-\uD7FF\p{Extended_Pictographic}]/u;
const UNSEEN = /[\p{Cn}\p{Co}\p{M}]/u;
const ESCAPES: Readonly<Record<string, string>> = {
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
  '"': String.raw`\"`,
  "\\": String.raw`\\`,
};
/** Reserved words that cannot stand after a dot or an ampersand bare. */
const RESERVED: ReadonlySet<string> = new Set(
  "fn do end after else rescue catch when and or not in nil true false".split(" "),
);

/** `:ok`, `:"with space"`, `Shop.Cart`, `nil`. */
export function atomSource(name: string): string {
  if (CONSTANTS.includes(name)) return name;
  if (isAlias(name)) return name.slice("Elixir.".length);
  return PLAIN_ATOM.test(name) ? `:${name}` : `:${quoted(name)}`;
}

/** Is it a module's name as Elixir makes them? */
export function isAlias(name: string): boolean {
  return ALIAS.test(name) && !name.startsWith("Elixir.Elixir");
}

/** `ok:`, `"with space":`; null: it is no key that keywords have. */
export function keySource(name: string): string | null {
  if (isAlias(name)) return null;
  return PLAIN_ATOM.test(name) ? `${name}:` : `${quoted(name)}:`;
}

/** `Shop.Cart.add`, `:lists.map`, `Shop."a b"`. */
export function functionSource(module: string, name: string): string {
  const isPlain = PLAIN_FUNCTION.test(name) && !RESERVED.has(name);
  return `${atomSource(module)}.${isPlain ? name : quoted(name)}`;
}

/** Text between double quotes. */
export function quoted(text: string): string {
  const escaped = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const isShown = SHOWN.test(character) && !UNSEEN.test(character);
    if (isShown) return ESCAPES[character] ?? character;
    return ESCAPES[character] ?? `\\u{${code.toString(16).toUpperCase()}}`;
  }).join("");
  return `"${escaped.replaceAll("#{", String.raw`\#{`)}"`;
}
