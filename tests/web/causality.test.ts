// The Causality view shows what the query engine says of a recording whose troubles are known: causes and effects, the
// report of a crash, where a value came from, why a clause was chosen; and moves with the cursor.

import { answer } from "@elixirscope/query";
import type { CauseMap, Params } from "@elixirscope/wire";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { serve, type Served } from "./serve.ts";
import {
  ANN,
  COURIERS,
  LOAD,
  makeTroubleRecording,
  ORDER,
  type Trouble,
} from "./trouble-recording.ts";

let shop: Served<Trouble>;

beforeAll(async () => {
  shop = await serve(makeTroubleRecording);
});

afterAll(async () => await shop?.[Symbol.asyncDispose]());

const DRAWN = { causes: 30, effects: 16, causesOf: [], effectsOf: [] } as const;

async function causeMap(params: Params<"causeMap">): Promise<CauseMap> {
  const map = await answer(shop.reader, { method: "causeMap", params });
  if (map === null) throw new Error("no such event");
  return map;
}

async function events(cinema: CinemaPage): Promise<readonly number[]> {
  const rows = await cinema.page
    .locator(".cause-row")
    .evaluateAll((found: readonly { dataset: Record<string, string> }[]) =>
      found.map(({ dataset }) => Number(dataset["event"])),
    );
  return rows;
}

function row(cinema: CinemaPage, event: number): Locator {
  return cinema.page.locator(`.cause-row[data-event="${event}"] .cause-main`);
}

function param(cinema: CinemaPage, name: string): string | null {
  return new URLSearchParams(new URL(cinema.page.url()).hash.slice(1)).get(name);
}

it("reports a crash that is chosen from the list, and draws what led to it", async () => {
  await using cinema = await shop.open({ view: "causality" });
  const { page } = cinema;
  const [first = 0, second = 0] = shop.known.crashes;
  await expect.poll(async () => await page.locator(".crash-list button").count(), PATIENT).toBe(2);
  const listed = await page.locator(".crash-list").innerText();
  expect(listed.match(/Shop\.Courier/g)).toHaveLength(2);
  await page.locator(".crash-list button").nth(1).click();

  const report = page.getByRole("article", { name: "Crash report" });
  await report.getByText("state it found", { exact: false }).waitFor();
  await expect.poll(async () => await report.innerText(), PATIENT).toContain(COURIERS[2]);
  const text = await report.innerText();
  expect(text).toContain(
    "** (FunctionClauseError) no function clause matching in Shop.Courier.carry/1",
  );
  expect(text).toContain('Shop.Courier.carry/1 with %{customer: "customer-0", items: 40000}');
  expect(text).toContain("called by Shop.Courier.handle_cast/2");
  expect(text).toContain('{:deliver, %{customer: "customer-0", items: 40000}}');
  expect(text).toContain("from order 7");
  expect(text).toContain("%{delivered: 5}");
  // it died with it; the supervisor was told; the next one crashed again, the third lived
  const deaths = await report.locator(".deaths").innerText();
  expect(deaths).toContain(ANN);
  expect(deaths).toContain("told over a link");
  const restarts = await report.locator(".restarts").innerText();
  expect(restarts).toContain(COURIERS[1]);
  expect(restarts).toContain(COURIERS[2]);
  expect(restarts).toContain("ended at");

  const map = await causeMap({ event: first, ...DRAWN });
  await expect
    .poll(async () => await events(cinema), PATIENT)
    .toEqual(map.nodes.map(({ event }) => event));
  expect(map.nodes.find(({ event }) => event === shop.known.ship)?.isMain).toBe(true);
  const texts = await page.locator(".cause-row .cause-text").allInnerTexts();
  expect(texts).toEqual(map.nodes.map(({ text: told }) => told));
  expect(await page.locator(".cause-arrow").count()).toBe(map.edges.length);
  expect(cinema.address).toMatchObject({ event: first, pid: COURIERS[0] });
  expect(param(cinema, "causality.event")).toBe(String(first));

  await page.getByRole("button", { name: /^Crashes/ }).click();
  await page.locator(".crash-pop .crash-list button").first().click();
  await expect.poll(() => param(cinema, "causality.event"), PATIENT).toBe(String(second));
  await expect.poll(async () => await report.innerText(), PATIENT).toContain("customer-1");
  expect(cinema.trouble).toEqual([]);
});

