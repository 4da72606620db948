// The Performance view over a recording of which every duration is known: what is on screen is what the query
// engine answers and what the recording's own SQL says, and it leads to the moments that it tells of.

import { FLAME_ROW_PX, formatDuration } from "@elixirscope/timeline";
import { compare, criticalPath, flame, queues, times } from "@elixirscope/query";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { serve, type Served } from "./serve.ts";
import {
  CART,
  CLIENT,
  DURATION_NS,
  makeShopVisits,
  MS,
  VISITS,
  type Known,
} from "./shop-visits.ts";

let shop: Served<Known>;

beforeAll(async () => {
  shop = await serve(makeShopVisits);
});

afterAll(async () => await shop?.[Symbol.asyncDispose]());

const WHOLE = { t0: 0, t1: DURATION_NS };

async function open(place: Readonly<Record<string, string>> = {}): Promise<CinemaPage> {
  return await shop.open({ view: "performance", ...place });
}

/** A parameter of the view, as the address has it. */
function param(cinema: CinemaPage, name: string): string | null {
  return new URLSearchParams(new URL(cinema.page.url()).hash.slice(1)).get(`performance.${name}`);
}

function canvas(cinema: CinemaPage): Locator {
  return cinema.page.getByRole("img", { name: /^Flame graph/ });
}

async function textOf(locator: Locator): Promise<string> {
  return (await locator.innerText()).replaceAll(/\s+/g, " ");
}

function shown(ns: number): string {
  return formatDuration(ns).replaceAll(/\s+/g, " ");
}

