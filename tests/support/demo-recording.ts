// A recording that looks like the shop at work: carts, an inventory, checkouts across processes, a
// worker that crashes, a slow report and a stretch in which events were dropped. Deterministic.

import { Story, type Plain } from "./story.ts";

const MS = 1_000_000;

export type DemoOptions = { readonly carts?: number; readonly checkouts?: number };

export async function makeDemoRecording(
  folder: string,
  { carts = 12, checkouts = 400 }: DemoOptions = {},
): Promise<void> {
  const story = await Story.begin(folder, { id: "demo" });
  const app = { application: "shop" };
  story.process("<0.100.0>", {
    ...app,
    name: "Shop.Supervisor",
    behaviour: "supervisor",
    initialCall: "Supervisor.init/1",
  });
  story.process("<0.101.0>", {
    ...app,
    name: "Shop.Inventory",
    behaviour: "gen_server",
    initialCall: "Shop.Inventory.init/1",
    parent: "<0.100.0>",
  });
  story.process("<0.102.0>", {
    ...app,
    name: "Shop.Payments",
    behaviour: "gen_server",
    initialCall: "Shop.Payments.init/1",
    parent: "<0.100.0>",
  });
  story.process("<0.103.0>", {
    ...app,
    name: "Shop.Report",
    initialCall: "Shop.Report.loop/0",
    parent: "<0.100.0>",
  });
  const cartPids = Array.from({ length: carts }, (_, i) => `<0.${200 + i}.0>`);
  for (const [i, pid] of cartPids.entries()) {
    story.process(pid, {
      ...app,
      label: `cart ${i + 1}`,
      behaviour: "gen_server",
      initialCall: "Shop.Cart.init/1",
      parent: "<0.100.0>",
      spawned: i * MS,
    });
  }

  const stock: Record<string, number> = { apple: 1_000, pear: 500, plum: 250 };
  const items = Object.keys(stock);
  const filled = cartPids.map(() => [] as Plain[]);
  story.state(
    "<0.101.0>",
    0,
    { __struct__: ":Elixir.Shop.Inventory", stock: { ...stock }, reserved: [] },
    "init",
  );
  let t = 20 * MS;
  for (let n = 0; n < checkouts; n++) {
    const i = (n * 7) % carts;
    const cart = cartPids[i] ?? "<0.200.0>";
    const item = items[n % items.length] ?? "apple";
    const client = `<0.${1_000 + n}.0>`;
    story.process(client, { initialCall: "Shop.Load.client/1", parent: "<0.100.0>", spawned: t });

    story.enter(client, t, ["Elixir.Shop.Load", "client", 1], [n]);
    story.enter(client, t + 20_000, ["Elixir.Shop.Cart", "add", 3], [`cart ${i + 1}`, item, 1]);
    const add = story.message(
      [client, t + 30_000],
      [cart, t + 60_000],
      { add: item, quantity: 1 },
      { kind: "call" },
    );
    story.enter(
      cart,
      t + 70_000,
      ["Elixir.Shop.Cart", "handle_call", 3],
      [{ add: item }, ":from", ":state"],
    );
    story.enter(cart, t + 80_000, ["Elixir.Shop.Inventory", "reserve", 2], [item, 1]);
    const reserve = story.message(
      [cart, t + 90_000],
      ["<0.101.0>", t + 110_000],
      { reserve: item },
      { kind: "call" },
    );
    story.call(
      "<0.101.0>",
      t + 120_000,
      t + 180_000,
      ["Elixir.Shop.Inventory", "handle_call", 3],
      [{ reserve: item }],
      ":ok",
    );
    stock[item] = (stock[item] ?? 0) - 1;
    story.state(
      "<0.101.0>",
      t + 182_000,
      { __struct__: ":Elixir.Shop.Inventory", stock: { ...stock }, reserved: [item] },
      "handle_call",
      reserve,
    );
    story.message(["<0.101.0>", t + 185_000], [cart, t + 200_000], ":ok", {
      kind: "reply",
      replyTo: reserve,
    });
    story.leave(cart, t + 210_000);
    for (let k = 0; k < 20; k++) {
      story.call(
        cart,
        t + 215_000 + k * 1_000,
        t + 215_600 + k * 1_000,
        ["Elixir.Shop.Price", "of", 1],
        [item],
        3 + k,
      );
    }
    const bag = filled[i] ?? [];
    bag.push({ item, quantity: 1 });
    if (bag.length > 12) bag.shift();
    story.leave(cart, t + 240_000, { reply: ":ok" });
    story.state(
      cart,
      t + 242_000,
      { __struct__: ":Elixir.Shop.Cart", id: i + 1, items: [...bag], total: bag.length * 3.5 },
      "handle_call",
      add,
    );
    story.message([cart, t + 245_000], [client, t + 260_000], ":ok", {
      kind: "reply",
      replyTo: add,
    });
    story.leave(client, t + 270_000);
    if (n % 50 === 49) {
      story.enter(
        client,
        t + 280_000,
        ["Elixir.Shop.Payments", "charge", 2],
        [`cart ${i + 1}`, 3.5],
      );
      story.leave(
        client,
        t + 900_000,
        [":error", { __struct__: ":Elixir.RuntimeError", message: "card declined" }],
        "raised",
      );
      story.leave(client, t + 910_000, ":error", "raised");
      story.exit(client, t + 950_000, {
        __struct__: ":Elixir.RuntimeError",
        message: "card declined",
      });
    } else {
      story.leave(client, t + 280_000);
      story.exit(client, t + 290_000, ":normal");
    }
    t += n % 40 === 39 ? 30 * MS : 1 * MS + (n % 7) * 150_000;
  }
  story.call("<0.103.0>", 40 * MS, t * 0.6, ["Elixir.Shop.Report", "daily", 0], [], {
    rows: checkouts,
  });
  story.enter("<0.103.0>", t * 0.7, ["Elixir.Shop.Report", "weekly", 0]);
  story.gap(t * 0.5, t * 0.52, "dropped", 1_234);
  story.gap(t * 0.8, t * 0.81, "rate_limited", 50, cartPids[0] ?? null);
  await story.end(t, { dropped: 1_234, rate_limited: 50 });
}
