// Every view opened on a recording that is being made: what it tells grows or goes on by itself, what the user
// opened in it stays open, and nothing ends up in the console.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startNode, uniqueNodeName, type BeamNode } from "../support/beam-node.ts";
import { startCli, type RunningCli } from "../support/cli.ts";
import { compileShop } from "../support/shop.ts";
import { CinemaPage, PATIENT, startBrowser } from "./browser-page.ts";

let folder: string;
let browser: Browser;
let shop: BeamNode;
let running: RunningCli;
let url: string;

/** Two customers who take an apple fifty times a second, and a parcel now and then that the courier dies of. */
const CUSTOMERS = `{:ok, _} = Application.ensure_all_started(:shop)
  {:ok, cart} = Shop.Cart.start_link("Ann")
  for _ <- 1..2 do
    spawn(fn ->
      for _ <- Stream.cycle([1]) do
        Shop.Inventory.reserve("apple", 1)
        Shop.Cart.items(cart)
        Process.sleep(20)
      end
    end)
  end
  spawn(fn ->
    for _ <- Stream.cycle([1]) do
      Shop.Courier.deliver(%{items: 9})
      Process.sleep(3000)
    end
  end)`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "elixirscope-web-live-views-"));
  [shop, browser] = await Promise.all([
    startNode({
      name: uniqueNodeName("shop"),
      cookie: "demo",
      program: "elixir",
      args: ["-pa", compileShop(), "--logger-otp-reports", "false"],
      env: { SHOP_LOAD: "off" },
      code: `Logger.configure(level: :none); ${CUSTOMERS}`,
    }),
    startBrowser(),
  ]);
  const out = join(folder, "live.escope");
  running = startCli([
    "attach",
    shop.name,
    "--cookie",
    "demo",
    "--json",
    "--deep",
    "Shop.Inventory",
    "--out",
    out,
  ]);
  [, url = ""] = await running.line(/"url":"([^"]+)"/);
});

afterAll(async () => {
  await browser?.close();
  running?.signal("SIGTERM");
  await running?.done;
  await shop?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The first number in what is there; NaN as long as nothing is. */
async function numberIn(cinema: CinemaPage, selector: string): Promise<number> {
  const [text = ""] = await cinema.main.locator(selector).allInnerTexts();
  return Number(/\d[\d,]*(\.\d+)?/.exec(text)?.[0].replaceAll(",", ""));
}

/** Waits until it is there, and then until it is more. */
async function grows(read: () => Promise<number>): Promise<void> {
  let first = Number.NaN;
  await expect.poll(async () => (first = await read()), PATIENT).toBeGreaterThan(0);
  await expect.poll(read, PATIENT).toBeGreaterThan(first);
}

/** `0:02.345 678` as seconds. */
function secondsIn(text: string): number {
  const [, minutes, seconds = "", digits = ""] = /(\d+):(\d\d)\.([\d\s]+)/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(`${seconds}.${digits.replaceAll(/\s/g, "")}`);
}

it("is told by each view as it grows, and what is open in them stays open", async () => {
  await using cinema = await CinemaPage.open(browser, url);
  const { page, main } = cinema;
  const open = async (view: string): Promise<void> => await cinema.viewTab(view).click();
  await cinema.plate("Shop.Inventory").first().click();

  await open("System");
  const stretch = main.locator("[data-system-stretch]");
  await grows(async () => secondsIn((await stretch.allInnerTexts()).join("")));
  await expect
    .poll(async () => await numberIn(cinema, "[data-system-messages]"), PATIENT)
    .toBeGreaterThan(0);

  await open("Process");
  await main.getByRole("button", { name: "Table" }).click();
  const last = main.locator(".seq-row .inline-link").last();
  await last.waitFor();
  await grows(async () => secondsIn(await last.innerText()));

  await open("Code");
  // no call runs at the edge of the recording, or one does
  await page.keyboard.press("Escape");
  await main
    .getByRole("button", { name: /inventory\.ex/ })
    .first()
    .click();
  await main.locator("[data-code-view$='inventory.ex']").waitFor();
  await grows(async () => {
    const hits = await main.locator(".cm-counts .cm-gutterElement").allInnerTexts();
    return hits.reduce((sum, one) => sum + (Number(one.replaceAll(",", "")) || 0), 0);
  });

  await open("State");
  await grows(async () => await numberIn(cinema, "[data-version]"));

  await open("Performance");
  await main.getByRole("button", { name: "Functions" }).click();
  const row = main.locator("[data-functions]").getByText("Shop.Inventory.handle_call/3");
  await row.click();
  const detail = main.getByRole("region", { name: "Calls of Shop.Inventory.handle_call/3" });
  // what is in view moves on, and with it what the open function is told of
  const range = main.locator("[data-range]");
  await grows(async () => parseFloat((await range.getAttribute("data-range")) ?? ""));
  expect(Number(await detail.locator("[data-calls]").getAttribute("data-calls"))).toBeGreaterThan(
    0,
  );
  await detail.locator("[data-call-list] li").first().waitFor();

  await open("Insights");
  const crashes = main.locator("[data-group=crash]");
  await crashes.getByText(/^Shop\.Courier crashed/).waitFor();
  const newer = crashes.getByText(/newer events not looked at/);
  await grows(async () => parseInt((await newer.innerText()).replaceAll(",", ""), 10));

  await open("Causality");
  await main.getByText("held while the recording is followed").waitFor();
  const story = main.locator(".cause-row").first();
  await story.waitFor();
  const held = await story.getAttribute("data-event");
  await main.getByRole("button", { name: /^Crashes/ }).click();
  await main.locator(".crash-list button").first().waitFor();
  expect(await story.getAttribute("data-event")).toBe(held);
  await main.locator(".crash-list button").first().click();
  await page.getByRole("article", { name: "Crash report" }).waitFor();
  // whoever goes to a moment is no longer taken along
  await page.getByRole("button", { name: "Follow live" }).waitFor();
  expect(cinema.trouble).toEqual([]);
});
