// The frame: steps by unit, runs to a condition, what is missing, settings, folding, copies, links from the
// command line, and a recording that did not end as it was meant to.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCli } from "../support/cli.ts";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import {
  CART,
  CART_STATES,
  CLIENT,
  DROPPED,
  LIMITED,
  makeCartRecording,
  MS,
  WORKER,
  type Known,
} from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";

let cart: Served<Known & { readonly folder: string }>;

beforeAll(async () => {
  cart = await serve(async (folder) => ({ ...(await makeCartRecording(folder)), folder }));
});

afterAll(async () => await cart?.[Symbol.asyncDispose]());

async function run(cinema: CinemaPage, title: string): Promise<void> {
  const { page } = cinema;
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Commands" });
  await palette.getByRole("combobox").fill(title);
  await palette.getByRole("option", { name: title }).first().waitFor();
  await page.keyboard.press("Enter");
  await palette.waitFor({ state: "hidden" });
}

describe("steps", () => {
  it("go by the unit that is chosen, which the address keeps", async () => {
    await using cinema = await cart.open({ p: CART, t: "0", "transport.unit": "message" });
    const { page } = cinema;
    const messages = await cart.column(
      `select id from events where pid = '${CART}' and kind in ('send', 'receive') order by t, id`,
    );
    await cinema.plate(CART).waitFor();
    for (const id of messages.slice(0, 3)) {
      await page.getByRole("button", { name: "Next message" }).click();
      await expect.poll(() => String(cinema.address.event), PATIENT).toBe(id);
    }
    for (const id of messages.slice(0, 2).toReversed()) {
      await page.getByRole("button", { name: "Previous message" }).click();
      await expect.poll(() => String(cinema.address.event), PATIENT).toBe(id);
    }
    const from = cinema.address.t ?? 0;
    await page.getByLabel("Step by").selectOption("call");
    await page.getByRole("button", { name: "Next call" }).click();
    const [call] = await cart.column(
      `select id from events where pid = '${CART}' and kind = 'call' and t > ${from} order by t, id`,
    );
    await expect.poll(() => String(cinema.address.event), PATIENT).toBe(call);
    // out: to the end of the call that is running
    await page.keyboard.press("o");
    const [exit] = await cart.column(`select exit_event from calls where call = ${String(call)}`);
    await expect.poll(() => String(cinema.address.event), PATIENT).toBe(exit);
    expect(new URL(page.url()).hash).toContain("transport.unit=call");
    await page.getByLabel("Step by").selectOption("line");
    await page.getByRole("button", { name: "Next line" }).click();
    await page.getByText("No instrumented code of this process had run by then").waitFor();
    expect(cinema.trouble).toEqual([]);
  });

  it("run on, and back, to where a condition held, and say where it did not", async () => {
    await using cinema = await cart.open({
      t: "0",
      "transport.until": "state of Shop.Cart: total > 20",
    });
    const { page } = cinema;
    await cinema.plate(CART).waitFor();
    const next = page.getByRole("button", { name: "Continue to the next match" });
    await next.click();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(CART_STATES[2].t);
    expect(cinema.address.pid).toBe(CART);
    const outcome = page.locator(".until-outcome");
    expect(await outcome.innerText()).toContain("total = 25");
    await next.click();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(CART_STATES[3].t);
    await next.click();
    await outcome.getByText("No further match.").waitFor();
    // what lies between is not claimed to be nothing
    expect(await outcome.innerText()).toContain("as far as was recorded");
    await page.getByRole("button", { name: "Reverse-continue to the previous match" }).click();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(CART_STATES[2].t);
    await page.getByLabel("Condition to run to").fill("Shop.Cart.add/2: qty <");
    await page.keyboard.press("Enter");
    await outcome.getByText("The condition cannot be read.").waitFor();
    expect(await outcome.locator("pre").innerText()).toMatch(/^1:\d+: /);
    await page.getByLabel("Condition to run to").fill("Shop.Cart.ad/2");
    await page.keyboard.press("Enter");
    await outcome.getByText("No function Shop.Cart.ad/2 was recorded").waitFor();
    expect(await outcome.innerText()).toContain("Shop.Cart.add/2");
    expect(cinema.trouble).toEqual([]);
  });

  it("jump over what is idle when playing, and say so", async () => {
    await using cinema = await cart.open({ t: String(210 * MS) });
    const { page } = cinema;
    await cinema.plate(CART).waitFor();
    await page.getByLabel("Playing speed").selectOption("0.1");
    await page.getByRole("button", { name: "Skip idle" }).click();
    await page.getByRole("button", { name: "Play", exact: true }).click();
    // the next event is at 380 ms, which would take 1.7 s to watch
    await page
      .getByText(/^Skipped .* in which nothing was recorded: events were lost or left out there\.$/)
      .waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    expect(cinema.trouble).toEqual([]);
  });
});

describe("what is missing", () => {
  it("is told by reason, with counts, and leads to its stretches", async () => {
    await using cinema = await cart.open();
    const { page } = cinema;
    await page.getByRole("button", { name: /lost$/ }).click();
    const dialog = page.getByRole("dialog", { name: "What is missing from this recording" });
    const reasons = dialog.getByRole("list", { name: "Reasons" }).locator("> li");
    await reasons.first().waitFor();
    const texts = await reasons.allInnerTexts();
    expect(texts.find((text) => text.startsWith("Dropped"))).toContain(
      `${DROPPED.count.toLocaleString("en")} events in 1 stretch`,
    );
    const limited = texts.find((text) => text.startsWith("Over the rate")) ?? "";
    expect(limited).toContain(`${LIMITED.count} events in 1 stretch`);
    expect(limited).toContain(`in ${WORKER}`);
    await reasons.filter({ hasText: "Over the rate" }).getByRole("button").first().click();
    await dialog.waitFor({ state: "hidden" });
    await expect.poll(() => cinema.address.t, PATIENT).toBe(LIMITED.t0);
    expect(cinema.address.pid).toBe(WORKER);
    expect(cinema.trouble).toEqual([]);
  });
});

