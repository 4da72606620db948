// A recording that grows while one looks at it, and a server that comes and goes.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type RunningServer } from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { uniqueNodeName, type BeamNode } from "../support/beam-node.ts";
import { startCli, type RunningCli } from "../support/cli.ts";
import { startShop } from "../support/shop.ts";
import { CinemaPage, PATIENT, startBrowser, WEB_ROOT } from "./browser-page.ts";
import { CART, makeCartRecording } from "./cart-recording.ts";

let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "elixirscope-web-live-"));
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a live recording", () => {
  let shop: BeamNode;
  let running: RunningCli;
  let url: string;

  beforeAll(async () => {
    shop = await startShop({ name: uniqueNodeName("shop"), cookie: "demo" });
    const out = join(folder, "live.escope");
    running = startCli(["attach", shop.name, "--cookie", "demo", "--json", "--out", out]);
    const [, found = ""] = await running.line(/"url":"([^"]+)"/);
    url = found;
  });

  afterAll(async () => {
    running?.signal("SIGKILL");
    await running?.done;
    await shop?.stop();
  });

  it("is looked into: code of the target is changed and given back", async () => {
    await using cinema = await CinemaPage.open(browser, url);
    const { page, panel } = cinema;
    const bindings = async (): Promise<number> => {
      await cinema.viewTab("Query").click();
      await cinema.runSql("select count(*) as n from bindings where name = 'sku'");
      const cell = cinema.main.getByRole("cell").first();
      await cell.waitFor();
      const counted = Number(await cell.innerText());
      await cinema.viewTab("Timeline").click();
      return counted;
    };
    expect(await bindings()).toBe(0);
    await cinema.plate("Shop.Inventory").first().click();
    await cinema.tab("Calls").click();
    await panel.locator(".call-main", { hasText: "Shop.Inventory." }).first().click();
    await cinema.tab("Event").click();
    await panel.getByRole("button", { name: "Look inside" }).click();
    await panel.getByText("Recorded from inside: Shop.Inventory").waitFor();
    await expect.poll(bindings, PATIENT).toBeGreaterThan(0);
    await cinema.tab("Event").click();
    await panel.getByRole("button", { name: "Look inside" }).click();
    await panel.getByRole("button", { name: "Give the code back" }).click();
    await panel.getByText("Its own code is back.").waitFor();
    await page.keyboard.press("Escape");
    expect(cinema.trouble).toEqual([]);
  });

  it("grows on screen, is followed, held, followed again, and stopped", async () => {
    await using cinema = await CinemaPage.open(browser, url);
    const { page } = cinema;
    const bar = page.getByRole("banner");
    const events = async (): Promise<number> =>
      compactNumber(await bar.getByTitle("Events in this recording").innerText());
    const clock = page.locator("[data-cursor-time]");
    const second = async (): Promise<number> => clockSeconds(await clock.innerText());

    expect(await bar.getByRole("status").innerText()).toMatch(/^Recording/);
    expect(await bar.innerText()).toContain(shop.name);
    const [first, began] = [await events(), await second()];
    await expect.poll(events, PATIENT).toBeGreaterThan(first);
    await page.getByRole("button", { name: "Following" }).waitFor();
    await expect.poll(second, PATIENT).toBeGreaterThan(began + 1);
    // processes of the shop, with what they did, without asking
    await cinema.plate("Shop.Inventory").first().waitFor();
    await cinema.plate("Shop.Inventory").first().click();
    await cinema.panel.getByText(/^Version \d+/).waitFor();
    await cinema.panel.getByText('"apple" =>').first().waitFor();

    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Follow live" }).waitFor();
    await expect.poll(() => cinema.address.t, PATIENT).not.toBeNull();
    const held = await clock.innerText();
    const count = await events();
    await expect.poll(events, PATIENT).toBeGreaterThan(count);
    expect(await clock.innerText()).toBe(held);
    await page.getByRole("button", { name: "Follow live" }).click();
    await expect.poll(second, PATIENT).toBeGreaterThan(clockSeconds(held) + 0.5);

    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect
      .poll(async () => await bar.getByRole("status").innerText(), PATIENT)
      .toMatch(/^Recorded/);
    expect(await page.getByRole("button", { name: "Stop", exact: true }).count()).toBe(0);
    expect(await page.getByRole("button", { name: /Follow/ }).count()).toBe(0);
    expect(await bar.getByRole("status").getAttribute("title")).toMatch(/stopped/i);
    await running.line(/"type":"stopped"/);

    // the closed recording is shown from now on, by the same page
    await expect.poll(() => running.stdout(), PATIENT).toContain("the page stays open");
    const end = await events();
    await cinema.viewTab("Query").click();
    await cinema.runSql("select count(*) as n from events");
    const cell = cinema.main.getByRole("cell").first();
    await cell.waitFor();
    const all = Number(await cell.innerText());
    expect(Math.abs(all - end)).toBeLessThanOrEqual(Math.max(50, end * 0.06));
    expect(await bar.getByRole("status").innerText()).toMatch(/^Recorded/);
    expect(cinema.trouble).toEqual([]);
  });

  it("that reaches its budget says on the page what was hit, what is kept and what raises it", async () => {
    running.signal("SIGTERM");
    await running.done;
    const out = join(folder, "bounded.escope");
    const bound = ["--max-size", "2mb", "--out", out];
    running = startCli(["attach", shop.name, "--cookie", "demo", "--json", ...bound]);
    const [, found = ""] = await running.line(/"url":"([^"]+)"/);
    await using cinema = await CinemaPage.open(browser, found);
    const { page } = cinema;
    const strip = page.getByRole("status", { name: "How the recording ended" });
    await strip.waitFor();
    const told = await strip.innerText();
    expect(told).toContain("Stopped by a budget. The recording has reached");
    expect(told).toMatch(/All .* up to then are kept and complete/);
    expect(told).toContain("Raise it with --max-size.");
    // what was recorded up to then is there
    await cinema.plate("Shop.Inventory").first().click();
    await cinema.panel.getByText(/^Version \d+/).waitFor();
    await strip.getByRole("button", { name: "Put this note away" }).click();
    await strip.waitFor({ state: "detached" });
    expect(cinema.trouble).toEqual([]);
  });
});

