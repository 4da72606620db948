// Told recordings of servers with known races, and their clean twins: the same accesses, kept in order by an
// atomic request, a second look, a lock or a message.

import { atom, binary, integer, map, tuple, type Term } from "@elixirscope/etf";
import { races, type RaceView } from "@elixirscope/query";
import { describe, expect, it } from "vitest";
import { term, type Plain, type Story } from "../support/story.ts";
import { tell } from "./told.ts";

const US = 1_000;
const [SERVER, LOCK] = ["<0.10.0>", "<0.11.0>"] as const;
const [A, B, C] = ["<0.1.0>", "<0.2.0>", "<0.3.0>"] as const;

/** A server with a level per key. Each request takes 10 µs from the send to the reply's arrival. */
class Shop {
  readonly #story: Story;
  readonly levels: Record<string, number> = { apple: 10, pear: 20 };
  t = 0;

  constructor(story: Story) {
    this.#story = story;
    story.process(SERVER, { name: "Elixir.Shop.Stock" });
    story.process(LOCK, { name: "Elixir.Shop.Lock" });
    story.state(SERVER, 0, this.#state(), "init");
  }

  ask(
    client: string,
    request: readonly Plain[],
    answer: () => Plain,
    server: string = SERVER,
  ): void {
    this.t += 20 * US;
    const body = tuple(atom("$gen_call"), tuple(atom("from")), tuple(...request.map(term)));
    const message = this.#story.message([client, this.t], [server, this.t + US], body, {
      kind: "call",
    });
    const result = answer();
    if (server === SERVER)
      this.#story.state(SERVER, this.t + 3 * US, this.#state(), "handle_call", message);
    const reply: Term = tuple(atom("ref"), term(result));
    this.#story.message([server, this.t + 2 * US], [client, this.t + 10 * US], reply, {
      kind: "reply",
      replyTo: message,
    });
  }

  #state(): Term {
    return map(Object.entries(this.levels).map(([key, level]) => [binary(key), integer(level)]));
  }

  level(client: string, key: string): number {
    const level = this.levels[key] ?? 0;
    this.ask(client, [":level", key], () => level);
    return level;
  }

  set(client: string, key: string, level: number): void {
    this.ask(client, [":set_level", key, level], () => {
      this.levels[key] = level;
      return ":ok";
    });
  }

  /** What `reserve` should have been. */
  take(client: string, key: string, count: number): void {
    this.ask(client, [":take", key, count], () => {
      this.levels[key] = (this.levels[key] ?? 0) - count;
      return ":ok";
    });
  }

  locked(client: string, work: () => void): void {
    this.ask(client, [":lock"], () => ":ok", LOCK);
    work();
    this.ask(client, [":unlock"], () => ":ok", LOCK);
  }

  tell(from: string, to: string): void {
    this.t += 20 * US;
    this.#story.message([from, this.t], [to, this.t + 5 * US], "your turn");
  }
}

async function racesOf(tale: (shop: Shop, story: Story) => void): Promise<RaceView> {
  const recording = await tell((story) => tale(new Shop(story), story));
  return await races(recording);
}

/** So that what `set_level` does is known. */
function warmUp(shop: Shop): void {
  shop.set(C, "pear", 19);
  shop.set(C, "pear", 18);
}

it("finds an update that was lost, with both chains in their order", async () => {
  const { races: found } = await racesOf((shop, story) => {
    story.enter(A, 1, ["Elixir.Shop", "reserve", 2]);
    warmUp(shop);
    shop.level(A, "apple");
    shop.level(B, "apple");
    shop.set(B, "apple", 7);
    shop.set(A, "apple", 9);
  });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    kind: "lost_update",
    subject: { kind: "server", process: { name: "Shop.Stock" } },
    read: "{:level, _}",
    write: "{:set_level, _, _}",
    function: "Shop.reserve/2",
    happened: 1,
    possible: 0,
    confidence: "exact",
  });
  const [example] = found[0]?.examples ?? [];
  expect(example?.what).toBe('state["apple"]');
  expect(
    example?.accesses.map(({ process, kind, text, result, isLost }) => [
      process.pid,
      kind,
      text,
      result,
      isLost,
    ]),
  ).toEqual([
    [A, "read", '{:level, "apple"}', "10", false],
    [B, "read", '{:level, "apple"}', "10", false],
    [B, "write", '{:set_level, "apple", 7}', ":ok", true],
    [A, "write", '{:set_level, "apple", 9}', ":ok", false],
  ]);
});

it("finds it also where both wrote the same, so that the state did not change", async () => {
  const { races: found } = await racesOf((shop) => {
    warmUp(shop);
    shop.level(A, "apple");
    shop.level(B, "apple");
    shop.set(B, "apple", 9);
    shop.set(A, "apple", 9);
  });
  expect(found).toMatchObject([{ happened: 1, possible: 0 }]);
});

it("finds one that only timing prevented, and says so", async () => {
  const { races: found } = await racesOf((shop) => {
    warmUp(shop);
    shop.set(A, "apple", shop.level(A, "apple") - 1);
    shop.set(B, "apple", shop.level(B, "apple") - 1);
  });
  expect(found).toMatchObject([{ happened: 0, possible: 1, examples: [{ happened: false }] }]);
});