describe("the page", () => {
  it("looks as was chosen, also after it is loaded again", async () => {
    await using cinema = await cart.open({ p: CART, t: String(400 * MS) });
    const { page } = cinema;
    const ground = async (): Promise<string> =>
      await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    await cinema.plate(CART).waitFor();
    expect(await ground()).toBe("rgb(255, 255, 255)");
    const before = await page.locator(".toolbar").boundingBox();
    await page.getByRole("button", { name: "Settings" }).click();
    for (const name of ["Dark", "Compact", "Wall clock, UTC"]) {
      await page.getByRole("button", { name, exact: true }).click();
    }
    await page.keyboard.press("Escape");
    expect(await ground()).toBe("rgb(20, 23, 29)");
    expect((await page.locator(".toolbar").boundingBox())?.height).toBeLessThan(
      before?.height ?? 0,
    );
    const start = Number(BigInt(cart.reader.manifest.startedAtNs) / 1_000_000n);
    const clock = new Date(start + 400).toISOString().slice(11, 23);
    const shown = async (): Promise<string> => await page.locator("[data-cursor-time]").innerText();
    await expect.poll(shown, PATIENT).toContain(clock);
    await page.reload();
    await cinema.plate(CART).waitFor();
    expect(await ground()).toBe("rgb(20, 23, 29)");
    await expect.poll(shown, PATIENT).toContain(clock);
    expect(cinema.trouble).toEqual([]);
  });

  it("folds its parts away and brings them back", async () => {
    await using cinema = await cart.open({ p: CART });
    const { page } = cinema;
    await cinema.plate(CART).waitFor();
    await page.keyboard.press("\\");
    await page.getByRole("complementary", { name: "Inspector" }).waitFor({ state: "detached" });
    const views = page.getByRole("navigation", { name: "Views" }).locator("button[data-view]");
    await views.last().click();
    await page.keyboard.press("b");
    await cinema.lanes.waitFor({ state: "hidden" });
    await page.getByRole("toolbar", { name: "Transport" }).waitFor();
    await run(cinema, "Reset the layout");
    await page.getByRole("complementary", { name: "Inspector" }).waitFor();
    await cinema.lanes.waitFor();
    expect(cinema.trouble).toEqual([]);
  });

  it("gives out links, Elixir, SQL and pictures", async () => {
    const context = await cart.browser.newContext({
      viewport: { width: 1280, height: 720 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await using cinema = await cart.open(
      { p: CLIENT, t: String(400 * MS), s: `${100 * MS}~${200 * MS}` },
      { context },
    );
    const { page } = cinema;
    const copied = async (): Promise<string> =>
      await page.evaluate<string>("navigator.clipboard.readText()");
    await cinema.plate(CLIENT).waitFor();
    await run(cinema, "Copy the process as Elixir");
    await expect.poll(copied, PATIENT).toBe('pid("0.102.0")');
    await run(cinema, "Copy SQL that selects");
    await expect.poll(copied, PATIENT).toContain("SELECT *");
    const ids = await cart.column((await copied()).replace("SELECT *", "SELECT id"));
    expect(ids.length).toBeGreaterThan(0);
    expect(ids).toEqual(
      await cart.column(
        `select id from events where pid = '${CLIENT}' and t between ${100 * MS} and ${200 * MS} order by t, id`,
      ),
    );
    await cinema.plate(CART).click();
    await run(cinema, "Copy the state at the cursor as Elixir");
    const [state] = await cart.column(
      `select term(state) from states where t = ${CART_STATES[2].t}`,
    );
    await expect.poll(copied, PATIENT).toBe(state);
    const saved = page.waitForEvent("download");
    await run(cinema, "Save the timeline as a picture");
    const file = await (await saved).path();
    expect(readFileSync(file).subarray(1, 4).toString()).toBe("PNG");
    expect(readFileSync(file).length).toBeGreaterThan(10_000);
    expect(cinema.trouble).toEqual([]);
  });
});

describe("links from the command line", () => {
  it("lead to the moment, the process, the view and the range", async () => {
    const folder = cart.known.folder;
    const cli = startCli([
      ..."open --no-browser --json --at 400ms --pid Shop.Cart --view timeline --select 100ms..0.2s".split(
        " ",
      ),
      folder,
    ]);
    const [, url = ""] = await cli.line(/"url":"([^"]+)"/);
    const params = new URLSearchParams(new URL(url).hash.slice(1));
    params.delete("token");
    expect(Object.fromEntries(params)).toEqual({
      t: String(400 * MS),
      p: CART,
      s: `${100 * MS}~${200 * MS}`,
    });
    cli.signal("SIGINT");
    await cli.done;
    const wrong: readonly (readonly [string, string])[] = [
      ["--at 2s", "2s is after that"],
      ["--pid Shop.Carr", "nearest: "],
      ["--event 999999", "no event 999999"],
      ["--select 2s..1s", "ends before it begins"],
    ];
    const results = await Promise.all(
      wrong.map(([args]) => startCli(["open", folder, "--no-browser", ...args.split(" ")]).done),
    );
    for (const [i, { exitCode, stderr }] of results.entries()) {
      expect(stderr).toContain(wrong[i]?.[1]);
      expect(exitCode).toBe(2);
    }
  });
});
