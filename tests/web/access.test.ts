// The page without eyes and without a pointer: everything has a name, is reached by Tab, and shows where
// the keyboard is.

import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { CART, CLIENT, makeCartRecording, MS } from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";

let cart: Served<unknown>;

beforeAll(async () => {
  cart = await serve(makeCartRecording);
});

afterAll(async () => await cart?.[Symbol.asyncDispose]());

const CONTROLS: ReadonlySet<string> = new Set([
  "button",
  "textbox",
  "searchbox",
  "combobox",
  "checkbox",
  "listbox",
  "option",
  "tab",
  "tabpanel",
  "tree",
  "slider",
  "splitter",
  "separator",
  "dialog",
  "img",
  "image",
  "region",
]);

type Control = { readonly role: string; readonly name: string };

/** Every control as assistive technology is told of it, from the browser's own accessibility tree. */
async function controls(page: Page): Promise<readonly Control[]> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  return nodes
    .filter((node) => !node.ignored)
    .map((node) => ({
      role: String(node.role?.value ?? ""),
      name: String(node.name?.value ?? "").trim(),
    }))
    .filter(({ role }) => CONTROLS.has(role));
}

async function nameless(page: Page): Promise<readonly Control[]> {
  return (await controls(page)).filter(({ name }) => name === "");
}

/** What has the focus: its name as a screen reader says it, and whether the focus can be seen. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.closest(".search, label") ?? element;
  const around = getComputedStyle(box);
  const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
  const area = element.getBoundingClientRect();
  return {
    name: element.getAttribute("aria-label") || element.title || element.textContent.trim(),
    role: element.getAttribute("role") ?? element.tagName.toLowerCase(),
    visible: area.width > 0 && area.height > 0,
    ring: ring(style) || ring(around),
  };
})()`;

type Focused = {
  readonly name: string;
  readonly role: string;
  readonly visible: boolean;
  readonly ring: boolean;
};

/** Presses Tab until the focus is back at the page itself or comes round again. */
async function tabThrough(cinema: CinemaPage): Promise<readonly Focused[]> {
  const { page } = cinema;
  const seen: Focused[] = [];
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate<Focused | null>(FOCUSED);
    if (focused === null) {
      if (seen.length > 0) return seen;
    } else {
      seen.push(focused);
    }
  }
  throw new Error("the focus does not leave the page");
}

describe("every control", () => {
  it("has a name in every panel, in the search and in the help", async () => {
    await using cinema = await cart.open({ p: CART, t: String(400 * MS) });
    const { page, panel } = cinema;
    await panel.getByText("Version 3").waitFor();
    expect(await nameless(page)).toEqual([]);
    const names = (await controls(page)).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "Previous event",
        "Play",
        "Next event",
        "Playing speed",
        "Zoom in",
        "Zoom out",
        "Fit the whole recording",
        "Search the recording",
        "Filter processes by name, pid or application",
        "Copy a link to this moment",
        "Keyboard shortcuts and legend",
        "Width of the side panel",
        "Previous state",
        "Next state",
        "State at the cursor",
        `Process Shop.Cart ${CART}`,
      ]),
    );
    const landmarks: readonly (readonly ["Calls" | "Messages" | "Event", string])[] = [
      ["Calls", "Calls around the cursor"],
      ["Messages", "put:"],
      ["Event", "No event at the cursor"],
    ];
    for (const [tab, text] of landmarks) {
      await cinema.tab(tab).click();
      await panel.getByText(text).first().waitFor();
      expect(await nameless(page)).toEqual([]);
    }
    await cinema.viewTab("Query").click();
    await cinema.main.getByRole("button", { name: "Slowest functions" }).click();
    await cinema.main.getByRole("cell").first().waitFor();
    expect(await nameless(page)).toEqual([]);
    await cinema.viewTab("State").click();
    await cinema.main.getByRole("treeitem").first().waitFor();
    expect(await nameless(page)).toEqual([]);
    await cinema.viewTab("Timeline").click();
    await page.getByRole("combobox", { name: "Search the recording" }).fill("shop");
    await page.getByRole("option").filter({ hasText: "Shop.Cart" }).first().waitFor();
    expect(await nameless(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Keyboard shortcuts and legend" }).click();
    await page.getByRole("dialog", { name: "Keyboard shortcuts and legend" }).waitFor();
    expect(await nameless(page)).toEqual([]);
    expect(cinema.trouble).toEqual([]);
  });

  it("is reached by Tab, in sight, with a visible focus", async () => {
    await using cinema = await cart.open({ p: CART, t: String(400 * MS) });
    await cinema.panel.getByText("Version 3").waitFor();
    await cinema.plate(CLIENT).waitFor();
    const stops = await tabThrough(cinema);
    expect(stops.filter(({ visible }) => !visible)).toEqual([]);
    expect(stops.filter(({ ring }) => !ring)).toEqual([]);
    const names = stops.map(({ name }) => name);
    for (const expected of [
      "Search the recording",
      "Copy a link to this moment",
      "Keyboard shortcuts and legend",
      "Previous event",
      "Play",
      "Next event",
      "Playing speed",
      "Zoom out",
      "Zoom in",
      "Fit the whole recording",
      "Filter processes by name, pid or application",
      "Process lanes",
      `Process Shop.Cart ${CART}`,
      `Process checkout client ${CLIENT}`,
      "Width of the side panel",
      "State",
      "Previous state",
      "Next state",
      "Find in State at the cursor",
    ]) {
      expect(names).toContain(expected);
    }
    expect(cinema.trouble).toEqual([]);
  });
});

