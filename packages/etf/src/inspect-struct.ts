// Structs: the ones that Elixir prints in a form of their own when their fields are as expected, and
// the rest as `%Name{...}` with fields in the order of their definition where it is known.

import type { Doc } from "./doc.ts";
import { inspectAtom, isAlias } from "./inspect-atom.ts";
import { calendarForm } from "./inspect-calendar.ts";
import { inspectRegex } from "./inspect-regex.ts";
import { atomName, bytesOf, entriesOf, itemsOf, leaf, smallInteger, type Source } from "./look.ts";
import { STANDARD_FIELD_ORDER } from "./standard-structs.ts";

export type Entry = readonly [Source, Source];
export type Fields = ReadonlyMap<string, Source>;

/** What this needs of the printer. */
export type TermPrinter = {
  print(source: Source, limit: number): Doc;
  printList(items: readonly Source[], limit: number): Doc;
};

type Struct = { readonly doc: Doc } | { readonly name: string; readonly fields: readonly Entry[] };

/** Undefined when these are the entries of a plain map. */
export function inspectStruct(
  entries: readonly Entry[],
  isCut: boolean,
  printer: TermPrinter,
  limit: number,
  fieldOrder: (module: string) => readonly string[] | undefined,
): Struct | undefined {
  const fields = new Map<string, Source>();
  for (const [key, value] of entries) {
    const name = atomName(key);
    if (name === undefined) return undefined;
    fields.set(name, value);
  }
  const module = atomName(fields.get("__struct__"));
  if (module === undefined || !isAlias(module)) return undefined;
  const name = inspectAtom(module);
  const doc = isCut ? undefined : ownForm(name, fields, printer, limit);
  if (doc !== undefined) return { doc };
  const shown = entries.filter(([key]) => !HIDDEN.has(atomName(key) ?? ""));
  const order = fieldOrder(module) ?? STANDARD_FIELD_ORDER.get(name);
  return { name, fields: order === undefined ? shown : ordered(shown, order) };
}

const HIDDEN: ReadonlySet<string> = new Set(["__struct__", "__exception__"]);

/** By definition; fields that the definition does not have come after. */
function ordered(entries: readonly Entry[], order: readonly string[]): readonly Entry[] {
  const rank = (entry: Entry): number => {
    const index = order.indexOf(atomName(entry[0]) ?? "");
    return index === -1 ? order.length : index;
  };
  return entries.toSorted((a, b) => rank(a) - rank(b));
}

function ownForm(
  name: string,
  fields: Fields,
  printer: TermPrinter,
  limit: number,
): Doc | undefined {
  switch (name) {
    case "Range":
      return range(fields, printer, limit);
    case "MapSet":
      return mapSet(fields, printer, limit);
    case "Regex":
      return regex(fields);
    case "Version.Requirement": {
      const source = fields.get("source");
      return source?.kind === "binary"
        ? ["Version.parse_requirement!(", printer.print(source, limit), ")"]
        : undefined;
    }
    case "Date.Range": {
      const step = smallInteger(fields.get("step"));
      const first = fields.get("first");
      const last = fields.get("last");
      if (step === undefined || first === undefined || last === undefined) return undefined;
      const ends = [printer.print(first, limit), ", ", printer.print(last, limit)];
      return ["Date.range(", ends, step === 1 ? ")" : `, ${step})`];
    }
    default:
      return calendarForm(name, fields);
  }
}

function range(fields: Fields, printer: TermPrinter, limit: number): Doc | undefined {
  const first = fields.get("first");
  const last = fields.get("last");
  const step = fields.get("step");
  if (first?.kind !== "integer" || last?.kind !== "integer") return undefined;
  const ends = [printer.print(first, limit), "..", printer.print(last, limit)];
  if (step === undefined) return ends;
  if (step.kind !== "integer") return undefined;
  const [from, to] = [leaf(first), leaf(last)];
  const isUp = from.kind === "integer" && to.kind === "integer" && from.value <= to.value;
  return smallInteger(step) === 1 && isUp ? ends : [ends, "//", printer.print(step, limit)];
}

/** The members are the keys of a map; elements print as in a list that is no charlist. */
function mapSet(fields: Fields, printer: TermPrinter, limit: number): Doc | undefined {
  const map = fields.get("map");
  if (map?.kind !== "map") return undefined;
  const keys: Source[] = [];
  for (const [key] of entriesOf(map)) keys.push(key);
  return ["MapSet.new(", printer.printList(keys, limit), ")"];
}

/** Options are letters, or since Elixir 1.16 the atoms of `:re` with the last letter's first. */
function regex(fields: Fields): Doc | undefined {
  const source = bytesOf(fields.get("source"));
  const options = fields.get("opts");
  if (source === undefined || options === undefined) return undefined;
  const text = bytesOf(options);
  if (text !== undefined) return inspectRegex(source, new TextDecoder().decode(text));
  if (options.kind !== "list") return undefined;
  let letters = "";
  for (const option of itemsOf(options)) {
    // {newline, anycrlf} comes with dotall
    const letter = option.kind === "tuple" ? "" : REGEX_LETTERS.get(atomName(option) ?? "");
    if (letter === undefined) return undefined;
    letters = letter + letters;
  }
  return inspectRegex(source, letters);
}

const REGEX_LETTERS: ReadonlyMap<string, string> = new Map([
  ["unicode", "u"],
  ["ucp", ""],
  ["caseless", "i"],
  ["dotall", "s"],
  ["multiline", "m"],
  ["extended", "x"],
  ["firstline", "f"],
  ["ungreedy", "U"],
  ["export", "E"],
]);
