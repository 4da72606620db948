// A recorded term as Elixir source that evaluates to exactly that term, or the reason why there is none.
// Built from the inside out with a stack of its own: terms may be of any depth.

import { assertNever, err, ok, type Result } from "@elixirscope/base";
import { equal, inspect, list, type Term } from "@elixirscope/etf";
import { isCutAtom, isCutTuple } from "../cut.ts";
import { atomSource, functionSource, keySource, quoted } from "./name-source.ts";
import { group, leaf, pair, type SourceNode } from "./source-node.ts";
import { structOf } from "./struct-source.ts";

/** Why a term has no source, and the way to it from the outside in: `.items["a"][0]{1}`. */
export type Irreproducible = { readonly reason: string; readonly way: string };

export type SourceOptions = {
  /** terms that the source names instead of writing them out */
  readonly named?: readonly { readonly term: Term; readonly name: string }[];
  /** fields of a struct's definition; undefined: not known */
  readonly structFields?: (module: string) => readonly string[] | undefined;
};

/** A term to be written, or an entry of a map. */
type Work = { readonly term: Term; readonly value?: Term; readonly way: string };

/** Done when each of its parts has a node. */
type Open = {
  readonly works: readonly Work[];
  readonly nodes: SourceNode[];
  readonly close: (nodes: readonly SourceNode[]) => SourceNode;
};

export function termSource(
  term: Term,
  options: SourceOptions = {},
): Result<SourceNode, Irreproducible> {
  const stack: Open[] = [];
  let work: Work = { term, way: "" };
  for (;;) {
    const written = write(work, options);
    if (!written.ok) return written;
    let node: SourceNode | null = null;
    if ("works" in written.value) stack.push(written.value);
    else node = written.value;
    let next: Work | undefined;
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (node !== null) top.nodes.push(node);
      next = top.works[top.nodes.length];
      if (next !== undefined) break;
      node = top.close(top.nodes);
      stack.pop();
    }
    if (next !== undefined) work = next;
    else if (node !== null) return ok(node);
  }
}

type Written = Result<SourceNode | Open, Irreproducible>;

function write({ term, value, way }: Work, options: SourceOptions): Written {
  if (value !== undefined) {
    const works = [
      { term, way: `${way}(key)` },
      { term: value, way },
    ];
    return open(works, ([left, right]) => pair(left ?? leaf(""), right ?? leaf("")));
  }
  const named = options.named?.find((one) => one.term.kind === term.kind && equal(one.term, term));
  if (named !== undefined) return ok(leaf(named.name));
  switch (term.kind) {
    case "integer":
    case "float":
    case "bitstring":
      return ok(leaf(whole(term)));
    case "binary":
      return ok(leaf(textOf(term.bytes) ?? whole(term)));
    case "export":
      return ok(leaf(`&${functionSource(term.module, term.function)}/${term.arity}`));
    case "atom":
      return isCutAtom(term) ? err({ reason: "it was cut", way }) : ok(leaf(atomSource(term.name)));
    case "pid":
      return err({ reason: "a pid stands for a process of the recorded node", way });
    case "port":
      return err({ reason: "a port belongs to the recorded node", way });
    case "reference":
      return err({ reason: "a reference is never made twice", way });
    case "fun":
      return err({ reason: "an anonymous function cannot be written out", way });
    case "tuple":
      if (isCutTuple(term)) return err({ reason: "it was cut", way });
      return sequence("{", term.items, (i) => `${way}{${i}}`, "}");
    case "list":
      return writeList(term, way);
    case "map":
      return writeMap(term, way, options);
    default:
      return assertNever(term);
  }
}

function open(works: readonly Work[], close: Open["close"]): Written {
  return ok({ works, nodes: [], close });
}

function sequence(
  left: string,
  terms: readonly Term[],
  wayOf: (index: number) => string,
  right: string,
): Written {
  const works = terms.map((term, i) => ({ term, way: wayOf(i) }));
  return open(works, (nodes) =>
    group(
      left,
      nodes.map((node) => ({ joint: ", ", prefix: "", node })),
      right,
    ),
  );
}

