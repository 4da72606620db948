import {
  atom,
  binary,
  bitstring,
  encode,
  float,
  integer,
  list,
  map,
  type Term,
  tuple,
} from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MANIFEST, STOPPED, TemporaryFolder } from "../testing/support.ts";
import { RecordingWriter } from "./index.ts";
import { termJson } from "./term-json.ts";

const cut = (...rest: Term[]): Term => tuple(atom(CUT_ATOM), ...rest);

it.each<[string, Term]>([
  ["5", integer(5)],
  ["123456789012345678901234567890", integer(123456789012345678901234567890n)],
  ["2.5", float(2.5)],
  ["null", atom("nil")],
  ["true", atom("true")],
  ['"ok"', atom("ok")],
  ['"Shop.Cart"', atom("Elixir.Shop.Cart")],
  ['"größe"', binary("größe")],
  ["[255,0]", binary(Uint8Array.of(255, 0))],
  ['"<<128, 1::size(3)>>"', bitstring(Uint8Array.of(128, 32), 3)],
  ["[1,[2,3]]", list([integer(1), tuple(integer(2), integer(3))])],
  ["[1,2]", list([integer(1)], integer(2))],
  ["[]", list([])],
  [
    '{"a":1,"b":2,"3":4,"{:x}":5}',
    map([
      [atom("a"), integer(1)],
      [binary("b"), integer(2)],
      [integer(3), integer(4)],
      [tuple(atom("x")), integer(5)],
    ]),
  ],
  [
    '{"__struct__":"Shop.Cart","id":1}',
    map([
      [atom("__struct__"), atom("Elixir.Shop.Cart")],
      [atom("id"), integer(1)],
    ]),
  ],
  ['["prefix...",1]', list([cut(atom("binary"), integer(9000), binary("prefix")), integer(1)])],
  ['[1,"..."]', list([integer(1)], cut(atom("list"), integer(-1)))],
  [
    '{"a":1,"...":"..."}',
    map([
      [atom("a"), integer(1)],
      [atom(CUT_ATOM), tuple(atom("map"), integer(99))],
    ]),
  ],
])("writes %s", (json, term) => {
  expect(termJson(term)).toBe(json);
  expect(() => {
    JSON.parse(json);
  }).not.toThrow();
});

it("cuts what is nested too deeply instead of failing", () => {
  let term: Term = integer(1);
  for (let depth = 0; depth < 20_000; depth++) term = list([term]);
  expect(termJson(term)).toContain('["..."]');
});

describe("in SQL", () => {
  let folder: TemporaryFolder;
  let writer: RecordingWriter;

  beforeAll(async () => {
    folder = new TemporaryFolder();
    writer = await RecordingWriter.create(folder.join("a.escope"), MANIFEST);
    const { events } = writer.tables;
    const cart = map([[atom("items"), list([tuple(binary("pen"), integer(2))])]]);
    for (const [index, bytes] of [encode(cart), Uint8Array.of(131, 255), null].entries()) {
      const i = events.next();
      events.columns.id[i] = index + 1;
      if (bytes !== null) events.columns.payload[i] = writer.payload(bytes);
    }
  });

  afterAll(async () => {
    await writer.close(STOPPED);
    folder[Symbol.dispose]();
  });

  it("prints terms as Elixir does, and says of damaged ones that they are", async () => {
    const { rows } = await writer.query("SELECT term(payload) FROM events ORDER BY id");
    expect(rows).toEqual([['%{items: [{"pen", 2}]}'], ["#Undecodable<unknown_tag at 1>"], [null]]);
  });

  it("reads inside terms, row by row, and combines", async () => {
    const { rows } = await writer.query(
      `SELECT term(term_get(payload, '.items[0]{0}')), term_get(payload, '.items[0]{1}'),
        term_json(payload), term_json(payload)->>'$.items[0][0]' FROM events ORDER BY id`,
    );
    expect(rows).toEqual([
      ['"pen"', Uint8Array.of(131, 97, 2), '{"items":[["pen",2]]}', "pen"],
      [null, null, null, null],
      [null, null, null, null],
    ]);
  });

  it("filters by what is inside a term", async () => {
    const { rows } = await writer.query(
      "SELECT id FROM events WHERE term(term_get(payload, '.items[0]{1}'))::INTEGER > 1",
    );
    expect(rows).toEqual([[1]]);
  });

  it("reports a bad path as an SQL error", async () => {
    await expect(
      writer.query("SELECT term_get(payload, 'a..b') FROM events"),
    ).rejects.toMatchObject({
      code: "sql_error",
      message: expect.stringContaining("bad term path at 1"),
    });
    expect((await writer.query("SELECT 1")).rows).toEqual([[1]]);
  });

  it("offers references and payload(ref) to read only few terms of many rows", async () => {
    const { rows } = await writer.query(
      "SELECT id, payload(payload) FROM (SELECT id, payload FROM refs.events ORDER BY id DESC LIMIT 2)",
    );
    expect(rows).toEqual([
      [3, null],
      [2, Uint8Array.of(131, 255)],
    ]);
  });
});