describe("the flame graph", () => {
  it("adds up what the query does, zooms by click, goes to the longest call by double click", async () => {
    await using cinema = await open();
    const { page } = cinema;
    const whole = await flame(shop.reader, WHOLE, { time: "all", nodes: 100 });
    const graph = page.locator("[data-flame]");
    await expect
      .poll(async () => await graph.getAttribute("data-total"), PATIENT)
      .toBe(String(whole.total));
    expect(await graph.getAttribute("data-frames")).toBe(String(whole.frames));
    await page.getByText("dropped (12 events)").first().waitFor();

    // the visits are the widest, and stand first
    const foot = page.locator(".perf-foot");
    const visit = whole.nodes.find(({ name }) => name === "Shop.visit/1");
    const row = { x: 8, y: FLAME_ROW_PX / 2 };
    await canvas(cinema).hover({ position: row });
    await expect
      .poll(async () => await textOf(foot), PATIENT)
      .toContain(`Shop.visit/1 ${shown(visit?.total ?? 0)} · self`);
    expect(await textOf(page.locator(".tooltip"))).toMatch(/waiting of self .* calls 40 /);

    const box = await canvas(cinema).boundingBox();
    // the other root: what the cart did
    const cartAt = { x: (box?.width ?? 0) - 60, y: FLAME_ROW_PX / 2 };
    await canvas(cinema).click({ position: cartAt });
    const way = page.getByRole("navigation", { name: "Zoomed into" });
    await expect.poll(async () => await textOf(way), PATIENT).toContain("Shop.Cart.handle_call/3");
    const [number] = await shop.column(
      "select id from base.functions where function = 'handle_call'",
    );
    await expect.poll(() => param(cinema, "zoom"), PATIENT).toBe(number);
    // its callee now has nearly all of the width
    await canvas(cinema).hover({ position: { x: 8, y: FLAME_ROW_PX * 1.5 } });
    await expect.poll(async () => await textOf(foot), PATIENT).toContain("Shop.Pricing.price/1");
    await canvas(cinema).dblclick({ position: { x: 8, y: FLAME_ROW_PX * 1.5 } });
    const [longest] = await shop.column(
      "select call from calls where function = 'price' order by t_exit - t_enter desc limit 1",
    );
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({ event: Number(longest), pid: CART });
    expect(param(cinema, "zoom")).toMatch(/^\d+\.\d+$/);

    const pane = page.getByRole("region", { name: /^Flame graph/ });
    await pane.focus();
    await page.keyboard.press("Escape");
    await expect.poll(() => param(cinema, "zoom"), PATIENT).toBe(number);
    await page.keyboard.press("Escape");
    await expect.poll(() => param(cinema, "zoom"), PATIENT).toBe(null);
    expect(cinema.trouble).toEqual([]);
  });

  it("is of the selection and of one process, searched for a name, and saved as folded stacks", async () => {
    const range = { t0: 405 * MS, t1: 505 * MS };
    await using cinema = await open({
      s: `${range.t0}~${range.t1}`,
      "performance.pid": CART,
      "performance.search": "price",
    });
    const { page } = cinema;
    const [inCalls] = await shop.column(
      `select sum(least(t_exit, ${range.t1}) - greatest(t_enter, ${range.t0})) from calls
       where pid = '${CART}' and parent_call is null and t_exit >= ${range.t0} and t_enter <= ${range.t1}`,
    );
    const graph = page.locator("[data-flame]");
    await expect.poll(async () => await graph.getAttribute("data-total"), PATIENT).toBe(inCalls);
    const [prices] = await shop.column(
      `select sum(t_exit - t_enter) from calls where function = 'price' and t_enter between ${range.t0} and ${range.t1}`,
    );
    expect(await textOf(page.locator("[data-found]"))).toBe(
      `1 frame matches, ${shown(Number(prices))}`,
    );
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Folded" }).click();
    const stream = await (await saving).createReadStream();
    let text = "";
    for await (const chunk of stream) text += String(chunk);
    const lines = new Map(
      text.split("\n").map((line) => line.split(/ (?=\d+$)/) as [string, string]),
    );
    expect([...lines.keys()].toSorted()).toEqual([
      "Shop.Cart.handle_call/3",
      "Shop.Cart.handle_call/3;Shop.Pricing.price/1",
    ]);
    expect(lines.get("Shop.Cart.handle_call/3;Shop.Pricing.price/1")).toBe(prices);
    // in the order of time, a double click is the call itself
    await page.getByRole("button", { name: "In time order" }).click();
    const chart = page.getByRole("img", { name: /^Calls in the order of time/ });
    await page.getByText("1 process with calls").waitFor();
    const box = await chart.boundingBox();
    const [call, enter, exit] = (
      await shop.reader.query(
        `select call, t_enter, t_exit from calls where function = 'handle_call' and t_enter > ${range.t0} order by t_enter limit 1`,
      )
    ).rows[0] as [number, number, number];
    const middle = (enter + exit) / 2;
    const x = ((middle - range.t0) / (range.t1 - range.t0)) * (box?.width ?? 0);
    await chart.dblclick({ position: { x, y: 18 + FLAME_ROW_PX / 2 } });
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({ event: call, t: enter, pid: CART });
    expect(cinema.trouble).toEqual([]);
  });
});

