// Names beyond ASCII, by Elixir's rules: UAX 31 with the scripts it recommends, and no mixing of scripts
// (UTS 39; since 1.15 within a part between underscores). ASCII names never come here.

import { AT, BANG, QUESTION, UNDERSCORE, isDigit, isNamePart, isUpper } from "./characters.ts";

export type NameSort = "identifier" | "alias" | "atom";

export type ScannedName = {
  readonly end: number;
  /** `atom`: begins with an upper case letter beyond ASCII, so it can be no variable and no alias */
  readonly sort: NameSort;
  /** what the text means: in the normal form NFC, with the Greek letter for the micro sign */
  readonly name: string;
  /** code points */
  readonly length: number;
  readonly mixesScripts: boolean;
};

const START = /\p{ID_Start}/u;
const UPPER_START = /[\p{Lu}\p{Lt}]/u;
const CONTINUE = /\p{ID_Continue}/u;

/** Recommended by UAX 31, table 5; the order is that of the bits in a set of scripts. */
const SCRIPTS = [
  ["Latin", "Han", "Hiragana", "Katakana", "Hangul", "Bopomofo", "Arabic", "Armenian"],
  ["Bengali", "Cyrillic", "Devanagari", "Ethiopic", "Georgian", "Greek", "Gujarati"],
  ["Gurmukhi", "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya"],
  ["Sinhala", "Tamil", "Telugu", "Thaana", "Thai", "Tibetan"],
]
  .flat()
  .map((name) => new RegExp(`\\p{Script_Extensions=${name}}`, "u"));
const ANY_SCRIPT = /[\p{Script_Extensions=Common}\p{Script_Extensions=Inherited}]/u;
const EVERY = 2 ** SCRIPTS.length - 1;
const LATIN = 1;
/** Japanese, Korean and Chinese are written with several scripts; up to 1.14 also with Latin. */
const WRITING_SYSTEMS = [0b001110, 0b010010, 0b100010];

const MICRO_SIGN = "\u00b5";
const GREEK_MU = "\u03bc";

const scriptsOf = new Map<number, number>();

/** The name at `at`, or null when none begins there. `@` may be part of an atom's name. */
export function scanName(text: string, at: number, release: number): ScannedName | null {
  const first = text.codePointAt(at);
  if (first === undefined) return null;
  if (first > 127 ? !isAllowed(first, START) : !isNamePart(first)) return null;
  let end = at;
  let length = 0;
  for (;;) {
    const code = text.codePointAt(end);
    if (code === undefined) break;
    if (code > 127 ? !isAllowed(code, CONTINUE) : !isNamePart(code) && code !== AT) break;
    end += code > 0xffff ? 2 : 1;
    length += 1;
  }
  const last = text.charCodeAt(end);
  if (last === BANG || last === QUESTION) {
    end += 1;
    length += 1;
  }
  const name = text.slice(at, end).normalize("NFC").replaceAll(MICRO_SIGN, GREEK_MU);
  return { end, sort: sortOf(first), name, length, mixesScripts: mixesScripts(name, release) };
}

function sortOf(first: number): NameSort {
  if (first < 128) return isUpper(first) ? "alias" : "identifier";
  return UPPER_START.test(String.fromCodePoint(first)) ? "atom" : "identifier";
}

function isAllowed(code: number, category: RegExp): boolean {
  return category.test(String.fromCodePoint(code)) && scripts(code) !== 0;
}

function mixesScripts(name: string, release: number): boolean {
  const parts = release < 15 ? [name] : name.split("_");
  return !parts.every((part) => isOneScript(part, release < 15 ? LATIN : 0));
}

function isOneScript(part: string, besides: number): boolean {
  const sets = Array.from(part, (character) => scripts(character.codePointAt(0) ?? 0));
  if (sets.reduce((common, set) => common & set, EVERY) !== 0) return true;
  return WRITING_SYSTEMS.some((cover) => sets.every((set) => (set & (cover | besides)) !== 0));
}

/** The scripts a character is used in, as bits; 0 for characters that names may not have. */
function scripts(code: number): number {
  if (code < 128) return code === UNDERSCORE || isDigit(code) || !isNamePart(code) ? EVERY : LATIN;
  const known = scriptsOf.get(code);
  if (known !== undefined) return known;
  const set = scriptSet(String.fromCodePoint(code));
  scriptsOf.set(code, set);
  return set;
}

function scriptSet(character: string): number {
  if (character === MICRO_SIGN || character === GREEK_MU) return EVERY;
  // characters with a compatible form are not for names
  if (character.normalize("NFKC") !== character.normalize("NFC")) return 0;
  if (ANY_SCRIPT.test(character)) return EVERY;
  let set = 0;
  for (const [bit, script] of SCRIPTS.entries()) if (script.test(character)) set |= 1 << bit;
  return set;
}
