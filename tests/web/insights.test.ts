// The Insights view shows a card for each trouble of a recording that is known, says what it could not tell, and its
// evidence leads to the events.

import { answer } from "@elixirscope/query";
import { formatTime } from "@elixirscope/timeline";
import { ANALYSES } from "@elixirscope/wire";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { makeCartRecording } from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";
import { LOST, makeTroubleRecording, type Trouble } from "./trouble-recording.ts";

let shop: Served<Trouble>;

beforeAll(async () => {
  shop = await serve(makeTroubleRecording);
});

afterAll(async () => await shop?.[Symbol.asyncDispose]());

/** The engine's `0.601000 s` as the page tells instants. */
function retold(text: string): string {
  return text.replaceAll(/\d+\.\d{6} s\b/g, (told) => formatTime(parseFloat(told) * 1e9, 1000));
}

/** Everything was looked for, one analysis after the other. */
async function isDone(cinema: CinemaPage): Promise<void> {
  const { page } = cinema;
  await expect
    .poll(async () => await page.locator(".insight-group[aria-busy=false]").count(), {
      ...PATIENT,
      timeout: 60_000,
    })
    .toBe(ANALYSES.length);
}

it("has a card for each trouble, the worst first, with its evidence and what follows", async () => {
  await using cinema = await shop.open({ view: "insights" });
  const { page } = cinema;
  // what was found is there while the others are still looked for
  await page.locator("[data-group=crash] .finding").first().waitFor();
  await isDone(cinema);
  expect(await page.locator(".insight-progress").count()).toBe(0);
  for (const method of ANALYSES) {
    const { findings, looked, limits } = await answer(shop.reader, {
      method,
      params: { limit: 20 },
    });
    const group = page.locator(`[data-group=${method.replace("Findings", "")}]`);
    expect(await group.locator(".finding-head b").allInnerTexts()).toEqual(
      findings.map(({ statement }) => retold(statement)),
    );
    const text = await group.innerText();
    expect(text).toContain(looked);
    for (const limit of limits) expect(text).toContain(retold(limit));
    for (const { evidence, recommendation } of findings) {
      for (const one of evidence) expect(text).toContain(retold(one.text));
      expect(text).toContain(recommendation ?? "");
    }
    expect(findings.length).toBeGreaterThan(0);
  }
  const heads = (await page.locator(".finding-head b").allInnerTexts()).join("\n");
  expect(heads).toContain("Shop.Courier crashed 2 times");
  expect(heads).toContain("an update was lost 1 time");
  expect(heads).toContain("Deadlock: Bank.A waits for Bank.B");
  expect(heads).toContain("The mailbox of Shop.Notifier piles up");
  expect(heads).toContain("Shop.Pricing.loyalty_score/1 is slow when");
  expect(heads).toContain("Clause 3 of Shop.Pricing.discount/2 never runs");
  expect(heads).toContain(`${LOST.count} events are not in the recording: dropped`);
  // the place of an explanation says that nobody gives one
  expect(await page.locator(".ai-place").count()).toBe(await page.locator(".finding").count());
  expect(await page.locator(".ai-place").first().innerText()).toContain("no AI provider");
  expect(cinema.trouble).toEqual([]);
});

it("leads from evidence to the event, the causes, the stretch, and looks again when asked", async () => {
  await using cinema = await shop.open({ view: "insights" });
  const { page } = cinema;
  await isDone(cinema);
  const races = page.locator("[data-group=race]");
  await races.getByRole("button", { name: /writes \{:set_level, "apple", 9\}/ }).click();
  await expect.poll(() => cinema.address.event, PATIENT).toBe(shop.known.write);
  expect(cinema.address.tab).toBe("event");

  await page.getByRole("button", { name: "What is missing" }).first().click();
  const missing = page.locator("[data-group=loss]");
  await missing.locator(".evidence .inline-link").first().click();
  await expect.poll(() => cinema.address.selection, PATIENT).toEqual({ t0: LOST.t0, t1: LOST.t1 });

  await races.getByRole("button", { name: "Look again for: Races" }).click();
  await isDone(cinema);
  expect(await races.locator(".finding").count()).toBe(1);

  const [first = 0] = shop.known.crashes;
  const crashes = page.locator("[data-group=crash]");
  await crashes.getByRole("button", { name: "ended at" }).last().click();
  await page.getByRole("article", { name: "Crash report" }).waitFor();
  await expect.poll(() => cinema.address.event, PATIENT).toBe(first);
  // what was found is still there, without being looked for again
  await page.getByRole("button", { name: "Insights", exact: true }).click();
  await page.locator(".insight-group[aria-busy=false]").first().waitFor();
  expect(await page.locator(".insight-group[aria-busy=true]").count()).toBe(0);
  expect(cinema.trouble).toEqual([]);
});

it("tells apart what was not found and what cannot be told", async () => {
  await using cart = await serve(makeCartRecording);
  await using cinema = await cart.open({ view: "insights" });
  const { page } = cinema;
  await isDone(cinema);
  const told = await page.locator("[data-group=clause]").innerText();
  expect(told).toContain("This cannot be told.");
  expect(told).toContain("the recording holds no source");
  expect(await page.locator("[data-group=deadlock]").innerText()).toContain("Nothing found.");
  expect(await page.locator("[data-group=crash] .finding").count()).toBe(1);
  expect(await page.locator("[data-group=loss] .finding").count()).toBe(2);
  expect(cinema.trouble).toEqual([]);
});