/** As printed, but nothing is shortened. */
function whole(term: Term): string {
  return inspect(term, { limit: Infinity, printableLimit: Infinity });
}

/** Null: the bytes are no text that can be read. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const unseen = text.match(/[\p{Cc}\p{Cn}\p{Co}]/gu) ?? [];
    return unseen.length * 4 > text.length ? null : quoted(text);
  } catch {
    return null;
  }
}

function writeList(term: Extract<Term, { kind: "list" }>, way: string): Written {
  const { items, tail } = term;
  // what holds control characters is more likely numbers than text
  const isText =
    tail === null &&
    items.length > 0 &&
    items.every((item) => item.kind === "integer" && item.value >= 32 && item.value < 127);
  if (isText) {
    const text = items.map((item) => String.fromCharCode(smallInteger(item))).join("");
    return ok(leaf(`~c${quoted(text)}`));
  }
  const keywords = tail === null ? keywordsOf(items) : null;
  if (keywords !== null) {
    return keyed("[", keywords, (_, i) => `${way}[${i}]{1}`, "]");
  }
  if (tail === null) return sequence("[", items, (i) => `${way}[${i}]`, "]");
  const works = [
    ...items.map((item, i) => ({ term: item, way: `${way}[${i}]` })),
    { term: tail, way: `${way}[${items.length}…]` },
  ];
  return open(works, (nodes) =>
    group(
      "[",
      nodes.map((node, i) => ({ joint: i === items.length ? " | " : ", ", prefix: "", node })),
      "]",
    ),
  );
}

function smallInteger(term: Term): number {
  return term.kind === "integer" ? Number(term.value) : 0;
}

/** Keys as they are written. */
type Keyed = readonly (readonly [string, Term])[];

/** `key: value` pairs, where all are such; null: they are not. */
function keywordsOf(items: readonly Term[]): Keyed | null {
  const found: (readonly [string, Term])[] = [];
  for (const item of items) {
    const [key, value, ...more] = item.kind === "tuple" ? item.items : [];
    if (key?.kind !== "atom" || value === undefined || more.length > 0) return null;
    const written = isCutAtom(key) ? null : keySource(key.name);
    if (written === null) return null;
    found.push([written, value]);
  }
  return found.length === 0 ? null : found;
}

function keyed(
  left: string,
  pairs: Keyed,
  wayOf: (key: string, index: number) => string,
  right: string,
): Written {
  const works = pairs.map(([key, value], i) => ({ term: value, way: wayOf(key, i) }));
  return open(works, (nodes) =>
    group(
      left,
      nodes.map((node, i) => ({
        joint: ", ",
        prefix: `${pairs[i]?.[0] ?? ""} `,
        node,
      })),
      right,
    ),
  );
}

function writeMap(
  { entries }: Extract<Term, { kind: "map" }>,
  way: string,
  { structFields }: SourceOptions,
): Written {
  if (entries.some(([key]) => isCutAtom(key))) {
    return err({ reason: "entries of this map were cut", way });
  }
  const struct = structOf(entries, structFields);
  if (struct?.kind === "call") {
    const works = [{ term: list(struct.items), way }];
    return open(works, ([node]) =>
      group(`${struct.function}(`, [{ joint: ", ", prefix: "", node: node ?? leaf("") }], ")"),
    );
  }
  const left = struct === null ? "%{" : `%${struct.name}{`;
  const shown = struct === null ? entries : struct.fields;
  const pairs = keywordsOf(shown.map(([key, value]) => ({ kind: "tuple", items: [key, value] })));
  if (pairs !== null) return keyed(left, pairs, (key) => `${way}.${key.slice(0, -1)}`, "}");
  const works = shown.map(([key, value]) => ({ term: key, value, way: `${way}[${keyText(key)}]` }));
  return open(works, (nodes) =>
    group(
      left,
      nodes.map((node) => ({ joint: ", ", prefix: "", node })),
      "}",
    ),
  );
}

function keyText(key: Term): string {
  const text = inspect(key, { limit: 5, printableLimit: 40 });
  return text.length > 40 ? "…" : text;
}
