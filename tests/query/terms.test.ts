// Looking into recorded terms by pages, and states through time: what is sent is bounded, what is said is true.

import { atom, binary, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import {
  fieldHistory,
  schema,
  stateCompare,
  stateStrip,
  stateVersion,
  term,
  termSearch,
  termText,
} from "@elixirscope/query";
import type { RecordingReader } from "@elixirscope/store";
import type { TermSource } from "@elixirscope/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { tell } from "./told.ts";

const PID = "<0.10.0>";
const SLOW = "<0.11.0>";
const ITEMS = 100_000;
const VERSIONS = 5_000;

let reader: RecordingReader;
let message: number;
let event: number;

function deep(levels: number): Term {
  return Array.from({ length: levels }).reduce<Term>((inner) => list([inner]), integer(1));
}

beforeAll(async () => {
  reader = await tell((story) => {
    message = story.message([SLOW, 5], [PID, 6], { big: Array.from({ length: 500 }, (_, i) => i) });
    story.state(
      PID,
      10,
      map([
        [atom("items"), list(Array.from({ length: ITEMS }, (_, i) => binary(`item ${i}`)))],
        [binary("<script>"), binary("a\0b \u202Eevil")],
        [atom("pair"), tuple(atom("ok"), integer(7))],
        [atom("opts"), list([tuple(atom("a"), integer(1)), tuple(atom("b"), deep(400))])],
        [atom("bytes"), binary(new Uint8Array(10_000_000).fill(65))],
      ]),
      "init",
    );
    for (let i = 0; i < VERSIONS; i += 1) {
      const pair = { list: [i >> 1, "same"], late: i > 4_000 };
      story.state(SLOW, 1_000 + i * 10, pair, i % 5 === 0 ? "handle_info" : "handle_call");
    }
    event = story.event("send", PID, 99_000, { sent: true });
  });
});

const STATE: TermSource = { kind: "state", pid: PID, t: 50 };

async function page(at: readonly number[], offset = 0, limit = 100) {
  const answer = await term(reader, { of: STATE, at, offset, limit });
  if (answer.page === null) throw new Error(answer.why ?? "no page");
  return answer.page;
}

describe("a term by pages", () => {
  it("gives the children of a part with what stands before them and their step in a path", async () => {
    const root = await page([]);
    expect(root.node).toMatchObject({ kind: "map", size: 5 });
    expect(root.children.map(({ key, step, size }) => [key, step, size])).toEqual([
      ["bytes:", ".bytes", 0],
      ["items:", ".items", ITEMS],
      ["opts:", ".opts", 2],
      ["pair:", ".pair", 2],
      ['"<script>" =>', '["<script>"]', 0],
    ]);
    expect(root.children[0]).toMatchObject({ bytes: 10_000_000 });
    expect(root.children[4]?.text).not.toContain("\u202E");
    expect(JSON.stringify(root).length).toBeLessThan(5_000);
    expect((await page([3])).children.map(({ step }) => step)).toEqual(["{0}", "{1}"]);
    expect((await page([2])).children.map(({ key, step }) => [key, step])).toEqual([
      ["a:", "[:a]"],
      ["b:", "[:b]"],
    ]);
  });

  it("sends a page of a list of 100,000 items, never the list", async () => {
    const last = await page([1], ITEMS - 3, 200);
    expect(last.path).toBe(".items");
    expect(last.children.map(({ text, step }) => [text, step])).toEqual([
      ['"item 99997"', "[99997]"],
      ['"item 99998"', "[99998]"],
      ['"item 99999"', "[99999]"],
    ]);
    expect(JSON.stringify(await page([1], 0, 200)).length).toBeLessThan(25_000);
  });

  it("goes down as deep as a term is, and says where there is nothing", async () => {
    const down = [2, 1, ...Array.from({ length: 399 }, () => 0)];
    expect((await page(down)).children.map(({ text }) => text)).toEqual(["1"]);
    const nowhere = await term(reader, { of: STATE, at: [3, 9], offset: 0, limit: 1 });
    expect(nowhere).toMatchObject({ page: null, why: "the term has no such part" });
    const early = await term(reader, { of: { ...STATE, t: 1 }, at: [], offset: 0, limit: 1 });
    expect(early).toMatchObject({ page: null, why: "no state was recorded here" });
  });

  it("opens what messages and events carry, too", async () => {
    const body = await term(reader, {
      of: { kind: "message", id: message },
      at: [0],
      offset: 499,
      limit: 9,
    });
    expect(body.page?.children.map(({ text }) => text)).toEqual(["499"]);
    const sent = await term(reader, {
      of: { kind: "event", id: event },
      at: [],
      offset: 0,
      limit: 9,
    });
    expect(sent.page?.node.text).toBe("%{sent: true}");
  });

  it("finds text in keys and values of the whole term, in the order in which it is shown", async () => {
    const hits = await termSearch(reader, { of: STATE, text: "ITEM 9999", offset: 0, limit: 3 });
    expect(hits).toMatchObject({ total: 11, incomplete: false });
    expect(hits.hits.map(({ path, text }) => [path, text])).toEqual([
      [".items[9999]", '"item 9999"'],
      [".items[99990]", '"item 99990"'],
      [".items[99991]", '"item 99991"'],
    ]);
    const key = await termSearch(reader, { of: STATE, text: "<script", offset: 0, limit: 3 });
    expect(key.hits).toMatchObject([{ at: [4], in: "key" }]);
    const deepest = await termSearch(reader, { of: STATE, text: "zzz", offset: 0, limit: 3 });
    expect(deepest.total).toBe(0);
  });

  it("copies a branch as Elixir, and says when that is not all of it", async () => {
    expect(await termText(reader, { of: STATE, at: [3] })).toEqual({
      path: ".pair",
      text: "{:ok, 7}",
      cut: null,
    });
    for (const at of [[], [0], [1], [2, 1]]) {
      const large = await termText(reader, { of: STATE, at });
      expect(large?.cut).toBe("it is larger than what is copied");
      expect(large?.text.length).toBeLessThanOrEqual(400_000);
    }
  });
});

describe("the versions of a state", () => {
  it("are counted exactly once in a strip, however it is divided", async () => {
    for (const by of ["time", "version"] as const) {
      for (const cells of [1, 7, 300, 4_096]) {
        const range = { t0: 0, t1: 60_000 };
        const strip = await stateStrip(reader, { pid: SLOW, ...range, cells, by });
        expect(strip.cells.length).toBeLessThanOrEqual(cells);
        expect(strip.cells.reduce((sum, { count }) => sum + count, 0)).toBe(VERSIONS);
        // every second one, and the one that is late
        const changed = strip.cells.reduce((sum, cell) => sum + cell.changed, 0);
        expect(changed).toBe(VERSIONS / 2 + 1);
        for (const [i, cell] of strip.cells.entries()) {
          expect(cell.t1).toBe(strip.cells[i + 1]?.t0 ?? 60_000);
        }
      }
    }
  });

  it("stand alone with how much they changed where there is room, beginning with what was current", async () => {
    const strip = await stateStrip(reader, {
      pid: SLOW,
      t0: 1_025,
      t1: 1_055,
      cells: 30,
      by: "time",
    });
    expect(strip.total).toBe(4);
    expect(
      strip.cells.map(({ t0, version, changes, callback }) => [t0, version, changes, callback]),
    ).toEqual([
      [1_020, 3, 1, "handle_call"],
      [1_030, 4, 0, "handle_call"],
      [1_040, 5, 1, "handle_call"],
      [1_050, 6, 0, "handle_info"],
    ]);
  });

  it("are compared with any other, by number or by instant", async () => {
    const against = [{ version: 1 }, { t: 1_005 }] as const;
    for (const one of against) {
      const found = await stateCompare(reader, { pid: SLOW, t: 1_055, against: one });
      expect(found).toMatchObject({ before: { version: 1 }, after: { version: 6 }, versions: 5 });
      expect(found.diff).toEqual([{ path: ".list[0]", kind: "changed", before: "0", after: "2" }]);
    }
    const none = await stateCompare(reader, { pid: SLOW, t: 1_055, against: { version: 9_999 } });
    expect(none).toMatchObject({ diff: null, why: "there is no version 9999 of it" });
    expect(await stateVersion(reader, { pid: SLOW, t: 1_055 })).toMatchObject({
      state: { version: 6, callback: "handle_info" },
      previous: { version: 5 },
      versions: VERSIONS,
      diff: [],
    });
  });

  it("tell who changed a field: each change once, page after page, to the first", async () => {
    const { page: root } = await term(reader, {
      of: { kind: "state", pid: SLOW, t: 60_000 },
      at: [],
      offset: 0,
      limit: 9,
    });
    const late = root?.children.findIndex(({ key }) => key === "late:") ?? -1;
    const field = { t: 60_000, at: [late] };
    const one = await fieldHistory(reader, { pid: SLOW, field, t: 60_000, limit: 1 });
    expect(one).toMatchObject({
      path: ".late",
      changes: [{ version: 4_002, kind: "changed", before: "false", after: "true" }],
    });
    const seen: number[] = [];
    const number = { t: 60_000, at: [1 - late, 0] };
    let from: { readonly t: number; readonly below?: number } = { t: 60_000 };
    for (let pages = 0; pages < 100; pages += 1) {
      const found = await fieldHistory(reader, { pid: SLOW, field: number, ...from, limit: 200 });
      expect(found.path).toBe(".list[0]");
      seen.push(...found.changes.map(({ version }) => version));
      if (found.older === null) break;
      from = { t: found.older.t, below: found.older.version + 1 };
    }
    // the first version, and every second from the third on
    expect(seen).toEqual(
      Array.from({ length: VERSIONS / 2 }, (_, i) => VERSIONS - 1 - 2 * i).toSorted(
        (a, b) => b - a,
      ),
    );
  });
});

it("says what SQL can ask: tables with their columns and rows, functions, words", async () => {
  const { tables, functions, keywords } = await schema(reader);
  const states = tables.find(({ name }) => name === "states");
  expect(states?.rows).toBe(VERSIONS + 1);
  expect(states?.columns).toContainEqual({ name: "state", type: "TERM" });
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["raw.calls", "base.pids"]),
  );
  expect(functions).toContainEqual({ name: "term", about: "a term as Elixir prints it" });
  expect(functions.map(({ name }) => name)).toContain("quantile_cont");
  expect(keywords).toContain("select");
  for (const { name } of tables) await reader.query(`select * from ${name} limit 0`);
});
