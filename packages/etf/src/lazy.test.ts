import { describe, expect, it } from "vitest";
import { encode } from "./encode.ts";
import { view, type LazyTerm } from "./lazy.ts";
import { atom, binary, charlist, float, integer, list, map, tuple, type Term } from "./term.ts";

function lazily(term: Term): LazyTerm {
  const result = view(encode(term));
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

describe("view", () => {
  it("looks into containers step by step", () => {
    const lazy = lazily(
      tuple(atom("ok"), map([[atom("items"), list([integer(1), binary("two")])]])),
    );
    expect([lazy.kind, lazy.size]).toEqual(["tuple", 2]);
    const items = lazy.at(1)?.get(atom("items"));
    expect([items?.kind, items?.size]).toEqual(["list", 2]);
    expect(items?.at(1)?.toTerm()).toEqual(binary("two"));
    expect(items?.at(0)?.toTerm()).toEqual(integer(1));
    expect(items?.at(2)).toBeUndefined();
    expect(lazy.get(atom("items"))).toBeUndefined();
  });

  it("finds keys that are `=:=` and no others", () => {
    const lazy = lazily(
      map([
        [float(1), atom("float")],
        [integer(1), atom("integer")],
        [map([]), atom("map")],
      ]),
    );
    expect(lazy.get(integer(1))?.toTerm()).toEqual(atom("integer"));
    expect(lazy.get(float(1))?.toTerm()).toEqual(atom("float"));
    expect(lazy.get(map([]))?.toTerm()).toEqual(atom("map"));
    expect(lazy.get(atom("1"))).toBeUndefined();
  });

  it("has items for the characters of a charlist", () => {
    const lazy = lazily(charlist("ab"));
    expect([...lazy.items()].map((item) => item.toTerm())).toEqual([integer(97), integer(98)]);
    expect(lazy.tail).toBeNull();
  });

  it("tells proper from improper lists", () => {
    expect(lazily(list([atom("a")], atom("b"))).tail?.toTerm()).toEqual(atom("b"));
    expect(lazily(list([atom("a"), atom("b")])).tail).toBeNull();
  });

  it("gives the bytes of a part, as they stand", () => {
    const part = tuple(integer(1), binary("x"));
    const lazy = lazily(list([part, atom("end")]));
    expect(lazy.at(0)?.bytes).toEqual(encode(part).subarray(1));
  });

  it("says how many bytes a binary has", () => {
    expect(lazily(binary("12345")).size).toBe(5);
    expect(lazily(atom("a")).size).toBe(0);
  });

  it("starts anywhere when told an offset, ignoring what follows", () => {
    const bytes = Uint8Array.of(9, 9, 97, 5, 9);
    const lazy = view(bytes, 2);
    expect(lazy.ok && lazy.value.toTerm()).toEqual(integer(5));
    expect(view(bytes).ok).toBe(false);
  });

  it("walks a long list in one pass, in both directions of asking", () => {
    const count = 100_000;
    const lazy = lazily(list(Array.from({ length: count }, (_, i) => integer(i + 1000))));
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const item = lazy.at(i)?.toTerm();
      if (item?.kind === "integer") sum += Number(item.value);
    }
    expect(sum).toBe((count * (count - 1)) / 2 + 1000 * count);
    expect(lazy.at(0)?.toTerm()).toEqual(integer(1000));
  });
});