it.each<readonly [string, (shop: Shop) => void]>([
  [
    "other keys were written",
    (shop) => {
      shop.level(A, "apple");
      shop.set(B, "plum", 3);
      shop.set(A, "apple", 9);
    },
  ],
  [
    "the server computes the new value itself",
    (shop) => {
      shop.level(A, "apple");
      shop.take(B, "apple", 3);
      shop.take(A, "apple", 2);
      shop.take(B, "apple", 1);
    },
  ],
  [
    "who writes only ever writes what it wrote before",
    (shop) => {
      shop.set(A, "apple", 3);
      shop.set(A, "apple", 4);
    },
  ],
  [
    "the second was told to go on by the first",
    (shop) => {
      shop.set(A, "apple", shop.level(A, "apple") - 1);
      shop.tell(A, B);
      shop.set(B, "apple", shop.level(B, "apple") - 1);
    },
  ],
  [
    "a lock keeps them apart",
    (shop) => {
      for (const client of [A, B, A]) {
        shop.locked(client, () => shop.set(client, "apple", shop.level(client, "apple") - 1));
      }
    },
  ],
])("finds nothing where %s", async (_why, tale) => {
  const { races: found, looked } = await racesOf((shop) => {
    warmUp(shop);
    tale(shop);
  });
  expect(looked.requests).toBeGreaterThan(0);
  expect(found).toEqual([]);
});

it("counts a read that was repeated after the other's write as up to date", async () => {
  const { races: found } = await racesOf((shop) => {
    warmUp(shop);
    shop.level(A, "apple");
    shop.set(B, "apple", 7);
    shop.level(A, "apple");
    shop.set(A, "apple", 6);
  });
  // B might have come a little later
  expect(found).toMatchObject([{ happened: 0, possible: 1 }]);
});

it("does not take a request that adds for one that sets, though it began at zero", async () => {
  const { races: found } = await racesOf((shop) => {
    shop.levels["plum"] = 0;
    shop.level(A, "plum");
    shop.take(B, "plum", -5);
    shop.level(A, "plum");
    shop.take(B, "plum", 5);
    shop.take(A, "plum", -5);
  });
  expect(found).toEqual([]);
});

it("finds them however far into a long recording, once each", async () => {
  const recording = await tell((story) => {
    const shop = new Shop(story);
    warmUp(shop);
    for (let i = 0; i < 40; i++) {
      const [a, b] = [`<0.${100 + i}.0>`, `<0.${200 + i}.0>`];
      shop.level(a, "apple");
      shop.set(b, "apple", 1_000 + i);
      shop.set(a, "apple", 2_000 + i);
      story.event("value", A, shop.t, integer(i));
    }
  });
  const whole = await races(recording);
  const inPieces = await races(recording, { mostMessages: 30 });
  expect(whole.races).toMatchObject([{ happened: 40 }]);
  expect(inPieces.races).toMatchObject([{ happened: 40 }]);
  expect(inPieces.limits.join()).toMatch(/apart were not compared/);
});

it("says what limits the answer", async () => {
  const { limits } = await racesOf((shop, story) => {
    story.gap(10, 20, "dropped", 3);
    warmUp(shop);
  });
  expect(limits.join("\n")).toMatch(/dropped \(3 events\)/);
});

function ets(story: Story, pid: string, t: number, name: string, ...args: readonly Plain[]): void {
  story.call(pid, t, t + 1, ["ets", name, args.length], [":stock", ...args]);
}

async function etsRacesOf(tale: (story: Story) => void): Promise<RaceView> {
  return await races(await tell(tale));
}

describe("of ETS keys", () => {
  it("finds an update that was lost between a lookup and an insert", async () => {
    const { races: found, looked } = await etsRacesOf((story) => {
      ets(story, A, 100, "lookup", "apple");
      ets(story, B, 110, "insert", tuple(binary("apple"), integer(3)));
      ets(story, B, 115, "insert", tuple(binary("pear"), integer(3)));
      ets(story, A, 120, "insert", tuple(binary("apple"), integer(4)));
    });
    expect(looked.ets).toBe(4);
    expect(found).toMatchObject([
      {
        kind: "lost_update",
        subject: { kind: "ets", table: ":stock" },
        read: ":ets.lookup",
        write: ":ets.insert",
        happened: 1,
        examples: [{ what: 'key "apple"', accesses: [{}, { isLost: true }, {}] }],
      },
    ]);
  });

  it("finds a read and a write, and two writes, that nothing orders", async () => {
    const { races: found } = await etsRacesOf((story) => {
      ets(story, A, 100, "insert", tuple(binary("apple"), integer(3)));
      ets(story, B, 110, "lookup", "apple");
      ets(story, A, 200, "insert", tuple(binary("pear"), integer(3)));
      ets(story, B, 210, "delete", "pear");
    });
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "read_write", read: ":ets.lookup", write: ":ets.insert" }),
        expect.objectContaining({
          kind: "write_write",
          read: null,
          write: ":ets.delete, :ets.insert",
        }),
      ]),
    );
    expect(found.map(({ happened, possible }) => [happened, possible])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it("finds nothing where a message or a spawn orders them, and none among counters", async () => {
    const { races: found } = await etsRacesOf((story) => {
      ets(story, A, 100, "insert", tuple(binary("apple"), integer(3)));
      story.message([A, 105], [B, 107], "ready");
      ets(story, B, 110, "lookup", "apple");
      const spawn = story.event("spawn", B, 120);
      story.link(spawn, story.event("value", C, 130), "spawn");
      ets(story, C, 140, "insert", tuple(binary("apple"), integer(4)));
      ets(story, A, 200, "update_counter", "visits", 1);
      ets(story, B, 210, "update_counter", "visits", 1);
      ets(story, A, 300, "lookup", "plum");
      ets(story, B, 310, "lookup", "plum");
    });
    expect(found).toEqual([]);
  });
});