describe("functions", () => {
  it("has calls, times, percentiles and errors of each, in the order that is asked for", async () => {
    await using cinema = await open({ "performance.mode": "functions" });
    const { page } = cinema;
    const table = page.getByRole("table", { name: "Functions" });
    const { functions } = await times(shop.reader, WHOLE, { limit: 10, order: "errors" });
    await table.getByRole("button", { name: /^Errors/ }).click();
    await expect.poll(() => param(cinema, "sort"), PATIENT).toBe("errors");
    const expected = functions.map((one) =>
      [
        one.mfa,
        String(one.calls),
        ...[one.selfRunningNs, one.totalNs].map(shown),
        one.waitingNs === 0 ? "" : shown(one.waitingNs),
        ...[one.durations.p50, one.durations.p95, one.durations.p99, one.durations.max].map((ns) =>
          shown(ns ?? 0),
        ),
        one.errors === 0 ? "" : String(one.errors),
      ].join("|"),
    );
    expect(functions[0]).toMatchObject({ mfa: "Shop.visit/1", calls: VISITS, errors: 2 });
    const rows = async (): Promise<readonly string[]> =>
      await table
        .locator(".vtable-body [role=row]")
        .evaluateAll((found) =>
          found.map((row) =>
            [...row.children]
              .map((cell) => (cell.textContent ?? "").replaceAll(/\s+/g, " "))
              .join("|"),
          ),
        );
    await expect.poll(rows, PATIENT).toEqual(expected);
    expect(cinema.trouble).toEqual([]);
  });

  it("shows how a function's durations are spread, and lists the calls of a range of them", async () => {
    await using cinema = await open({ "performance.mode": "functions" });
    const { page } = cinema;
    await page.getByRole("button", { name: "Shop.Pricing.price/1" }).click();
    const detail = page.getByRole("region", { name: "Calls of Shop.Pricing.price/1" });
    const bins = detail.locator("[data-bin]");
    await bins.first().waitFor({ state: "attached" });
    const counts = await bins.evaluateAll((found) =>
      found.map((bin) => Number(bin.getAttribute("data-count"))),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(VISITS);
    const [p95] = await shop.column(
      "select quantile_disc(t_exit - t_enter, 0.95) from calls where function = 'price'",
    );
    expect(await detail.locator("[data-percentile=p95]").getAttribute("data-ns")).toBe(p95);
    // the slow durians are a hump of their own: a drag over the right half lists them
    const box = await detail.getByRole("img", { name: /^Histogram/ }).boundingBox();
    if (box === null) throw new Error("no histogram");
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.6, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 1, y, { steps: 4 });
    await page.mouse.up();
    const [slow] = await shop.column(
      "select count(*) from calls where function = 'price' and t_exit - t_enter > 2000000",
    );
    const list = detail.locator("[data-call-list]");
    await expect
      .poll(async () => await textOf(list), PATIENT)
      .toMatch(new RegExp(`^${slow} CALLS OF`, "i"));
    const calls = list.getByRole("listitem");
    expect(String(await calls.count())).toBe(slow);
    for (const text of await calls.allInnerTexts()) expect(text).toContain('("durian")');
    await expect.poll(() => param(cinema, "durations"), PATIENT).toMatch(/^\d+~\d+$/);
    expect(await textOf(detail.locator("[data-explanations]"))).toContain('arg1 "durian"');
    expect(await detail.locator("[data-latency] canvas").count()).toBe(1);
    await calls.first().getByRole("button").click();
    const [longest] = await shop.column(
      "select call from calls where function = 'price' order by t_exit - t_enter desc limit 1",
    );
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({ event: Number(longest), pid: CART });

    // the address has it all
    await using again = await shop.open(
      Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1))),
    );
    const same = again.page.locator("[data-call-list]");
    await expect.poll(async () => await textOf(same), PATIENT).toBe(await textOf(list));
    expect([...cinema.trouble, ...again.trouble]).toEqual([]);
  });
});

it("tells who is busy, who waits, and how long mail lies", async () => {
  await using cinema = await open({ "performance.mode": "processes" });
  const { page } = cinema;
  const { mailboxes } = await queues(shop.reader, WHOLE, { limit: 10, buckets: 60 });
  const cart = mailboxes.find(({ pid }) => pid === CART);
  const mailbox = page.locator(`[data-mailboxes] [data-pid="${CART}"]`);
  await expect
    .poll(async () => await textOf(mailbox), PATIENT)
    .toContain(`${shown(cart?.dwell.p50 ?? 0)} ${shown(cart?.dwell.p95 ?? 0)}`);
  const { processes } = await times(shop.reader, WHOLE, { limit: 10 });
  const client = processes.find(({ pid }) => pid === CLIENT);
  const time = page.locator(`[data-process-times] [data-pid="${CLIENT}"]`);
  await expect
    .poll(async () => await textOf(time), PATIENT)
    .toContain(
      `${VISITS} ${shown(client?.runningNs ?? 0)} ${shown(client?.waitingFor.reply ?? 0)}`,
    );
  expect(await textOf(page.locator("[data-bottlenecks]"))).toContain("Shop.Cart");
  await mailbox.getByRole("button").last().click();
  await expect.poll(() => cinema.address.event, PATIENT).toBe(cart?.longestDwell);
  expect(cinema.trouble).toEqual([]);
});

