// A recording of one second in which everything goes wrong that the page can tell: a courier crashes twice, an update
// of the stock is lost, a mailbox piles up, two banks wait for each other, a function is slow for large arguments,
// a clause is never reached, and a stretch is lost.

import { atom, binary, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import { Story, term, type Plain } from "../support/story.ts";

const US = 1_000;
const MS = 1_000_000;

export const SUPERVISOR = "<0.100.0>";
export const COURIERS = ["<0.110.0>", "<0.111.0>", "<0.112.0>"] as const;
export const ORDER = "<0.120.0>";
export const LOAD = "<0.130.0>";
export const [ANN, BOB] = ["<0.131.0>", "<0.132.0>"] as const;
export const STOCK = "<0.140.0>";
export const NOTIFIER = "<0.150.0>";
export const BANKS = ["<0.160.0>", "<0.161.0>"] as const;
export const LOST = { t0: 700 * MS, t1: 720 * MS, count: 77 } as const;

const PRICING = `defmodule Shop.Pricing do
  def discount(sum, _customer) when sum < 10, do: 0
  def discount(sum, %{score: _}), do: div(sum, 20)
  def discount(sum, %{vip: true}), do: div(sum, 4)
  def loyalty_score(n), do: n
end
`;

export type Trouble = {
  /** ends of the couriers, first one first */
  readonly crashes: readonly number[];
  /** the cast that the first courier died of, as it was sent and as it was received */
  readonly cast: number;
  /** the call that told the order to ship */
  readonly ship: number;
  readonly discount: number;
  readonly write: number;
};

/** `stock`: the name of the server whose update is lost. */
export async function makeTroubleRecording(
  folder: string,
  stock = "Elixir.Shop.Stock",
): Promise<Trouble> {
  const story = await Story.begin(folder, { id: "trouble" });
  story.writer.add("sources", {
    path: "lib/shop/pricing.ex",
    sha256: "",
    bytes: PRICING.length,
    text: PRICING,
  });
  story.process(SUPERVISOR, { name: "Elixir.Shop.Supervisor", behaviour: "supervisor" });
  story.process(LOAD, { name: "Elixir.Shop.Load" });
  story.process(ORDER, { label: "order 7" });
  story.process(COURIERS[0], courier(1 * MS));
  const discount = pricing(story);
  const write = lostUpdate(story, stock);
  pileUp(story);
  const first = crash(story, 0, 400 * MS);
  const second = crash(story, 1, 500 * MS);
  story.process(COURIERS[2], courier(500 * MS + 70 * US));
  deadlock(story);
  story.gap(LOST.t0, LOST.t1, "dropped", LOST.count);
  await story.end(1_000 * MS, { dropped: LOST.count });
  const { cast, ship } = first;
  return { crashes: [first.exit, second.exit], cast, ship, discount, write };
}

function courier(spawned: number): Parameters<Story["process"]>[1] {
  return { name: "Elixir.Shop.Courier", parent: SUPERVISOR, behaviour: "gen_server", spawned };
}

/** Three discounts, the last for a VIP who has a score, and sixty scores; answers the VIP's call. */
function pricing(story: Story): number {
  const discount = ["Elixir.Shop.Pricing", "discount", 2] as const;
  const ask = (t: number, sum: number, customer: Plain, result: number): number =>
    story.call(LOAD, t, t + 2 * US, discount, [sum, customer], result);
  ask(10 * MS, 4, { score: 1 }, 0);
  ask(11 * MS, 40, { score: 2, vip: false }, 2);
  const vip = ask(12 * MS, 60, { score: 3, vip: true }, 3);
  let t = 20 * MS;
  for (let i = 0; i < 60; i++) {
    const n = i % 12;
    const end = t + Math.round(2 * US * 1.9 ** n);
    story.call(LOAD, t, end, ["Elixir.Shop.Pricing", "loyalty_score", 1], [n], n);
    t = end + 10 * US;
  }
  return vip;
}

/** Ann and Bob read the level and write back; Ann's write takes Bob's away. Answers Ann's write. */
function lostUpdate(story: Story, name: string): number {
  const levels: Record<string, number> = { apple: 10, pear: 20 };
  const state = (): Term =>
    map(Object.entries(levels).map(([key, level]) => [binary(key), integer(level)]));
  story.process(STOCK, { name, behaviour: "gen_server" });
  let t = 120 * MS;
  story.state(STOCK, t, state(), "init");
  const ask = (client: string, request: readonly Plain[], result: Plain): number => {
    t += 20 * US;
    const body = tuple(atom("$gen_call"), tuple(atom("from")), tuple(...request.map(term)));
    const message = story.message([client, t], [STOCK, t + US], body, { kind: "call" });
    const reply = tuple(atom("ref"), term(result));
    story.message([STOCK, t + 2 * US], [client, t + 10 * US], reply, {
      kind: "reply",
      replyTo: message,
    });
    story.state(STOCK, t + 3 * US, state(), "handle_call", message);
    return message;
  };
  const set = (client: string, key: string, level: number): number => {
    levels[key] = level;
    return ask(client, [":set_level", key, level], ":ok");
  };
  // so that what the request does is known
  set(LOAD, "pear", 19);
  set(LOAD, "pear", 18);
  ask(ANN, [":level", "apple"], 10);
  ask(BOB, [":level", "apple"], 10);
  set(BOB, "apple", 7);
  return set(ANN, "apple", 9);
}

/** Eight casts at once, each worked on for 20 ms. */
function pileUp(story: Story): void {
  story.process(NOTIFIER, { name: "Elixir.Shop.Notifier", behaviour: "gen_server" });
  const casts = Array.from({ length: 8 }, (_, i) =>
    story.message(
      [LOAD, 150 * MS + i],
      [NOTIFIER, 150 * MS + US + i],
      { mail: i },
      { kind: "cast" },
    ),
  );
  for (const [i, cast] of casts.entries()) {
    story.handle(NOTIFIER, (160 + 20 * i) * MS, cast);
    story.state(NOTIFIER, (179 + 20 * i) * MS, { sent: i + 1 }, "handle_cast");
  }
}

/** An order sends a parcel that the courier has no clause for; the supervisor starts the next one. */
function crash(
  story: Story,
  which: 0 | 1,
  t: number,
): { readonly exit: number; readonly cast: number; readonly ship: number } {
  const [pid, next] = [COURIERS[which], COURIERS[which + 1] ?? ""];
  const parcel = { customer: `customer-${which}`, items: 40_000 + which };
  const deliver = tuple(atom("deliver"), term(parcel));
  const raised = tuple(atom("error"), atom("function_clause"));
  const reason = tuple(atom("function_clause"), list([]));
  story.state(pid, t, { delivered: which + 5 }, "handle_cast");
  const ship = story.enter(ORDER, t + 10 * US, ["Elixir.Shop.Order", "ship", 1], [parcel]);
  const cast = story.message(
    [ORDER, t + 20 * US],
    [pid, t + 30 * US],
    tuple(atom("$gen_cast"), deliver),
    { kind: "cast" },
  );
  story.leave(ORDER, t + 21 * US);
  story.handle(pid, t + 31 * US, cast);
  const state = { delivered: which + 5 };
  story.enter(pid, t + 32 * US, ["Elixir.Shop.Courier", "handle_cast", 2], [deliver, state]);
  story.enter(pid, t + 33 * US, ["Elixir.Shop.Courier", "carry", 1], [parcel]);
  story.leave(pid, t + 34 * US, raised, "raised");
  story.leave(pid, t + 35 * US, raised, "raised");
  const exit = story.exit(pid, t + 40 * US, reason);
  if (which === 0) story.link(exit, story.exit(ANN, t + 41 * US, reason), "exit");
  const told = tuple(atom("EXIT"), atom("pid"), reason);
  story.link(exit, story.received(pid, SUPERVISOR, t + 42 * US, told, "exit"), "exit");
  const spawn = story.event("spawn", SUPERVISOR, t + 70 * US, [next]);
  story.link(spawn, story.event("register", next, t + 71 * US, ":courier"), "spawn");
  if (which === 0) story.process(next, courier(t + 70 * US));
  return { exit, cast, ship };
}

function bankCall(what: string): Term {
  return tuple(atom("$gen_call"), tuple(atom("from"), atom("ref")), atom(what));
}

function deadlock(story: Story): void {
  const [a, b] = BANKS;
  story.process(a, { name: "Elixir.Bank.A" });
  story.process(b, { name: "Elixir.Bank.B" });
  story.message([a, 600 * MS], [b, 600 * MS + US], bankCall("to_b"), { kind: "call" });
  story.message([b, 601 * MS], [a, 601 * MS + US], bankCall("to_a"), { kind: "call" });
}