describe("the keyboard alone", () => {
  it("selects a process, changes panels, sizes the side panel and opens and leaves the help", async () => {
    await using cinema = await cart.open({ t: String(400 * MS) });
    const { page, panel } = cinema;
    await cinema.plate(CART).focus();
    await page.keyboard.press("Enter");
    await panel.getByText("Version 3").waitFor();
    await cinema.tab("State").focus();
    await page.keyboard.press("ArrowRight");
    await panel.getByText("Calls around the cursor").waitFor();
    expect(await cinema.tab("Calls").getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("3");
    await panel.getByText("put:").waitFor();
    const names = await cinema.laneNames();
    const place = names.indexOf(`Process Shop.Cart ${CART}`);
    await page.keyboard.press("ArrowDown");
    const below = /<[\d.]+>/.exec(names[place + 1] ?? "")?.[0];
    await expect.poll(() => cinema.address.pid, PATIENT).toBe(below);

    const splitter = page.getByRole("separator", { name: "Width of the side panel" });
    const width = Number(await splitter.getAttribute("aria-valuenow"));
    await splitter.focus();
    await page.keyboard.press("ArrowLeft");
    await expect
      .poll(async () => Number(await splitter.getAttribute("aria-valuenow")), PATIENT)
      .toBeGreaterThan(width);
    expect((await panel.boundingBox())?.width).toBeGreaterThan(width);

    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts and legend" });
    await help.waitFor();
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "hidden" });
    await page.keyboard.press("/");
    await page.keyboard.type("w?f.");
    const search = page.getByRole("combobox", { name: "Search the recording" });
    expect(await search.inputValue()).toBe("w?f.");
    expect(cinema.address.view).toBeNull();
    expect(cinema.trouble).toEqual([]);
  });

  it("finds nothing wider than the window at 1280 x 720, light and dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await cart.browser.newContext({
        viewport: { width: 1280, height: 720 },
        colorScheme,
      });
      await using cinema = await cart.open({ p: CART, t: String(400 * MS) }, { context });
      await cinema.panel.getByText("Version 3").waitFor();
      const size = await cinema.page.evaluate<readonly [number, number]>(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]",
      );
      expect(size).toEqual([1280, 720]);
      expect(await faint(cinema.page)).toEqual([]);
    }
  });
});

/** Texts whose contrast with what is behind them is below AA, as the browser computes their colours. */
async function faint(page: Page): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(`(() => {
    const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
    const over = ([r, g, b, a = 1], below) => [r, g, b].map((v, i) => v * a + below[i] * (1 - a));
    const behind = (element) => {
      if (element === null) return [255, 255, 255];
      const colour = parse(getComputedStyle(element).backgroundColor);
      return (colour[3] ?? 1) === 1 ? colour : over(colour, behind(element.parentElement));
    };
    const light = (rgb) => {
      const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== "");
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (!own || box.width < 2 || style.visibility === "hidden" || element.closest(":disabled") !== null) continue;
      if (!element.checkVisibility({ opacityProperty: true })) continue;
      const ground = behind(element);
      const [a, b] = [light(over(parse(style.color), ground)), light(ground)];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const large = parseFloat(style.fontSize) >= 24;
      if (contrast < (large ? 3 : 4.5)) found.push(element.textContent.trim().slice(0, 40) + " " + contrast.toFixed(2));
    }
    return found;
  })()`);
}