it("walks the critical path of a request through the process that it waited for", async () => {
  await using cinema = await open({ "performance.mode": "path" });
  const { page } = cinema;
  const { slowest, asked } = shop.known;
  await page.locator(`[data-event="${slowest}"]`).click();
  const path = await criticalPath(shop.reader, slowest, { limit: 100 });
  const pieces = page.locator("[data-pieces] [data-piece]");
  await expect.poll(async () => await pieces.count(), PATIENT).toBe(path?.pieces.length);
  const seen = await pieces.evaluateAll((found) =>
    found.map((piece) => [piece.getAttribute("data-piece"), Number(piece.getAttribute("data-ns"))]),
  );
  expect(seen).toEqual(path?.pieces.map(({ kind, t0, t1 }) => [kind, t1 - t0]));
  const duration = await page.locator("[data-duration]").getAttribute("data-duration");
  expect(seen.reduce((sum, [, ns]) => sum + Number(ns), 0)).toBe(Number(duration));
  // the longest piece is the price that the cart worked out
  await page
    .getByRole("button", { name: /^Shop\.Pricing\.price\/1 running in Shop\.Cart/ })
    .click();
  await expect.poll(() => cinema.address.pid, PATIENT).toBe(CART);
  // a path can also begin where the cursor is
  await page.goto(
    `${shop.server.origin}/#${new URLSearchParams({ view: "performance", "performance.mode": "path", e: String(asked), t: "1" }).toString()}`,
  );
  await page.getByRole("button", { name: "At the cursor" }).click();
  await expect.poll(() => param(cinema, "path"), PATIENT).toBe(String(asked));
  const exchange = await criticalPath(shop.reader, asked, { limit: 100 });
  await expect
    .poll(async () => await page.locator("[data-duration]").getAttribute("data-duration"), PATIENT)
    .toBe(String((exchange?.t1 ?? 0) - (exchange?.t0 ?? 0)));
  expect(cinema.trouble).toEqual([]);
});

it("holds two stretches against each other, pinned from selections, and says what differs", async () => {
  const [a, b] = [
    { t0: 0, t1: 409 * MS },
    { t0: 409 * MS, t1: 900 * MS },
  ];
  await using cinema = await open({ "performance.mode": "compare", s: `${a.t0}~${a.t1}` });
  const { page } = cinema;
  await page.getByText("Pin two stretches of time").waitFor();
  await page.getByRole("button", { name: "Use selection as A" }).click();
  await expect.poll(() => param(cinema, "a"), PATIENT).toBe(`${a.t0}~${a.t1}`);
  await page.goto(
    `${shop.server.origin}/#${new URLSearchParams({ view: "performance", "performance.mode": "compare", "performance.a": `${a.t0}~${a.t1}`, s: `${b.t0}~${b.t1}` }).toString()}`,
  );
  await page.locator("[data-side=A]").waitFor();
  const pinB = page.getByRole("button", { name: "Use selection as B" });
  await expect
    .poll(async () => {
      await pinB.click();
      return param(cinema, "b");
    }, PATIENT)
    .toBe(`${b.t0}~${b.t1}`);
  const { functions } = await compare(
    { source: shop.reader, range: a },
    { source: shop.reader, range: b },
    { limit: 20 },
  );
  const rows = page.locator("[data-changes] [data-mfa]");
  await expect
    .poll(
      async () => await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-mfa"))),
      PATIENT,
    )
    .toEqual(functions.map(({ mfa }) => mfa));
  await page.getByRole("button", { name: "Shop.Pricing.price/1" }).click();
  const detail = page.getByRole("region", { name: "Calls of Shop.Pricing.price/1 in A and B" });
  await expect
    .poll(async () => await detail.locator("[data-calls]").getAttribute("data-calls"), PATIENT)
    .toBe("20 20");
  expect(cinema.trouble).toEqual([]);
});
