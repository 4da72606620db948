// A recording of one second that the tests of the page know by heart: a cart whose state changes five
// times, a client that calls it, messages of every match, a crash, and two stretches of loss.

import { Story } from "../support/story.ts";

export const MS = 1_000_000;
export const US = 1_000;

export const SUPERVISOR = "<0.100.0>";
export const CART = "<0.101.0>";
export const CLIENT = "<0.102.0>";
export const QUIET = "<0.103.0>";
export const WORKER = "<0.104.0>";

export const DURATION_NS: number = 1_000 * MS;
export const BOUNDS = { t0: 0, t1: DURATION_NS } as const;

/** The states of the cart: when, and what. */
export const CART_STATES = [
  { t: 50 * MS, state: { items: [], total: 0, note: "new" } },
  { t: 200 * MS, state: { items: ["apple"], total: 10, note: "new" } },
  { t: 400 * MS, state: { items: ["apple", "pear"], total: 25, note: "new" } },
  { t: 700 * MS, state: { items: ["apple", "pear"], total: 25, coupon: ":summer" } },
  { t: 900 * MS, state: { items: ["apple", "pear"], total: 20, coupon: ":summer" } },
] as const;

/** Every process was cut off from the recording here. */
export const DROPPED = { t0: 600 * MS, t1: 650 * MS, count: 1_234 } as const;
/** Only the worker. */
export const LIMITED = { t0: 300 * MS, t1: 350 * MS, count: 50 } as const;

export type Known = {
  /** the call of the cart by the client, which runs for half of the recording */
  readonly run: number;
  readonly add: number;
  readonly request: number;
};

export async function makeCartRecording(folder: string): Promise<Known> {
  const story = await Story.begin(folder, { id: "cart" });
  const app = { application: "shop" };
  story.process(SUPERVISOR, { ...app, name: "Shop.Supervisor", behaviour: "supervisor" });
  story.process(CART, {
    ...app,
    name: "Shop.Cart",
    behaviour: "gen_server",
    initialCall: "Shop.Cart.init/1",
    parent: SUPERVISOR,
    spawned: 10 * MS,
  });
  story.process(CLIENT, { ...app, label: "checkout client", parent: SUPERVISOR });
  story.process(QUIET, { ...app, name: "Shop.Feed", initialCall: "Shop.Feed.loop/0" });
  story.process(WORKER, { ...app, name: "Shop.Worker", parent: SUPERVISOR, spawned: 100 * MS });
  story.event("spawn", SUPERVISOR, 10 * MS, [CART]);
  const [first, second, third, fourth, fifth] = CART_STATES;
  story.state(CART, first.t, first.state, "init");

  const run = story.enter(CLIENT, 150 * MS, ["Elixir.Shop.Client", "run", 1], [{ cart: 7 }]);
  const add = story.enter(CLIENT, 160 * MS, ["Elixir.Shop.Cart", "add", 2], [7, "apple"]);
  const request = story.message(
    [CLIENT, 170 * MS],
    [CART, 190 * MS],
    { add: "apple" },
    {
      kind: "call",
    },
  );
  story.enter(CART, 191 * MS, ["Elixir.Shop.Cart", "handle_call", 3], [{ add: "apple" }]);
  story.call(CART, 192 * MS, 198 * MS, ["Elixir.Shop.Pricing", "price", 1], ["apple"], 10);
  story.leave(CART, 199 * MS, [":reply", ":ok"]);
  const change = story.state(CART, second.t, second.state, "handle_call", request);
  story.link(request, change, "state");
  story.message([CART, 201 * MS], [CLIENT, 205 * MS], ":ok", { kind: "reply", replyTo: request });
  story.leave(CLIENT, 210 * MS, ":ok");

  const cast = story.message(
    [CLIENT, 380 * MS],
    [CART, 390 * MS],
    { put: "pear" },
    { kind: "cast" },
  );
  story.state(CART, third.t, third.state, "handle_cast", cast);
  // the sender of this one was not recorded, the receiver of the next never took it
  story.message([null, null], [CART, 500 * MS], ":tick", { kind: "info", match: "none" });
  story.message([CART, 550 * MS], [QUIET, null], "lost letter", { match: "none" });
  story.leave(CLIENT, 660 * MS, { paid: true });
  // after the gap it is the order that tells which send this was
  const coupon = story.message(
    [CLIENT, 670 * MS],
    [CART, 690 * MS],
    { coupon: ":summer" },
    {
      kind: "cast",
      match: "ordered",
    },
  );
  story.state(CART, fourth.t, fourth.state, "handle_cast", coupon);
  story.state(CART, fifth.t, fifth.state, "handle_info");

  story.enter(WORKER, 110 * MS, ["Elixir.Shop.Worker", "work", 1], [":parcel"]);
  story.leave(
    WORKER,
    750 * MS,
    { __struct__: ":Elixir.RuntimeError", message: "no label" },
    "raised",
  );
  story.exit(WORKER, 751 * MS, [":no_label", []]);
  story.enter(QUIET, 20 * MS, ["Elixir.Shop.Feed", "loop", 0]);

  story.gap(DROPPED.t0, DROPPED.t1, "dropped", DROPPED.count);
  story.gap(LIMITED.t0, LIMITED.t1, "rate_limited", LIMITED.count, WORKER);
  await story.end(DURATION_NS, { dropped: DROPPED.count, rate_limited: LIMITED.count });
  return { run, add, request };
}
