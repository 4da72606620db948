import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { equal } from "./compare.ts";
import { decode, decodeAt } from "./decode.ts";
import { encode } from "./encode.ts";
import {
  atom,
  binary,
  bitstring,
  charlist,
  float,
  integer,
  list,
  map,
  tuple,
  type Term,
} from "./term.ts";

function bytes(...values: readonly (number | string)[]): Uint8Array {
  return Uint8Array.from(
    values.flatMap((value) =>
      typeof value === "string" ? [...Buffer.from(value, "latin1")] : [value],
    ),
  );
}

function decoded(input: Uint8Array): Term {
  const result = decode(input);
  if (!result.ok) throw new Error(`${result.error.code} at ${result.error.offset}`);
  return result.value;
}

function failure(input: Uint8Array, options = {}): readonly [string, number] {
  const result = decode(input, options);
  if (result.ok) throw new Error("it decoded");
  return [result.error.code, result.error.offset];
}

function compressed(plain: Uint8Array, size: number): Uint8Array {
  const head = Buffer.alloc(6);
  head.writeUInt8(131, 0);
  head.writeUInt8(80, 1);
  head.writeUInt32BE(size, 2);
  return Buffer.concat([head, deflateSync(plain)]);
}

const node = [100, 0, 3, "a@b"] as const;

