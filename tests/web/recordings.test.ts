// The page of all recordings, over real files and the server that `elixirscope open` starts.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compare, recordingRange } from "@elixirscope/query";
import { startServer } from "@elixirscope/server";
import { packRecording, RecordingReader } from "@elixirscope/store";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FolderShelf } from "../../apps/cli/src/shelf/recording-shelf.ts";
import { cli, startCli, type RunningCli } from "../support/cli.ts";
import { Story } from "../support/story.ts";
import { CinemaPage, PATIENT, startBrowser, WEB_ROOT } from "./browser-page.ts";
import { makeCartRecording, MS } from "./cart-recording.ts";

const TRACE = resolve(import.meta.dirname, "../../fixtures/ttb/ttb@127.0.0.1-doubling");

let top: string;
let folder: string;
let browser: Browser;
let open: RunningCli;
let url: string;

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), "elixirscope-web-recordings-"));
  folder = join(top, "recordings");
  mkdirSync(folder);
  await makeCartRecording(join(folder, "cart.escope"));
  const story = await Story.begin(join(top, "other.escope"), { id: "other" });
  story.call("<0.7.0>", 10, 20, ["Elixir.Shop", "work", 1], [1]);
  await story.end();
  await packRecording(join(top, "other.escope"), join(top, "brought.escope"));
  mkdirSync(join(folder, "broken.escope"));
  writeFileSync(join(folder, "broken.escope/recording.json"), "{");
  open = startCli(["open", "--no-browser", "--json"], { env: { ELIXIRSCOPE_RECORDINGS: folder } });
  const [, found = ""] = await open.line(/"url":"([^"]+)"/);
  url = found;
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  open?.signal("SIGTERM");
  await open?.done;
  rmSync(top, { recursive: true, force: true });
});

const row = (page: Page, name: string): Locator => page.locator(`[data-recording="${name}"]`);

it("lists recordings with their facts, opens one, and its link opens it again", async () => {
  await using cinema = await CinemaPage.open(browser, url);
  const { page } = cinema;
  const cart = row(page, "cart.escope");
  await cart.waitFor();
  const reader = await RecordingReader.open(join(folder, "cart.escope"));
  const { manifest } = reader;
  await reader.close();
  const facts = await cart.innerText();
  for (const fact of [manifest.target.node, String(manifest.counts["events"]), "1 s", "Closed"])
    expect(facts.replaceAll(/\s/g, " ")).toContain(fact.replaceAll(/\s/g, " "));
  const broken = row(page, "broken.escope");
  expect(await broken.innerText()).toContain("Corrupt");
  expect(await broken.getByRole("button", { name: "broken", exact: true }).isDisabled()).toBe(true);

  await cart.getByRole("button", { name: "cart", exact: true }).click();
  await cinema.plate("<0.101.0>").first().waitFor();
  expect(new URL(page.url()).hash).toContain("rec=cart.escope");
  await cinema.plate("<0.101.0>").first().click();
  await expect.poll(() => cinema.address.pid, PATIENT).toBe("<0.101.0>");
  const here = new URL(page.url()).hash.slice(1);

  // the link, in a tab of its own
  await using again = await CinemaPage.open(browser, `${url}&${here}`);
  await again.plate("<0.101.0>").first().waitFor();
  expect(again.address.pid).toBe("<0.101.0>");
  // and back to the list, where what is open can not be deleted
  await again.page.getByRole("button", { name: "Recordings", exact: true }).click();
  const shown = row(again.page, "cart.escope");
  await shown.getByText("open", { exact: true }).waitFor();
  expect(await shown.getByRole("button", { name: "Delete cart.escope" }).isDisabled()).toBe(true);
  expect([...cinema.trouble, ...again.trouble]).toEqual([]);
});

