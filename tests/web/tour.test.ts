// The guided tour: offered once where the recording has the lost update that it is about, gone through by its
// buttons and by keyboard, and never in the way of whoever came for a place.

import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { makeCartRecording } from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";
import { makeTroubleRecording, STOCK, type Trouble } from "./trouble-recording.ts";

let shop: Served<Trouble>;

beforeAll(async () => {
  shop = await serve(async (folder) => await makeTroubleRecording(folder, "Shop.Inventory"));
});

afterAll(async () => await shop?.[Symbol.asyncDispose]());

function offerOf({ page }: CinemaPage): Locator {
  return page.getByRole("region", { name: "A tour of the shop" });
}

/** The note of the step that is shown, which has the focus. */
async function step({ page }: CinemaPage, n: number): Promise<void> {
  const note = page.getByRole("dialog", { name: new RegExp(`^Tour, ${n} of `) });
  await note.waitFor();
  await expect.poll(async () => await note.evaluate(IS_FOCUSED), PATIENT).toBe(true);
  // all of it is on screen, and it points at something
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  const box = await note.boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect(box?.y).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
  expect((await page.locator(".tour-frame").boundingBox())?.width).toBeGreaterThan(50);
}

// tests are compiled without the types of a browser
const IS_FOCUSED = (note: object): boolean =>
  (note as { ownerDocument: { activeElement: object } }).ownerDocument.activeElement === note;

it("goes through the lost update step by step, and is not offered again", async () => {
  await using cinema = await shop.open();
  const { page } = cinema;
  await offerOf(cinema).getByRole("button", { name: "Start the tour" }).click();
  const next = page.getByRole("button", { name: "Next", exact: true });
  await step(cinema, 1);
  await next.click();
  await step(cinema, 2);
  await next.click();
  await step(cinema, 3);
  await expect.poll(() => cinema.address.pid, PATIENT).toBe(STOCK);
  await page.keyboard.press("Tab");
  await next.press("Enter");
  await step(cinema, 4);
  // at the state that was written over
  const [t] = await shop.column(`select t from states where cause_message = ${shop.known.write}`);
  await expect.poll(() => String(cinema.address.t), PATIENT).toBe(t);
  await page.getByRole("button", { name: "Back" }).click();
  await step(cinema, 3);
  await next.click();
  await next.click();
  await step(cinema, 5);
  await page.locator("[data-group=race] .finding").waitFor();
  await next.click();
  await step(cinema, 6);
  await page.locator(".cause-row").first().waitFor();
  await next.click();
  await step(cinema, 7);
  await page
    .getByRole("dialog", { name: /^Tour, 7 of 7/ })
    .getByRole("button", { name: "Close" })
    .click();
  expect(await page.locator(".tour").count()).toBe(0);
  await page.goto(shop.server.url);
  await page.reload();
  await cinema.plate(STOCK).waitFor();
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Commands" });
  await palette.getByRole("combobox").fill("tour");
  await palette.getByRole("option", { name: /tour/ }).first().waitFor();
  expect(await offerOf(cinema).count()).toBe(0);
  await page.keyboard.press("Enter");
  await step(cinema, 1);
  await page.keyboard.press("Escape");
  expect(await page.locator(".tour").count()).toBe(0);
  expect(cinema.trouble).toEqual([]);
});

it("is not offered to whoever comes for a place, nor over another recording, and takes a no", async () => {
  await using placed = await shop.open({ p: STOCK, t: "130000000" });
  await placed.panel.getByText(/^Version \d/).waitFor();
  expect(await offerOf(placed).count()).toBe(0);
  await using cinema = await shop.open();
  await offerOf(cinema).getByRole("button", { name: "No, thanks" }).click();
  await cinema.page.reload();
  await cinema.plate(STOCK).waitFor();
  await using cart = await serve(makeCartRecording);
  await using other = await cart.open();
  await other.plate("Shop.Cart").waitFor();
  await other.page.waitForTimeout(500);
  expect([await offerOf(cinema).count(), await offerOf(other).count()]).toEqual([0, 0]);
  expect([...placed.trouble, ...cinema.trouble, ...other.trouble]).toEqual([]);
});
