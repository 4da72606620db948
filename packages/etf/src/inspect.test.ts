import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { inspect, type InspectOptions } from "./inspect.ts";
import { view } from "./lazy.ts";
import { atom, binary, charlist, float, integer, list, map, tuple, type Term } from "./term.ts";

const CUT = atom("$elixir_scope_cut");

/** Printed from the term and from its bytes, which must not differ. */
function printed(term: Term, options: InspectOptions = {}): string {
  const text = inspect(term, options);
  const lazy = view(encode(term));
  if (!lazy.ok) throw new Error(lazy.error.code);
  expect(inspect(lazy.value, options)).toBe(text);
  return text;
}

function textOf(term: Term | undefined): string {
  return term?.kind === "binary" ? new TextDecoder().decode(term.bytes) : "";
}

function pointFields(module: string): readonly string[] | undefined {
  return module.endsWith("Point") ? ["y", "x", "label"] : undefined;
}

function cutBinary(prefix: Uint8Array): Term {
  return tuple(CUT, atom("binary"), integer(5000), binary(prefix));
}

function struct(name: string, fields: readonly [string, Term][]): Term {
  const entries = fields.map(([key, value]) => [atom(key), value] as const);
  return map([[atom("__struct__"), atom(name)], ...entries]);
}

describe("inspect", () => {
  it("prints every term of the OTP 25 fixture as Elixir 1.14 did", () => {
    const all = decode(readFileSync(new URL("../../../fixtures/etf/otp25.etf", import.meta.url)));
    if (!all.ok || all.value.kind !== "list") throw new Error("the fixture is a list");
    let compared = 0;
    for (const entry of all.value.items) {
      if (entry.kind !== "tuple") throw new Error("an entry is a tuple");
      const [label, encodings, line, pretty] = entry.items;
      const bytes = encodings?.kind === "list" ? encodings.items[0] : undefined;
      const term = bytes?.kind === "binary" ? decode(bytes.bytes) : undefined;
      // the function around a closure and the number of a foreign node are not in the bytes
      if (term?.ok !== true || /^(?:fun|far) /u.test(textOf(label))) continue;
      const options = { fieldOrder: pointFields };
      expect(inspect(term.value, options), textOf(label)).toBe(textOf(line));
      expect(inspect(term.value, { ...options, pretty: true }), textOf(label)).toBe(textOf(pretty));
      compared++;
    }
    expect(compared).toBeGreaterThan(900);
  });

  it("writes charlists as the target's Elixir does", () => {
    expect(printed(charlist("it's"))).toBe(String.raw`'it\'s'`);
    expect(printed(charlist('it\'s "x"'), { charlists: "sigil" })).toBe(String.raw`~c"it's \"x\""`);
    expect(printed(charlist("abc"), { charlists: "lists" })).toBe("[97, 98, 99]");
    expect(printed(charlist("abcdef"), { printableLimit: 3, charlists: "sigil" })).toBe(
      '~c"abc" ++ ...',
    );
  });

  it("numbers local identities with 0 and names other nodes", () => {
    const pid: Term = { kind: "pid", node: "shop@127.0.0.1", id: 104, serial: 2, creation: 7 };
    expect(printed(pid)).toBe("#PID<0.104.2>");
    expect(printed(pid, { localNode: "shop@127.0.0.1" })).toBe("#PID<0.104.2>");
    expect(printed(pid, { localNode: "other@127.0.0.1" })).toBe("#PID<104.2 on shop@127.0.0.1>");
    const reference: Term = { kind: "reference", node: "a@b", creation: 7, ids: [1, 2, 3] };
    expect(printed(reference)).toBe("#Reference<0.3.2.1>");
    expect(printed(reference, { localNode: "x@y" })).toBe("#Reference<3.2.1 on a@b>");
    expect(printed({ kind: "port", node: "a@b", id: 5, creation: 7 })).toBe("#Port<0.5>");
  });

  it("shows in place what the probe cut", () => {
    const rest = tuple(CUT, atom("list"), integer(-1));
    expect(printed(list([integer(300), integer(301)], rest))).toBe("[300, 301, ...]");
    expect(printed(list([integer(97), integer(98)], rest))).toBe("'ab' ++ ...");
    expect(printed(list([tuple(atom("a"), integer(1))], rest))).toBe("[a: 1, ...]");
    expect(printed(tuple(atom("a"), tuple(CUT, atom("tuple"), integer(9))))).toBe("{:a, ...}");
    const more = [CUT, tuple(atom("map"), integer(100))] as const;
    expect(printed(map([[atom("a"), integer(1)], more]))).toBe("%{a: 1, ...}");
    expect(printed(map([[binary("a"), integer(1)], more]))).toBe('%{"a" => 1, ...}');
    expect(printed(map([more]))).toBe("%{...}");
    const user = map([[atom("__struct__"), atom("Elixir.User")], [atom("id"), integer(1)], more]);
    expect(printed(user)).toBe("%User{id: 1, ...}");
    const date = map([[atom("__struct__"), atom("Elixir.Date")], [atom("day"), integer(1)], more]);
    expect(printed(date)).toBe("%Date{day: 1, ...}");
  });

  it("shows cut binaries as text up to the last whole character", () => {
    const text = new TextEncoder().encode("héé");
    expect(printed(cutBinary(text))).toBe('"héé" <> ...');
    expect(printed(cutBinary(text.subarray(0, 4)))).toBe('"hé" <> ...');
    expect(printed(cutBinary(Uint8Array.of(255, 1)))).toBe("<<255, 1, ...>>");
    expect(printed(cutBinary(new Uint8Array(60).fill(255)), { limit: 2 })).toBe(
      "<<255, 255, ...>>",
    );
  });

  it("shows where the depth ended", () => {
    const kinds = ["list", "tuple", "map", "bitstring", "function"];
    expect(printed(list(kinds.map((of) => tuple(CUT, atom("depth"), atom(of), integer(3)))))).toBe(
      "[[...], {...}, %{...}, <<...>>, #Function<...>]",
    );
  });

  it("takes another name for the marker, and a tuple like it for a tuple", () => {
    const like = tuple(CUT, atom("depth"), atom("list"), integer(3));
    expect(printed(like, { cutMarker: "other" })).toBe(
      ':{:"$elixir_scope_cut", :depth, :list, 3}'.slice(1),
    );
    expect(printed(tuple(CUT, integer(1), integer(2)))).toBe('{:"$elixir_scope_cut", 1, 2}');
  });

  it("prints structs with odd fields plainly", () => {
    expect(printed(struct("Elixir.Date", [["year", binary("x")]]))).toBe('%Date{year: "x"}');
    expect(printed(struct("Elixir.MapSet", [["map", integer(1)]]))).toBe("%MapSet{map: 1}");
    expect(
      printed(
        struct("Elixir.Range", [
          ["first", atom("a")],
          ["last", integer(1)],
        ]),
      ),
    ).toBe("%Range{first: :a, last: 1}");
    expect(printed(struct("record", [["a", integer(1)]]))).toBe("%{__struct__: :record, a: 1}");
    expect(
      printed(
        struct("Elixir.Regex", [
          ["source", binary("a/b")],
          ["opts", list([atom("caseless")])],
        ]),
      ),
    ).toBe(String.raw`~r/a\/b/i`);
  });

  it("orders the fields of a struct as told", () => {
    const point = map([
      [atom("__struct__"), atom("Elixir.Point")],
      [atom("x"), integer(1)],
      [atom("y"), integer(2)],
    ]);
    expect(printed(point)).toBe("%Point{x: 1, y: 2}");
    expect(printed(point, { fieldOrder: pointFields })).toBe("%Point{y: 2, x: 1}");
  });

  it("prints floats shortly and huge integers in hexadecimal", () => {
    expect(printed(float(1e20))).toBe("1.0e20");
    expect(printed(float(-0))).toBe("-0.0");
    expect(printed(integer(2n ** 200n))).toBe((2n ** 200n).toString());
    expect(printed(integer(-(2n ** 400_000n)))).toBe(`-0x1${"0".repeat(100_000)}`);
  });

  it("ends at a depth that its own recursion can bear", () => {
    let term: Term = atom("x");
    for (let i = 0; i < 100_000; i++) term = tuple(term);
    expect(inspect(term, { limit: Infinity })).toMatch(/^\{+\.\.\.\}+$/u);
  });
});