it("brings files in, says what is wrong with others, pins, deletes and fetches", async () => {
  await using cinema = await CinemaPage.open(browser, url);
  const { page } = cinema;
  await row(page, "cart.escope").waitFor();
  const chooser = page.getByLabel("File to import");

  await chooser.setInputFiles({
    name: "notes.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("hello"),
  });
  const alert = page.getByRole("alert");
  await alert.getByText("notes.txt was not imported.").waitFor();
  expect(await alert.innerText()).toContain("no trace of dbg or ttb");
  await chooser.setInputFiles(join(top, "brought.escope"));
  await page.getByText("Imported as brought.escope").waitFor();
  await row(page, "brought.escope").waitFor();
  await chooser.setInputFiles({
    name: "doubling.trace",
    mimeType: "application/octet-stream",
    buffer: readFileSync(TRACE),
  });
  await row(page, "doubling.escope").waitFor();
  expect(readdirSync(folder).filter((name) => !name.endsWith(".escope"))).toEqual([]);

  // pinned in the folder: also for the command line
  const brought = row(page, "brought.escope");
  const pin = brought.getByRole("button", { name: "Pin brought.escope" });
  await pin.click();
  await expect.poll(async () => await pin.getAttribute("aria-pressed"), PATIENT).toBe("true");
  const remove = brought.getByRole("button", { name: "Delete brought.escope" });
  expect(await remove.isDisabled()).toBe(true);
  const listed = await cli(["recordings", folder, "--json"]);
  const pinned = (JSON.parse(listed.stdout) as { name: string; pinned: boolean }[]).filter(
    (recording) => recording.pinned,
  );
  expect(pinned.map(({ name }) => name)).toEqual(["brought.escope"]);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    brought.getByRole("button", { name: "Download brought.escope as one file" }).click(),
  ]);
  const fetched = join(top, "fetched.escope");
  await download.saveAs(fetched);
  expect(readFileSync(fetched).subarray(0, 25).toString()).toBe("recording.escope/recordin");

  // what a rule would delete is shown first, and pinned recordings are not in it
  await page.getByRole("button", { name: "Clean up…" }).click();
  await page.getByLabel("at most").fill("0");
  await page.getByRole("button", { name: "Show what would be deleted" }).click();
  const plan = page.getByRole("list", { name: "Would be deleted" });
  await plan.getByText("doubling.escope").waitFor();
  expect(await plan.innerText()).not.toContain("brought.escope");
  await page.getByRole("button", { name: "Close", exact: true }).click();

  const doubling = row(page, "doubling.escope");
  await doubling.getByRole("button", { name: "Delete doubling.escope" }).click();
  await doubling.getByRole("button", { name: "Keep" }).click();
  await doubling.getByRole("button", { name: "Delete doubling.escope" }).click();
  await doubling.getByRole("button", { name: "Delete", exact: true }).click();
  await expect.poll(() => readdirSync(folder), PATIENT).not.toContain("doubling.escope");
  await expect.poll(async () => await doubling.count(), PATIENT).toBe(0);
  await pin.click();
  await expect.poll(async () => await remove.isEnabled(), PATIENT).toBe(true);
  expect(readdirSync(folder)).toContain("cart.escope");
  // the refused upload is an answer of the server that the browser notes by itself
  expect(cinema.trouble.filter((text) => !text.includes("415"))).toEqual([]);
});

it("takes a file that is dropped anywhere on the page, and says so while it is dragged over", async () => {
  await using cinema = await CinemaPage.open(browser, url);
  const { page } = cinema;
  await row(page, "cart.escope").waitFor();
  const bytes = readFileSync(TRACE).toString("base64");
  const dragged = await page.evaluateHandle<object>(`(() => {
    const dragged = new DataTransfer();
    const bytes = Uint8Array.from(atob("${bytes}"), (one) => one.charCodeAt(0));
    dragged.items.add(new File([bytes], "dropped.trace"));
    return dragged;
  })()`);
  const list = row(page, "cart.escope");
  const hint = page.getByText("Drop a recording or a trace to import it");
  await list.dispatchEvent("dragenter", { dataTransfer: dragged });
  await list.dispatchEvent("dragover", { dataTransfer: dragged });
  await hint.waitFor();
  await list.dispatchEvent("drop", { dataTransfer: dragged });
  await page.getByText("Imported as dropped.escope").waitFor();
  await row(page, "dropped.escope").waitFor();
  expect(await hint.count()).toBe(0);
  expect(readdirSync(folder)).toContain("dropped.escope");
  await row(page, "dropped.escope").getByRole("button", { name: "dropped", exact: true }).click();
  await page.getByText("ttb@127.0.0.1").first().waitFor();
  expect(cinema.trouble).toEqual([]);
});

