// Ways through a recording: zoom, pan, select, play, search; and the address, which brings one back.

import { spanOf } from "@elixirscope/timeline";
import type { TimeRange } from "@elixirscope/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import {
  BOUNDS,
  CART,
  CLIENT,
  DURATION_NS,
  makeCartRecording,
  MS,
  QUIET,
  SUPERVISOR,
  type Known,
} from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";

let cart: Served<Known>;

beforeAll(async () => {
  cart = await serve(makeCartRecording);
});

afterAll(async () => await cart?.[Symbol.asyncDispose]());

/** The range that is shown once it is another than `before`. */
async function nextView(cinema: CinemaPage, before: TimeRange | null): Promise<TimeRange | null> {
  await expect.poll(() => cinema.address.view, PATIENT).not.toEqual(before);
  return cinema.address.view;
}

function whole(view: TimeRange | null): TimeRange {
  return view ?? { t0: -0.01 * DURATION_NS, t1: 1.01 * DURATION_NS };
}

/** How far from the left edge to the right an instant is drawn. */
function shareOf(t: number, view: TimeRange): number {
  return (t - view.t0) / spanOf(view);
}

describe("zoom and pan", () => {
  it("with W, S, A, D and F, about the cursor", async () => {
    await using cinema = await cart.open({ p: CART, t: String(400 * MS) });
    const { keyboard } = cinema.page;
    await cinema.plate(CART).waitFor();
    await keyboard.press("w");
    const once = await nextView(cinema, null);
    await keyboard.press("W");
    const twice = await nextView(cinema, once);
    expect(spanOf(whole(twice))).toBeLessThan(spanOf(whole(once)));
    expect(spanOf(whole(once))).toBeLessThan(DURATION_NS);
    expect(shareOf(400 * MS, whole(twice))).toBeCloseTo(shareOf(400 * MS, whole(null)), 2);
    await keyboard.press("d");
    const right = await nextView(cinema, twice);
    expect(whole(right).t0).toBeGreaterThan(whole(twice).t0);
    expect(spanOf(whole(right))).toBeCloseTo(spanOf(whole(twice)), -3);
    await keyboard.press("a");
    const back = await nextView(cinema, right);
    expect(whole(back).t0).toBeCloseTo(whole(twice).t0, -3);
    await keyboard.press("s");
    const out = await nextView(cinema, back);
    expect(spanOf(whole(out))).toBeGreaterThan(spanOf(whole(back)));
    await keyboard.press("f");
    expect(await nextView(cinema, out)).toBeNull();
    expect(cinema.address.t).toBe(400 * MS);
    expect(cinema.trouble).toEqual([]);
  });

  it("with the wheel about the pointer, by dragging, and by the strip", async () => {
    await using cinema = await cart.open();
    const { page } = cinema;
    await cinema.plate(CLIENT).waitFor();
    const { x, y } = await cinema.pointOf(CLIENT, 700 * MS, { row: 1, bounds: BOUNDS });
    await page.mouse.move(x, y);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -400);
    await page.keyboard.up("Control");
    const near = await nextView(cinema, null);
    expect(spanOf(whole(near))).toBeLessThan(0.7 * DURATION_NS);
    // what was under the pointer still is
    expect((await cinema.pointOf(CLIENT, 700 * MS, { row: 1, bounds: BOUNDS })).x).toBeCloseTo(
      x,
      -1,
    );
    await page.mouse.down();
    await page.mouse.move(x + 120, y, { steps: 4 });
    await page.mouse.up();
    const dragged = await nextView(cinema, near);
    expect(whole(dragged).t0).toBeLessThan(whole(near).t0);
    expect(cinema.address.t).toBeNull();
    const strip = await page.getByRole("img", { name: /^Event density/ }).boundingBox();
    if (strip === null) throw new Error("no overview strip");
    await page.mouse.click(strip.x + strip.width * 0.1, strip.y + strip.height / 2);
    expect(whole(await nextView(cinema, dragged)).t0).toBeLessThan(100 * MS);
    await page.getByRole("button", { name: "Fit the whole recording" }).click();
    await expect.poll(() => cinema.address.view, PATIENT).toBeNull();
    expect(cinema.trouble).toEqual([]);
  });

  it("to a call that is double clicked, and to a range that is selected", async () => {
    await using cinema = await cart.open();
    const { page } = cinema;
    await cinema.plate(CLIENT).waitFor();
    const from = await cinema.pointOf(CLIENT, 250 * MS, { row: 1, bounds: BOUNDS });
    const to = await cinema.pointOf(CLIENT, 450 * MS, { row: 1, bounds: BOUNDS });
    await page.keyboard.down("Shift");
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up("Shift");
    await page.getByText(/^200\sms selected/).waitFor();
    await page.getByRole("button", { name: "Zoom to it" }).click();
    await expect.poll(() => spanOf(whole(cinema.address.view)), PATIENT).toBeLessThan(210 * MS);
    expect(cinema.address.selection?.t0 ?? 0).toBeGreaterThan(245 * MS);
    await page.getByRole("button", { name: "Clear the selection" }).click();
    await expect.poll(() => cinema.address.selection, PATIENT).toBeNull();
    await page.keyboard.press("f");
    await expect.poll(() => cinema.address.view, PATIENT).toBeNull();
    const box = await cinema.pointOf(CLIENT, 185 * MS, { row: 3, bounds: BOUNDS });
    await page.mouse.dblclick(box.x, box.y);
    // the call ran from 160 to 210 ms
    await expect.poll(() => cinema.address.view?.t0, PATIENT).toBe(155 * MS);
    expect(cinema.address.view?.t1).toBe(215 * MS);
  });
});

