// A session that the page begins, changes and ends, on a real node; what was done is in the recording.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordingReader } from "@elixirscope/store";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startNode, uniqueNodeName, type BeamNode } from "../support/beam-node.ts";
import { startCli, type RunningCli } from "../support/cli.ts";
import { compileShop } from "../support/shop.ts";
import { CinemaPage, PATIENT, startBrowser } from "./browser-page.ts";

let folder: string;
let browser: Browser;
let shop: BeamNode;
let open: RunningCli;
let url: string;

/** The shop without customers, and somebody who asks for a level a hundred times a second. */
async function startQuietShop(): Promise<BeamNode> {
  return await startNode({
    name: uniqueNodeName("shop"),
    cookie: "demo",
    program: "elixir",
    args: ["-pa", compileShop(), "--logger-otp-reports", "false"],
    env: { SHOP_LOAD: "off" },
    code: `{:ok, _} = Application.ensure_all_started(:shop)
      {:ok, cart} = Shop.Cart.start_link("Ann")
      spawn(fn ->
        for _ <- Stream.cycle([1]) do
          Shop.Inventory.level("apple")
          Shop.Cart.items(cart)
          Process.sleep(10)
        end
      end)`,
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "elixirscope-web-session-"));
  open = startCli(["open", "--no-browser", "--json"], { env: { ELIXIRSCOPE_RECORDINGS: folder } });
  [shop, browser] = await Promise.all([startQuietShop(), startBrowser()]);
  const [, found = ""] = await open.line(/"url":"([^"]+)"/);
  url = found;
});

afterAll(async () => {
  await browser?.close();
  open?.signal("SIGTERM");
  await open?.done;
  await shop?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Plan = {
  readonly functions: readonly { readonly module: string }[];
  readonly sampling: unknown;
  readonly budgets: Readonly<Record<string, number | null>>;
};

/** As the recording itself has it by now. */
function planOnDisk(name: string): Plan {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, name, "recording.json"), "utf8"));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test's look at its own file
  return (manifest as { readonly plan: Plan }).plan;
}

const budgetsOnDisk = (name: string): Plan["budgets"] => planOnDisk(name).budgets;

const tracedOf = (name: string, module: string): number =>
  planOnDisk(name).functions.filter((of) => of.module === `Elixir.${module}`).length;

function dialogOf(page: Page): Locator {
  return page.getByRole("dialog", { name: "Session" });
}

/** Shows what a change would be about and cost; `apply` makes it. */
async function planned(page: Page, kind: string, which: string): Promise<Locator> {
  const dialog = dialogOf(page);
  await dialog.getByLabel("What to change").selectOption({ label: kind });
  await dialog.getByLabel("Which").fill(which);
  await dialog.getByRole("button", { name: "Show the cost" }).click();
  const shown = dialog.locator(".planned");
  await shown.waitFor();
  return shown;
}

async function apply(page: Page): Promise<void> {
  await dialogOf(page).getByRole("button", { name: "Apply" }).click();
  await dialogOf(page)
    .getByText(/^Done: /)
    .waitFor();
}