const changes = async (page: Page): Promise<readonly (string | null)[]> =>
  await page
    .locator("[data-changes] [data-mfa]")
    .evaluateAll((all) => all.map((one) => one.getAttribute("data-mfa")));

it("holds another recording against the one that is open, and its link does so again", async () => {
  const slow = join(folder, "slow.escope");
  rmSync(slow, { recursive: true, force: true });
  const story = await Story.begin(slow, { id: "slow" });
  for (let i = 0; i < 30; i++) {
    story.call(
      "<0.7.0>",
      i * 10 * MS,
      (i * 10 + 6) * MS,
      ["Elixir.Shop.Cart", "add", 2],
      [i, "pear"],
    );
    story.call("<0.7.0>", (i * 10 + 7) * MS, (i * 10 + 8) * MS, ["Elixir.Shop.Tax", "of", 1], [i]);
  }
  await story.end();
  const cart = await RecordingReader.open(join(folder, "cart.escope"));
  const other = await RecordingReader.open(slow);
  const { functions } = await compare(
    { source: cart, range: await recordingRange(cart) },
    { source: other, range: await recordingRange(other) },
    { limit: 60 },
  );
  await Promise.all([cart.close(), other.close()]);
  const expected = functions.map(({ mfa }) => mfa);
  expect(expected).toContain("Shop.Tax.of/1");

  const at = new URLSearchParams({
    rec: "cart.escope",
    view: "performance",
    "performance.mode": "compare",
  });
  await using cinema = await CinemaPage.open(browser, `${url}&${at.toString()}`);
  const { page } = cinema;
  await page.getByLabel("Another recording as B").selectOption("slow.escope");
  await expect.poll(async () => await changes(page), PATIENT).toEqual(expected);
  await page.getByRole("button", { name: "Shop.Tax.of/1" }).click();
  const detail = page.getByRole("region", { name: "Calls of Shop.Tax.of/1 in A and B" });
  await expect
    .poll(async () => await detail.locator("[data-calls]").getAttribute("data-calls"), PATIENT)
    .toBe("0 30");

  await using again = await CinemaPage.open(browser, `${url}&${new URL(page.url()).hash.slice(1)}`);
  await expect.poll(async () => await changes(again.page), PATIENT).toEqual(expected);
  await again.page.getByRole("button", { name: "Compare within this recording" }).click();
  await again.page.getByText("Pin two stretches of time").waitFor();
  // what nobody compares any more can go
  await again.page.getByRole("button", { name: "Recordings", exact: true }).click();
  const gone = row(again.page, "slow.escope");
  await gone.getByRole("button", { name: "Delete slow.escope" }).click();
  await gone.getByRole("button", { name: "Delete", exact: true }).click();
  await expect.poll(() => readdirSync(folder), PATIENT).not.toContain("slow.escope");
  expect([...cinema.trouble, ...again.trouble]).toEqual([]);
});

it("says how to record when there is nothing", async () => {
  const shelf = new FolderShelf(join(top, "nowhere"));
  const server = await startServer({ source: null, webRoot: WEB_ROOT, shelf });
  try {
    await using cinema = await CinemaPage.open(browser, server.url);
    await cinema.page.getByText("Nothing is recorded here yet").waitFor();
    await cinema.page.getByText("elixirscope attach shop@127.0.0.1").waitFor();
    expect(cinema.trouble).toEqual([]);
  } finally {
    await server.close();
  }
});