describe("a link", () => {
  it("takes one that is given while its own was about to be written", async () => {
    await using cinema = await cart.open({ p: CART, t: String(400 * MS) });
    const { page } = cinema;
    await cinema.plate(CART).waitFor();
    // which of the two comes first is the browser's choice
    for (const t of [600, 610, 620, 630, 640, 650].map((ms) => ms * MS)) {
      await page.keyboard.press("w");
      // the address comes while the page is busy, for longer than it waits before it writes where it is
      await page.evaluate(`{
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => { location.hash = "t=${t}"; };
        port2.postMessage(null);
        for (const end = performance.now() + 400; performance.now() < end; );
      }`);
      await page.waitForTimeout(400);
      expect(cinema.address).toMatchObject({ t, view: null });
    }
  });

  it("restores the same moment, process, range and panel in a new page", async () => {
    const context = await cart.browser.newContext({ viewport: { width: 1280, height: 720 } });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await using first = await cart.open({}, { context });
    await first.plate(CART).click();
    await first.tab("Messages").click();
    const { x, y } = await first.pointOf(CART, 390 * MS, { row: 0, bounds: BOUNDS });
    await first.page.mouse.click(x, y);
    await first.page.keyboard.press("w");
    await nextView(first, null);
    const { address } = first;
    expect(address).toMatchObject({ t: 390 * MS, pid: CART, tab: "messages" });
    const listed = await first.panel.innerText();
    await first.page.getByRole("button", { name: "Copy a link to this moment" }).click();
    await first.page.getByText("Link to this moment copied.").waitFor();
    const link = await first.page.evaluate<string>("navigator.clipboard.readText()");

    await using second = await cart.open();
    await second.page.goto("about:blank");
    await second.page.goto(link);
    await second.panel.getByText("put:").waitFor();
    expect(await second.panel.innerText()).toBe(listed);
    await expect.poll(() => second.address, PATIENT).toEqual(address);
    await second.page.getByRole("heading", { name: "Shop.Cart" }).waitFor();
    expect(second.page.url()).not.toContain(cart.server.token);
    expect(second.trouble).toEqual([]);
  });

  it("that makes no sense shows the recording, and what can be used of it", async () => {
    await using cinema = await cart.open({
      t: "soon",
      v: "9~1",
      e: "-",
      tab: "nonsense",
      p: "<9.9.9>",
    });
    await cinema.plate(CART).waitFor();
    await cinema.page.getByText("No moment chosen").waitFor();
    await cinema.page.goto(`${cart.server.origin}/#t=500000000&p=%3C9.9.9%3E`);
    await cinema.panel.getByText("<9.9.9> was not seen in this recording").waitFor();
    expect(cinema.trouble).toEqual([]);
  });
});