it("moves the cursor along the chain by mouse and keyboard, folds side causes out, and is restored from its address", async () => {
  const [first = 0] = shop.known.crashes;
  await using cinema = await shop.open({ view: "causality", "causality.event": String(first) });
  const { page } = cinema;
  const map = await causeMap({ event: first, ...DRAWN });
  await row(cinema, shop.known.cast).click();
  await expect.poll(() => cinema.address.event, PATIENT).toBe(shop.known.cast);
  expect(cinema.address.pid).toBe(ORDER);
  // the drawing is still that of the crash
  expect(await events(cinema)).toEqual(map.nodes.map(({ event }) => event));
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await expect.poll(() => cinema.address.event, PATIENT).toBe(shop.known.ship);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const received = map.edges.find(
    ({ source, type }) => source === shop.known.cast && type === "message",
  );
  await expect.poll(() => cinema.address.event, PATIENT).toBe(received?.target);

  const folded = map.nodes.find(({ causes }) => causes > 0);
  if (folded === undefined) throw new Error("no side cause in the story");
  await page
    .locator(`.cause-row[data-event="${folded.event}"]`)
    .getByRole("button", { name: `Show ${folded.causes} more cause` })
    .click();
  const more = await causeMap({ event: first, ...DRAWN, causesOf: [folded.event] });
  expect(more.nodes.length).toBeGreaterThan(map.nodes.length);
  const opened = more.nodes.map(({ event }) => event);
  await expect.poll(async () => await events(cinema), PATIENT).toEqual(opened);
  await expect.poll(() => param(cinema, "causality.open"), PATIENT).toBe(`c${folded.event}`);

  await page.reload();
  await expect.poll(async () => await events(cinema), PATIENT).toEqual(opened);
  // let go, it follows the cursor
  await page.getByRole("button", { name: "Follow the cursor" }).click();
  const at = cinema.address.event ?? 0;
  await expect
    .poll(async () => await page.locator(".cause-row.is-focus").getAttribute("data-event"), PATIENT)
    .toBe(String(at));
  await page.keyboard.press(".");
  await expect
    .poll(async () => await page.locator(".cause-row.is-focus").getAttribute("data-event"), PATIENT)
    .not.toBe(String(at));
  expect(cinema.trouble).toEqual([]);
});

it("traces the body of a message back to where it was made", async () => {
  const asked = { event: shop.known.cast + 1, what: "body{1}{1}" };
  const found = await answer(shop.reader, { method: "origin", params: asked });
  if (!found.ok) throw new Error(found.missing.message);
  await using cinema = await shop.open({
    view: "causality",
    "causality.mode": "origin",
    "causality.origin": `${asked.event}:${asked.what}`,
  });
  const { page } = cinema;
  await page.locator(".hop.end").waitFor();
  const places = await page
    .locator(".place[data-event]")
    .evaluateAll((all: readonly { dataset: Record<string, string> }[]) =>
      all.map(({ dataset }) => Number(dataset["event"])),
    );
  expect(places).toEqual([asked.event, ...found.view.hops.map(({ place }) => place.event)]);
  // received, sent, and before that the argument of the call that shipped it
  expect(places).toContain(shop.known.cast);
  expect(places).toContain(shop.known.ship);
  const text = await page.getByRole("article", { name: "Where the value came from" }).innerText();
  expect(text).toContain('%{customer: "customer-0", items: 40000}');
  for (const { how, confidence } of found.view.hops) {
    expect(text).toContain(how);
    expect(text).toContain(confidence);
  }
  expect(text).toContain(found.view.end.text);
  await page.locator(`.place[data-event="${shop.known.ship}"] .inline-link`).last().click();
  await expect.poll(() => cinema.address.event, PATIENT).toBe(shop.known.ship);

  // from the message beside the timeline
  await cinema.tab("Messages").click();
  await cinema.panel.getByRole("button", { name: "Where it came from" }).first().click();
  await expect.poll(() => param(cinema, "causality.origin"), PATIENT).toMatch(/^\d+:body$/);
  // what is not there is said, with what there is
  await page.getByRole("searchbox", { name: "Value" }).fill("body{9}");
  await page.getByRole("button", { name: "Trace back" }).click();
  await page.getByText("This value cannot be traced").waitFor();
  expect(cinema.trouble).toEqual([]);
});

it("says which clauses were skipped and why, which never ran, and makes the test of a call", async () => {
  const { discount } = shop.known;
  const [t = "0"] = await shop.column(`select t from events where id = ${discount}`);
  await using cinema = await shop.open({
    t,
    e: String(discount),
    p: LOAD,
    tab: "calls",
  });
  const { page } = cinema;
  await cinema.panel.getByRole("button", { name: "Why this clause" }).first().click();
  const shown = page.getByRole("article", { name: "Clauses" });
  await shown.locator(".clause").first().waitFor();
  expect(await shown.locator(".clause .verdict").allInnerTexts()).toEqual([
    "skipped",
    "chosen",
    "not tried",
  ]);
  const text = await shown.innerText();
  expect(text).toContain("guard sum < 10 does not hold · sum = 60");
  expect(text).toContain("It would have taken these values, too");
  expect(text).toContain("%{score: 3, vip: true}");

  await shown.getByRole("button", { name: "Test from this call" }).click();
  const made = await answer(shop.reader, { method: "recordedTest", params: { call: discount } });
  if (!made.ok) throw new Error(made.refused.message);
  const test = page.getByRole("region", { name: "Text of the test" });
  await expect.poll(async () => await test.textContent(), PATIENT).toBe(made.test.text);
  expect(made.test.text).toContain("Shop.Pricing.discount");

  await page.getByRole("button", { name: "Never chosen" }).click();
  const never = page.getByRole("article", { name: "Clauses that were never chosen" });
  await never.locator(".clause.surprise").waitFor();
  expect(await never.locator(".clause.surprise").innerText()).toContain(
    "1 of 3 sampled calls would have matched it, but clause 2 took them first",
  );
  await expect.poll(() => param(cinema, "causality.clauses"), PATIENT).toBe(String(discount));
  expect(cinema.trouble).toEqual([]);
});
