// Every view and dialog, light and dark, by the rules of axe; by keyboard alone; and in a small window.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { CART, CART_STATES, makeCartRecording, MS } from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let cart: Served<unknown>;

beforeAll(async () => {
  cart = await serve(makeCartRecording);
});

afterAll(async () => await cart?.[Symbol.asyncDispose]());

/** Serious and critical violations: rule, element and what is wrong with it. */
async function violations(page: Page): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(`(async () => {
    if (globalThis.axe === undefined) { ${AXE} }
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) =>
        id + ": " + node.html.slice(0, 120) + " " + (node.any[0]?.message ?? node.failureSummary)));
  })()`);
}

async function viewNames(page: Page): Promise<readonly string[]> {
  const tabs = page.getByRole("navigation", { name: "Views" }).locator("button[data-view]");
  await tabs.first().waitFor();
  return await tabs.allInnerTexts();
}

/** Until nothing on the page says that it is loading. */
async function settled(page: Page): Promise<void> {
  const busy = page.getByText(/^((Loading|Searching)\b.*…|Looking…)$/);
  await expect.poll(async () => await busy.count(), PATIENT).toBe(0);
}

const PLACE = { p: CART, t: String(400 * MS) };

describe("by the rules of axe", () => {
  it.each(["light", "dark"] as const)(
    "no view and no dialog is in the way of anybody, %s",
    async (theme) => {
      await using cinema = await cart.open({
        ...PLACE,
        e: String(await eventOf(CART_STATES[2].t)),
      });
      const { page } = cinema;
      await page.emulateMedia({ colorScheme: theme });
      await cinema.panel.getByText("Version 3").waitFor();
      const found: Record<string, readonly string[]> = {};
      for (const name of await viewNames(page)) {
        await cinema.viewTab(name).click();
        await settled(page);
        found[name] = await violations(page);
      }
      const panels = page.getByRole("tablist", { name: "Views of the selection" }).getByRole("tab");
      for (const tab of await panels.all()) {
        await tab.click();
        await settled(page);
        found[`${await tab.innerText()} panel`] = await violations(page);
      }
      for (const [key, name] of [
        ["?", "Keyboard shortcuts and legend"],
        ["Control+k", "Commands"],
        ["Control+,", "Settings"],
        ["l", "What is missing from this recording"],
      ] as const) {
        await cinema.plate(CART).focus();
        await page.keyboard.press(key);
        await page.getByRole("dialog", { name }).waitFor();
        await settled(page);
        found[name] = await violations(page);
        await page.keyboard.press("Escape");
        await page.getByRole("dialog", { name }).waitFor({ state: "hidden" });
      }
      expect(
        Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0)),
      ).toEqual({});
      expect(cinema.trouble).toEqual([]);
    },
  );
});

describe("the keyboard alone", () => {
  it("opens a view, selects a process, steps, finds a command and closes what it opened", async () => {
    await using cinema = await cart.open({ t: "0" });
    const { page } = cinema;
    const { keyboard } = page;
    await cinema.plate(CART).waitFor();
    await keyboard.press("ArrowDown");
    await expect.poll(() => cinema.address.pid, PATIENT).not.toBeNull();
    await keyboard.press(".");
    await expect.poll(() => cinema.address.event, PATIENT).not.toBeNull();
    await keyboard.press("Control+k");
    const palette = page.getByRole("dialog", { name: "Commands" });
    await palette.waitFor();
    await keyboard.type("step by state");
    await palette
      .getByRole("option", { name: /Step by state/ })
      .first()
      .waitFor();
    await keyboard.press("Enter");
    await palette.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Next state", exact: true }).first().waitFor();
    expect(await page.getByLabel("Step by").inputValue()).toBe("state");
    // views: g and a letter; only those that exist have one
    const names = await viewNames(page);
    if (names.includes("Causality")) {
      await keyboard.press("g");
      await keyboard.press("w");
      await page.getByRole("region", { name: "Causality view" }).waitFor();
      await keyboard.press("g");
      await keyboard.press("t");
      await page.getByRole("region", { name: "Causality view" }).waitFor({ state: "detached" });
    }
    await keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts and legend" });
    await help.waitFor();
    await keyboard.press("Escape");
    await help.waitFor({ state: "hidden" });
    expect(cinema.trouble).toEqual([]);
  });
});

describe("a window of 1280 x 720", () => {
  it("shows every view without overlap, inside the window", async () => {
    await using cinema = await cart.open(PLACE);
    const { page } = cinema;
    await cinema.panel.getByText("Version 3").waitFor();
    for (const name of await viewNames(page)) {
      await cinema.viewTab(name).click();
      await settled(page);
      expect({ name, problems: await overlaps(cinema) }).toEqual({ name, problems: [] });
    }
  });
});

/** Main regions that share pixels or leave the window, and whether the page scrolls sideways. */
async function overlaps({ page }: CinemaPage): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(`(() => {
    const names = [".top-bar", ".view-tabs", ".main-view", ".timeline", ".inspector"];
    const boxes = names.flatMap((name) => {
      const element = document.querySelector(name);
      return element === null ? [] : [{ name, box: element.getBoundingClientRect() }];
    });
    const found = [];
    for (const [i, { name, box }] of boxes.entries()) {
      if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) found.push(name + " leaves the window");
      if (box.width < 50 || box.height < 20) found.push(name + " has no room");
      for (const other of boxes.slice(i + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (wide > 0.5 && high > 0.5) found.push(name + " and " + other.name);
      }
    }
    // what stands in the bars is not to run into each other either
    for (const bar of document.querySelectorAll(".top-bar, .toolbar")) {
      const parts = [...bar.children].map((e) => e.getBoundingClientRect()).filter((b) => b.width > 0);
      for (const [i, one] of parts.entries()) {
        const next = parts[i + 1];
        if (next !== undefined && one.right > next.left + 0.5) found.push(bar.className + " part " + i + " overlaps");
      }
      const last = parts.at(-1);
      if (last !== undefined && last.right > bar.getBoundingClientRect().right + 0.5) found.push(bar.className + " is too full");
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
    return found;
  })()`);
}

async function eventOf(t: number): Promise<number> {
  const [event] = await cart.column(`select event from states where pid = '${CART}' and t = ${t}`);
  return Number(event);
}
