import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  atom,
  binary,
  encode,
  float,
  integer,
  list,
  map,
  skip,
  termEnd,
  tuple,
  type Term,
} from "./index.ts";

const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 4 },
    fc.integer().map((n) => integer(n)),
    fc.bigInt().map((n) => integer(n)),
    fc.string({ maxLength: 20 }).map((text) => binary(text)),
    fc.string({ maxLength: 20 }).map((text) => atom(text)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => float(n)),
    fc.array(tie("term"), { maxLength: 5 }).map((items) => list(items)),
    fc.array(tie("term"), { maxLength: 5 }).map((items) => tuple(...items)),
    fc.array(fc.tuple(tie("term"), tie("term")), { maxLength: 3 }).map((entries) => map(entries)),
    fc.nat(300).map((id): Term => ({ kind: "pid", node: "a@b", id, serial: 0, creation: 1 })),
  ),
}));

describe("termEnd", () => {
  it("agrees with skip on every term, and finds none that is cut off", () => {
    fc.assert(
      fc.property(term, fc.nat(), (value, cut) => {
        const bytes = encode(value);
        expect(termEnd(bytes, 1, bytes.length)).toBe(bytes.length);
        expect(skip(bytes, 1)).toEqual({ ok: true, value: bytes.length });
        const end = 1 + (cut % (bytes.length - 1));
        expect(termEnd(bytes, 1, end)).toBe(-1);
        expect(termEnd(bytes.subarray(0, end), 1, end)).toBe(-1);
      }),
    );
  });

  it("stays within its bounds whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
        const end = termEnd(bytes, 0, bytes.length);
        expect(end === -1 || (end > 0 && end <= bytes.length)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
