// What holds for any term and for any bytes: generated terms, and real ones with bytes changed.

import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare, equal } from "./compare.ts";
import { termKey } from "./term-key.ts";
import { decode, decodeAt } from "./decode.ts";
import { encode } from "./encode.ts";
import type { DecodeOptions } from "./inflate.ts";
import { inspect } from "./inspect.ts";
import { view, type LazyTerm } from "./lazy.ts";
import { skip } from "./skip.ts";
import { atom, binary, bitstring, float, integer, list, map, tuple, type Term } from "./term.ts";

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const node = fc.constantFrom("nonode@nohost", "shop@127.0.0.1", "é@b");
const text = fc.string({ unit: "binary", maxLength: 20 });
const someBytes = fc.uint8Array({ maxLength: 40 });

const leaf: fc.Arbitrary<Term> = fc.oneof(
  fc.maxSafeInteger().map((value) => integer(value)),
  fc.bigInt({ min: -(2n ** 2100n), max: 2n ** 2100n }).map((value) => integer(value)),
  fc.integer({ min: -300, max: 300 }).map((value) => integer(value)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => float(value)),
  text.map((name) => atom(name)),
  fc.constantFrom("ok", "nil", "Elixir.Shop", "__struct__", "$elixir_scope_cut").map(atom),
  someBytes.map((bytes) => binary(bytes)),
  text.map((value) => binary(value)),
  fc
    .tuple(someBytes, fc.integer({ min: 1, max: 8 }))
    .map(([bytes, bits]) => bitstring(bytes, bits)),
  someBytes.map((bytes) => list(Array.from(bytes, (byte) => integer(byte)))),
  fc.record({ kind: fc.constant("pid"), node, id: word, serial: word, creation: word }),
  fc.record({
    kind: fc.constant("port"),
    node,
    id: fc.oneof(word, fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n })),
    creation: word,
  }),
  fc.record({
    kind: fc.constant("reference"),
    node,
    creation: word,
    ids: fc.array(word, { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant("export"),
    module: text,
    function: text,
    arity: fc.integer({ min: 0, max: 255 }),
  }),
);

function distinct(pairs: readonly [Term, Term][]): [Term, Term][] {
  return [...new Map(pairs.map((pair) => [termKey(pair[0]), pair])).values()];
}

const { term: anyTerm } = fc.letrec<{ term: Term }>((tie) => {
  const items = fc.array(tie("term"), { maxLength: 6 });
  const entries = fc.array(fc.tuple(tie("term"), tie("term")), { maxLength: 6 });
  return {
    term: fc.oneof(
      { maxDepth: 6, depthIdentifier: "term" },
      leaf,
      items.map((terms) => list(terms)),
      fc.tuple(items, tie("term")).map(([terms, tail]) => list(terms, tail)),
      items.map((terms) => tuple(...terms)),
      entries.map((pairs) => map(distinct(pairs))),
    ),
  };
});

function reversedMaps(term: Term): Term {
  if (term.kind === "tuple") return tuple(...term.items.map(reversedMaps));
  if (term.kind === "list") {
    return list(term.items.map(reversedMaps), term.tail && reversedMaps(term.tail));
  }
  if (term.kind !== "map") return term;
  return map(term.entries.map(([key, value]) => [key, reversedMaps(value)] as const).toReversed());
}

function words(printed: string): string {
  return printed.replaceAll(/\s/gu, "");
}

describe("any term", () => {
  it("is the same after encoding and decoding, and ends where skip ends", () => {
    fc.assert(
      fc.property(anyTerm, (term) => {
        const bytes = encode(term);
        expect(decode(bytes)).toEqual({ ok: true, value: term });
        expect(skip(bytes, 1)).toEqual({ ok: true, value: bytes.length });
      }),
      { numRuns: 500 },
    );
  });

  it("looks the same as a view of its bytes", () => {
    fc.assert(
      fc.property(anyTerm, (term) => {
        const lazy = view(encode(term));
        if (!lazy.ok) throw new Error(lazy.error.code);
        expect(lazy.value.kind).toBe(term.kind);
        expect(lazy.value.toTerm()).toEqual(term);
        expect(inspect(lazy.value)).toBe(inspect(term));
      }),
      { numRuns: 500 },
    );
  });

  it("prints without a line break on one line, and the same words in a narrow width", () => {
    fc.assert(
      fc.property(anyTerm, fc.integer({ min: 0, max: 100 }), (term, width) => {
        const line = inspect(term);
        expect(line).not.toContain("\n");
        expect(words(inspect(term, { pretty: true, width }))).toBe(words(line));
      }),
      { numRuns: 500 },
    );
  });

  it("equals itself whatever the order of its maps, and has one key", () => {
    fc.assert(
      fc.property(anyTerm, (term) => {
        const other = reversedMaps(term);
        expect(equal(term, other)).toBe(true);
        expect(termKey(term)).toBe(termKey(other));
      }),
    );
  });

  it("has its place in one order", () => {
    fc.assert(
      fc.property(anyTerm, anyTerm, anyTerm, (a, b, c) => {
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
        const [low, middle, high] = [a, b, c].toSorted(compare);
        const places = [low, middle, high].map((term) => term ?? a);
        expect(places.toSorted(compare)).toEqual(places);
        expect(compare(places[0] ?? a, places[2] ?? a)).toBeLessThanOrEqual(0);
        expect(equal(a, b)).toBe(termKey(a) === termKey(b));
      }),
      { numRuns: 500 },
    );
  });
});

const fixture = readFileSync(new URL("../../../fixtures/etf/otp25.etf", import.meta.url));

/** The encodings of the fixture that are small enough to change many times. */
function realPayloads(): Uint8Array[] {
  const all = decode(fixture);
  if (!all.ok || all.value.kind !== "list") throw new Error("the fixture is a list");
  const found: Uint8Array[] = [];
  for (const entry of all.value.items) {
    const encodings = entry.kind === "tuple" ? entry.items[1] : undefined;
    if (encodings?.kind !== "list") throw new Error("an entry has encodings");
    for (const encoding of encodings.items) {
      if (encoding.kind === "binary" && encoding.bytes.length < 4096) found.push(encoding.bytes);
    }
  }
  return found;
}

/** A small generator with a seed: a failure is found again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutated(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const where = (): number => random(copy.length);
  for (let n = random(3); n >= 0; n--) {
    const kind = random(5);
    if (kind === 0) copy[where()] = random(256);
    else if (kind === 1) copy[where()] = (copy[where()] ?? 0) ^ (1 << random(8));
    else if (kind === 2) copy.copyWithin(where(), where(), where());
    else if (kind === 3) copy.fill(255, where(), where() + 4);
    else return copy.subarray(0, where());
  }
  return copy;
}

function walk(lazy: LazyTerm, budget: { left: number }): void {
  if (budget.left-- <= 0) return;
  for (const item of lazy.items()) walk(item, budget);
  for (const [key, value] of lazy.entries()) {
    walk(key, budget);
    walk(value, budget);
  }
  if (lazy.tail !== null) walk(lazy.tail, budget);
}

/** What is wrong with how these bytes are taken; undefined when nothing is. */
function fault(bytes: Uint8Array, options: DecodeOptions = {}): string | undefined {
  const eager = decode(bytes, options);
  const lazy = view(bytes, undefined, options);
  if (!eager.ok) {
    if (lazy.ok) return "the view took what the decoder refuses";
    const { code, offset } = eager.error;
    if (lazy.error.code !== code) return `${lazy.error.code} instead of ${code}`;
    if (lazy.error.offset !== offset) return `at ${lazy.error.offset} instead of ${offset}`;
    return Number.isInteger(offset) && offset >= 0 ? undefined : `at ${offset}`;
  }
  if (!lazy.ok) return "the decoder took what the view refuses";
  walk(lazy.value, { left: 200 });
  if (inspect(lazy.value) !== inspect(eager.value)) return "printed differently";
  const again = decode(encode(eager.value));
  return again.ok && equal(again.value, eager.value) ? undefined : "another term when encoded";
}

/** Where a term ends, by decoding and by skipping; -1 when there is none. */
function ends(bytes: Uint8Array, offset: number): [number, number] {
  const decoded = decodeAt(bytes, offset);
  const skipped = skip(bytes, offset);
  return [decoded.ok ? decoded.value.end : -1, skipped.ok ? skipped.value : -1];
}

describe("hostile bytes", () => {
  it("give a term or an error with an offset, 60,000 times", () => {
    const payloads = realPayloads();
    const random = randomFrom(20_251_121);
    const problems: string[] = [];
    let refused = 0;
    for (let round = 0; round < 60_000; round++) {
      const bytes = mutated(payloads[random(payloads.length)] ?? new Uint8Array(), random);
      const problem = fault(bytes, { maxBytes: 100_000 });
      if (problem !== undefined) problems.push(`${problem}: ${Buffer.from(bytes).toString("hex")}`);
      if (!decode(bytes).ok) refused++;
    }
    expect(problems).toEqual([]);
    // both outcomes must be common, or nothing was tried
    expect(refused).toBeGreaterThan(10_000);
    expect(refused).toBeLessThan(50_000);
  }, 120_000);

  it("of no sense at all never throw", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: -5, max: 210 }),
        (bytes, offset) => {
          expect(fault(Uint8Array.of(131, ...bytes))).toBeUndefined();
          const [decoded, skipped] = ends(bytes, offset);
          expect(skipped).toBe(decoded);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