describe("the server", () => {
  const servers: RunningServer[] = [];
  const readers: RecordingReader[] = [];

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await Promise.all(readers.splice(0).map((reader) => reader.close()));
    rmSync(join(folder, "cart.escope"), { recursive: true, force: true });
  });

  async function open(): Promise<RecordingReader> {
    const path = join(folder, "cart.escope");
    await makeCartRecording(path);
    const reader = await RecordingReader.open(path);
    readers.push(reader);
    return reader;
  }

  async function start(
    source: RecordingReader,
    again?: { readonly port: number; readonly token: string },
  ): Promise<RunningServer> {
    const server = await startServer({ source, webRoot: WEB_ROOT, ...again });
    servers.push(server);
    return server;
  }

  it("refuses a wrong token, and the page says what to do", async () => {
    const server = await start(await open());
    await using cinema = await CinemaPage.open(browser, `${server.origin}/#token=wrong`);
    const { page } = cinema;
    await page.getByRole("heading", { name: "The link is out of date" }).waitFor();
    expect(await page.getByRole("alert").innerText()).toContain(
      "Open the link that it printed last",
    );
    expect(await page.locator("canvas").count()).toBe(0);
    // the right link in the same tab works
    await page.goto("about:blank");
    await page.goto(server.url);
    await cinema.plate(CART).waitFor();
  });

  it("may go away: the page keeps what it has, says so, and goes on when it is back", async () => {
    const source = await open();
    const server = await start(source);
    const { port, token } = server;
    await using cinema = await CinemaPage.open(browser, server.url);
    const { page, panel } = cinema;
    await cinema.plate(CART).click();
    const alert = page.getByRole("alert");
    await server.close();
    await alert.getByText("Disconnected from ElixirScope.").waitFor();
    expect(await cinema.laneNames()).toContain(`Process Shop.Cart ${CART}`);
    // what is asked meanwhile is answered afterwards
    await page.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => cinema.address.t, PATIENT).not.toBeNull();
    await alert.getByRole("button", { name: /^Try now/ }).click();
    await start(source, { port, token });
    await panel.getByText(/^Version \d/).waitFor();
    await expect.poll(async () => await alert.count(), PATIENT).toBe(0);
    await page.keyboard.press("]");
    await panel.getByText("Version 4").waitFor();
  });

  it("may come back with another secret: the page asks for the new link", async () => {
    const source = await open();
    const server = await start(source);
    await using cinema = await CinemaPage.open(browser, server.url);
    await cinema.plate(CART).waitFor();
    await server.close();
    await cinema.page.getByText("Disconnected from ElixirScope.").waitFor();
    await start(source, { port: server.port, token: "another-token-of-another-server-1234" });
    await cinema.page.getByRole("heading", { name: "The link is out of date" }).waitFor();
    expect(await cinema.page.getByText("Disconnected from ElixirScope.").count()).toBe(0);
  });
});

/** `1.3K events` as 1300. */
function compactNumber(text: string): number {
  const [, digits = "NaN", unit = ""] = /^([\d.]+)([KM]?)/.exec(text) ?? [];
  return Number(digits) * ({ "": 1, K: 1e3, M: 1e6 }[unit] ?? Number.NaN);
}

/** `1:02.345 678 901` as 62.345678901. */
function clockSeconds(text: string): number {
  const [, minutes = "NaN", rest = "NaN"] = /^(\d+):([\d.\s]+)$/.exec(text.trim()) ?? [];
  return Number(minutes) * 60 + Number(rest.replaceAll(/\s/g, ""));
}