describe("decode", () => {
  it("keeps integers and floats of the same value apart", () => {
    expect(decoded(bytes(131, 97, 1))).toEqual(integer(1));
    expect(decoded(bytes(131, 70, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0))).toEqual(float(1));
    const negativeZero = decoded(bytes(131, 70, 0x80, 0, 0, 0, 0, 0, 0, 0));
    expect(negativeZero.kind === "float" && Object.is(negativeZero.value, -0)).toBe(true);
  });

  it("makes a bigint only of what no number can hold", () => {
    expect(decoded(bytes(131, 98, 0xff, 0xff, 0xff, 0xfe))).toEqual(integer(-2));
    const edge = bytes(131, 110, 7, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f);
    expect(decoded(edge)).toEqual(integer(2 ** 53 - 1));
    const beyond = bytes(131, 110, 7, 1, 0, 0, 0, 0, 0, 0, 0x20);
    expect(decoded(beyond)).toEqual({ kind: "integer", value: -(2n ** 53n) });
  });

  it("reads atoms in all four forms, Latin-1 bytes as code points", () => {
    for (const form of [
      [100, 0, 1],
      [115, 1],
    ])
      expect(decoded(bytes(131, ...form, 0x80))).toEqual(atom("\u0080"));
    for (const form of [
      [118, 0, 2],
      [119, 2],
    ])
      expect(decoded(bytes(131, ...form, 0xc3, 0xa9))).toEqual(atom("é"));
    expect(failure(bytes(131, 119, 2, 0xc3, 0x28))).toEqual(["malformed", 3]);
  });

  it("reads old and new forms of pids, ports and references", () => {
    const pid = { kind: "pid", node: "a@b", id: 5, serial: 1 };
    expect(decoded(bytes(131, 103, ...node, 0, 0, 0, 5, 0, 0, 0, 1, 2))).toEqual({
      ...pid,
      creation: 2,
    });
    expect(decoded(bytes(131, 88, ...node, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 1, 2))).toEqual({
      ...pid,
      creation: 258,
    });
    const port = { kind: "port", node: "a@b", creation: 2 };
    expect(decoded(bytes(131, 102, ...node, 0, 0, 0, 5, 2))).toEqual({ ...port, id: 5 });
    expect(decoded(bytes(131, 89, ...node, 0, 0, 0, 5, 0, 0, 0, 2))).toEqual({ ...port, id: 5 });
    const wide = bytes(131, 120, ...node, 0xff, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 2);
    expect(decoded(wide)).toEqual({ ...port, id: 0xff00000000000005n });
    expect(decoded(encode(decoded(wide)))).toEqual(decoded(wide));
    const reference = { kind: "reference", node: "a@b", creation: 2 };
    expect(decoded(bytes(131, 101, ...node, 0, 0, 0, 7, 2))).toEqual({ ...reference, ids: [7] });
    expect(decoded(bytes(131, 114, 0, 1, ...node, 2, 0, 0, 0, 7))).toEqual({
      ...reference,
      ids: [7],
    });
    const newest = bytes(131, 90, 0, 2, ...node, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 8);
    expect(decoded(newest)).toEqual({ ...reference, ids: [7, 8] });
  });

  it("reads floats in their old form of text", () => {
    const text = "1.50000000000000000000e+00".padEnd(31, "\0");
    expect(decoded(bytes(131, 99, text))).toEqual(float(1.5));
    expect(failure(bytes(131, 99, "1.5x".padEnd(31, "\0")))).toEqual(["malformed", 2]);
  });

  it("reads a string as a list and joins a list in the tail of a list", () => {
    expect(decoded(bytes(131, 107, 0, 2, "ab"))).toEqual(charlist("ab"));
    const joined = bytes(131, 108, 0, 0, 0, 1, 97, 1, 108, 0, 0, 0, 1, 97, 2, 107, 0, 1, 3);
    expect(decoded(joined)).toEqual(list([integer(1), integer(2), integer(3)]));
    expect(decoded(bytes(131, 108, 0, 0, 0, 0, 97, 9))).toEqual(integer(9));
  });

  it("takes a bitstring of whole bytes for a binary", () => {
    expect(decoded(bytes(131, 77, 0, 0, 0, 1, 8, 7))).toEqual(binary(bytes(7)));
    expect(decoded(bytes(131, 77, 0, 0, 0, 1, 3, 0xa0))).toEqual(bitstring(bytes(0xa0), 3));
    expect(failure(bytes(131, 77, 0, 0, 0, 1, 9, 7))).toEqual(["malformed", 7]);
    expect(failure(bytes(131, 77, 0, 0, 0, 0, 3))).toEqual(["malformed", 7]);
  });

  it("inflates compressed terms up to a bound", () => {
    const plain = encode(map([[atom("a"), binary("x".repeat(1000))]])).subarray(1);
    expect(decoded(compressed(plain, plain.length)).kind).toBe("map");
    const packed = compressed(plain, plain.length);
    expect(failure(packed, { maxBytes: 100 })).toEqual(["too_large", 2]);
    expect(failure(compressed(plain, plain.length + 1))).toEqual(["bad_compression", 2]);
    expect(failure(compressed(plain, plain.length - 1))).toEqual(["bad_compression", 6]);
    expect(failure(bytes(131, 80, 0, 0, 0, 9, 1, 2, 3))).toEqual(["bad_compression", 6]);
    // says 64 MB, holds 10 bytes: nothing of that size may be made
    expect(failure(compressed(new Uint8Array(10), 67_108_864))).toEqual(["bad_compression", 2]);
  });

  it("says in which bytes an offset counts", () => {
    const result = decode(compressed(bytes(104, 1, 255), 3));
    expect(result).toMatchObject({
      ok: false,
      error: { code: "unknown_tag", offset: 2, compressed: true },
    });
  });

  it("gives the offset at which the bytes went wrong", () => {
    expect(failure(bytes())).toEqual(["truncated", 0]);
    expect(failure(bytes(130, 97, 1))).toEqual(["not_external_term", 0]);
    expect(failure(bytes(131, 104, 2, 97, 1, 3))).toEqual(["unknown_tag", 5]);
    expect(failure(bytes(131, 97, 1, 2))).toEqual(["trailing_bytes", 3]);
    expect(failure(bytes(131, 109, 0xff, 0xff, 0xff, 0xff))).toEqual(["truncated", 6]);
    expect(failure(bytes(131, 113, 97, 1, 97, 1, 97, 1))).toEqual(["malformed", 2]);
    expect(failure(bytes(131, 70, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0))).toEqual(["malformed", 2]);
    expect(failure(bytes(131, 110, 1, 2, 1))).toEqual(["malformed", 3]);
  });

  it("refuses to believe lengths that the bytes cannot hold", () => {
    for (const tag of [108, 105, 116]) {
      const before = process.memoryUsage().heapUsed;
      expect(failure(bytes(131, tag, 0xff, 0xff, 0xff, 0xff, 106, 106))[0]).toBe("truncated");
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
    }
    expect(failure(bytes(131, 111, 0x40, 0, 0, 0, 0, 1))[0]).toBe("truncated");
  });

  it("decodes and encodes lists nested a million deep", () => {
    const depth = 1_000_000;
    const input = new Uint8Array(2 + 6 * depth).fill(106);
    input[0] = 131;
    for (let i = 0; i < depth; i++) input.set([108, 0, 0, 0, 1], 1 + i * 5);
    expect(Buffer.compare(encode(decoded(input)), input)).toBe(0);
  }, 60_000);

  it("shares the input's memory for binaries", () => {
    const input = encode(binary("abc"));
    const term = decoded(input);
    expect(term.kind === "binary" && term.bytes.buffer === input.buffer).toBe(true);
  });
});

describe("decodeAt", () => {
  it("reads one term from the middle of bytes and says where it ends", () => {
    const input = bytes(1, 2, 104, 1, 97, 5, 9, 9);
    expect(decodeAt(input, 2)).toEqual({ ok: true, value: { term: tuple(integer(5)), end: 6 } });
    expect(decodeAt(input, 7)).toMatchObject({
      ok: false,
      error: { code: "unknown_tag", offset: 7 },
    });
  });

  it("fails past the end instead of throwing", () => {
    expect(decodeAt(bytes(1), 5)).toMatchObject({ ok: false, error: { code: "truncated" } });
    expect(decodeAt(bytes(1), -1)).toMatchObject({ ok: false, error: { code: "truncated" } });
  });
});

describe("real terms of OTP 25", () => {
  it("are the same after decoding and encoding", () => {
    const fixture = readFileSync(new URL("../../../fixtures/etf/otp25.etf", import.meta.url));
    const all = decoded(fixture);
    if (all.kind !== "list") throw new Error("the fixture is a list");
    expect(all.items.length).toBeGreaterThan(900);
    expect(equal(decoded(encode(all)), all)).toBe(true);
  });
});