describe("search", () => {
  it("finds a function and goes to its first call", async () => {
    await using cinema = await cart.open();
    const { page } = cinema;
    await cinema.plate(CART).waitFor();
    await page.keyboard.press("/");
    const box = page.getByRole("combobox", { name: "Search the recording" });
    await expect.poll(async () => await box.evaluate(isFocused), PATIENT).toBe(true);
    // Enter follows at once: it is meant of what was typed, not of what the first letters found
    await page.keyboard.type("pricing.pri");
    await page.keyboard.press("Enter");
    const [call] = await cart.column("select call from calls where function = 'price'");
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({ t: 192 * MS, pid: CART, event: Number(call) });
    expect(await page.getByRole("listbox").count()).toBe(0);
  });

  it("finds processes, crashes and messages, and says when nothing matches", async () => {
    await using cinema = await cart.open();
    const { page } = cinema;
    const box = page.getByRole("combobox", { name: "Search the recording" });
    await box.fill("Shop.Feed");
    await page.getByRole("option", { name: `${QUIET} Shop.Feed` }).click();
    await expect.poll(() => cinema.address.pid, PATIENT).toBe(QUIET);
    await box.fill("no_label");
    await page.getByRole("option", { name: ":no_label" }).click();
    await expect.poll(() => cinema.address, PATIENT).toMatchObject({ t: 751 * MS, tab: "event" });
    await box.fill("lost letter");
    await page.getByRole("option", { name: '"lost letter"' }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => cinema.address.t, PATIENT).toBe(550 * MS);
    await box.fill("never said");
    await page.getByText("Nothing recorded matches.").waitFor();
    expect(cinema.trouble).toEqual([]);
  });

  it("narrows the lanes to processes that match, and back", async () => {
    await using cinema = await cart.open();
    const { page } = cinema;
    await cinema.plate(CART).waitFor();
    const filter = page.getByRole("searchbox", { name: /^Filter processes/ });
    await filter.fill("feed");
    await expect
      .poll(async () => await cinema.laneNames(), PATIENT)
      .toEqual([`Process Shop.Feed ${QUIET}`]);
    await filter.fill("nobody");
    await page.getByText("No process matches “nobody”.").waitFor();
    await page.getByRole("button", { name: "Clear filter" }).click();
    await expect.poll(async () => (await cinema.laneNames()).length, PATIENT).toBe(5);
  });

  it("puts the lanes in the order of the supervision tree, also by the link, and back", async () => {
    await using cinema = await cart.open();
    const { page } = cinema;
    await cinema.plate(CART).waitFor();
    const [first, ...others] = await cinema.laneNames();
    const byTree = page.getByRole("button", { name: "Group lanes by supervisor" });
    await byTree.click();
    await expect
      .poll(async () => (await cinema.laneNames())[0], PATIENT)
      .toBe(`Process Shop.Supervisor ${SUPERVISOR}`);
    expect(await cinema.plate(CART).getAttribute("title")).toContain("· Shop.Supervisor");
    await using again = await cart.open({ "timeline.groups": "supervisor" });
    await expect
      .poll(async () => await again.laneNames(), PATIENT)
      .toEqual(await cinema.laneNames());
    await byTree.click();
    await expect.poll(async () => await cinema.laneNames(), PATIENT).toEqual([first, ...others]);
  });
});

describe("playing", () => {
  it("moves the cursor to the end, with the state of the process at it", async () => {
    await using cinema = await cart.open({ p: CART, t: String(650 * MS) });
    const { page } = cinema;
    await cinema.panel.getByText("Version 3").waitFor();
    await page.keyboard.press("Space");
    await cinema.panel.getByText("Version 5").waitFor();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(DURATION_NS);
    await page.getByRole("button", { name: "Play", exact: true }).waitFor();
    expect(cinema.trouble).toEqual([]);
  });
});

function isFocused(element: {
  readonly ownerDocument: { readonly activeElement: unknown };
}): boolean {
  return element.ownerDocument.activeElement === element;
}