it("is begun from the page, changed while it runs, ended, and has an audit of it all", async () => {
  await using cinema = await CinemaPage.open(browser, url);
  const { page } = cinema;
  await page.getByRole("button", { name: "Record a node…" }).click();
  const form = page.getByRole("form", { name: "Record a node" });
  const node = form.getByRole("combobox", { name: "Node" });
  const start = form.getByRole("button", { name: "Start recording" });

  // what is wrong is said, and what was looked at
  await node.fill(shop.name);
  await form.getByLabel("Cookie", { exact: false }).first().fill("wrong");
  await start.click();
  await form.getByRole("alert").waitFor();
  expect(await form.getByRole("alert").innerText()).toMatch(/cookie/i);
  await form.getByRole("list", { name: "What was checked" }).waitFor();
  expect(readdirSync(folder)).toEqual([]);

  await form.getByLabel("Cookie", { exact: false }).first().fill("demo");
  await form.getByLabel("What to trace", { exact: false }).fill("Shop.Inventory.*");
  await start.click();
  await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
  const [name = ""] = readdirSync(folder).filter((file) => file.endsWith(".escope"));
  expect(decodeURIComponent(new URL(page.url()).hash)).toContain(`rec=${name}`);

  await page.getByRole("button", { name: "Session", exact: true }).click();
  const dialog = dialogOf(page);
  await dialog
    .getByText(`${tracedOf(name, "Shop.Inventory")} functions`)
    .first()
    .waitFor();
  expect(await dialog.innerText()).toContain("Shop.Inventory.*");
  // measured before it began
  await dialog.getByText(/About .*% of one core/).waitFor();
  expect(await dialog.locator(".cost").innerText()).toContain("Shop.Inventory.level/1");
  expect(await dialog.getByRole("list", { name: "Audit" }).innerText()).toMatch(/page\s+started/);

  // a selector that is wrong is marked where it is
  await dialog.getByLabel("Which").fill("Shop.Cart.nope/1");
  await dialog.getByRole("button", { name: "Show the cost" }).click();
  await dialog.getByRole("alert").waitFor();
  expect(await dialog.locator("mark").innerText()).toMatch(/^nope/);

  const added = await planned(page, "Add functions", "Shop.Cart.*");
  expect(await added.innerText()).toContain("Shop.Cart.add/3");
  // counted by the VM, beside what is traced
  expect(await added.innerText()).toMatch(/Busiest: .*Shop\.Cart\.items\/1 \d+\/s/);
  expect(tracedOf(name, "Shop.Cart")).toBe(0);
  await apply(page);
  expect(tracedOf(name, "Shop.Cart")).toBeGreaterThan(5);

  const removed = await planned(page, "Remove functions", "Shop.Inventory.*");
  // counted in the recording
  expect(await removed.innerText()).toMatch(/Saves about/);
  expect(await removed.innerText()).toMatch(/Shop\.Inventory\.level\/1 \d+\/s/);
  await apply(page);
  expect(tracedOf(name, "Shop.Inventory")).toBe(0);

  const sampled = await planned(page, "Sampling", "rate:50");
  expect(await sampled.innerText()).toContain("No estimate");
  await apply(page);
  expect(planOnDisk(name).sampling).toEqual({ kind: "rate", chainsPerSecond: 50 });

  await planned(page, "Look inside functions", "Shop.Order");
  await apply(page);
  const inside = dialog.getByRole("list", { name: "Recorded from inside" });
  await inside.getByText("Shop.Order").waitFor();
  await inside.getByRole("button", { name: "Give the code back" }).click();
  await expect.poll(async () => await inside.count(), PATIENT).toBe(0);

  // budgets as they are, in the units of the form; an absurd one is refused, a good one holds
  const budgets = dialog.getByRole("form", { name: "Budgets" });
  const rate = budgets.getByLabel("All processes");
  expect(await rate.inputValue()).toBe("200,000");
  expect(await budgets.getByLabel("Target memory").inputValue()).toBe("64");
  await rate.fill("0");
  await budgets.getByRole("button", { name: "Show the effect" }).click();
  await dialog.getByText(/0 events per second is not possible/).waitFor();
  expect(budgetsOnDisk(name)["eventsPerSecond"]).toBe(200_000);
  await rate.fill("1,000");
  await budgets.getByLabel("Ends after").fill("900");
  await budgets.getByRole("button", { name: "Show the effect" }).click();
  await dialog.locator(".planned .cost").waitFor();
  await dialog.getByRole("button", { name: "Apply" }).click();
  await dialog.getByText("the new budgets hold").waitFor();
  expect(budgetsOnDisk(name)).toMatchObject({ eventsPerSecond: 1_000, durationMs: 900_000 });
  await expect.poll(async () => await dialog.innerText(), PATIENT).toContain("of 1,000");

  // a pause: the page says so, nothing comes, the timeline has a gap while it goes on
  const state = page.getByRole("banner").getByRole("status");
  await dialog.getByRole("button", { name: "Pause recording" }).click();
  await expect.poll(async () => await state.innerText(), PATIENT).toMatch(/^Paused/);
  await dialog.getByText("Nothing is recorded, at next to no cost").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  const gap = async (): Promise<string> => {
    await page.keyboard.press("l");
    const reasons = page.getByRole("list", { name: "Reasons" });
    await reasons.waitFor();
    const text = await reasons.innerText();
    await page.keyboard.press("Escape");
    return text;
  };
  await expect
    .poll(gap, PATIENT)
    .toMatch(/Paused\s+not counted in 1 stretch, [1-9][\d.]*\s?s in all/);
  const loss = page.getByRole("button", { name: "no loss" });
  expect(await loss.count()).toBe(1);
  await page.keyboard.press("Shift+R");
  await expect.poll(async () => await state.innerText(), PATIENT).toMatch(/^Recording/);
  await page.keyboard.press("Shift+R");
  await page.getByRole("banner").getByRole("button", { name: "Resume recording" }).click();
  await page.getByRole("banner").getByRole("button", { name: "Pause recording" }).waitFor();

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect
    .poll(async () => await page.getByRole("banner").getByRole("status").innerText(), PATIENT)
    .toMatch(/^Recorded/);
  await page.getByRole("button", { name: "Session", exact: true }).click();
  await dialog.getByText("This session is over").waitFor();
  const told = await dialog.getByRole("list", { name: "Audit" }).getByRole("listitem").count();

  await using reader = Object.assign(await RecordingReader.open(join(folder, name)), {
    async [Symbol.asyncDispose]() {
      await reader.close();
    },
  });
  const { rows } = await reader.query("select action, who, outcome from audit order by t");
  expect(rows).toEqual([
    ["start", "page", "done"],
    ["add_functions", "page", "done"],
    ["remove_functions", "page", "done"],
    ["sampling", "page", "done"],
    ["deepen", "page", "done"],
    ["shallow", "page", "done"],
    ["budgets", "page", "done"],
    ["pause", "page", "done"],
    ["resume", "page", "done"],
    ["pause", "page", "done"],
    ["resume", "page", "done"],
    ["stop", "page", "done"],
  ]);
  expect(told).toBe(rows.length);
  expect(cinema.trouble).toEqual([]);
}, 240_000);
