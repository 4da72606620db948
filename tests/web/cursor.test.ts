// The cursor and what a process knew at it: whatever moves the cursor, the state panel shows exactly the
// version that the recording has at that instant, and what changed in it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { BOUNDS, CART, CART_STATES, CLIENT, makeCartRecording, MS } from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";

let cart: Served<unknown>;

beforeAll(async () => {
  cart = await serve(makeCartRecording);
});

afterAll(async () => await cart?.[Symbol.asyncDispose]());

/** Clicks into the lane at an instant where there is no mark and no call: the instant itself is meant. */
async function clickAt(cinema: CinemaPage, pid: string, t: number): Promise<void> {
  const { x, y } = await cinema.pointOf(pid, t, { row: 1, bounds: BOUNDS });
  await cinema.page.mouse.click(x, y);
}

/** The state as the panel shows it: closed, so that it is one line of Elixir. */
async function shown(cinema: CinemaPage): Promise<{ version: string; text: string }> {
  const tree = cinema.panel.getByRole("tree", { name: "State at the cursor" });
  const close = tree.getByRole("button", { name: "Collapse the term" });
  if ((await close.count()) > 0) await close.first().click();
  const version = await cinema.panel.locator("[data-state-version]").innerText();
  return { version, text: (await tree.innerText()).trim() };
}

/** What the recording itself has at that instant. */
async function recorded(pid: string, t: number): Promise<{ version: string; text: string }> {
  const where = `pid = '${pid}' and t <= ${String(t)}`;
  const last = `from states where ${where} order by t desc limit 1`;
  const [text = "none"] = await cart.column(`select term(state) ${last}`);
  const [version = "none"] = await cart.column(`select version ${last}`);
  const [all = "none"] = await cart.column(`select count(*) from states where pid = '${pid}'`);
  return { version: `Version ${version} of ${all}`, text };
}

async function expectState(cinema: CinemaPage, pid: string, t: number): Promise<void> {
  const truth = await recorded(pid, t);
  await expect.poll(async () => await shown(cinema), PATIENT).toEqual(truth);
}

describe("the state at the cursor", () => {
  it("is the recording's at every instant that is clicked in a lane", async () => {
    await using cinema = await cart.open();
    await cinema.plate(CART).waitFor();
    for (const t of [130, 330, 480, 720, 870, 960]) {
      await clickAt(cinema, CART, t * MS);
      await expect.poll(() => cinema.address.pid, PATIENT).toBe(CART);
      await expect.poll(() => Math.abs((cinema.address.t ?? 0) - t * MS), PATIENT).toBeLessThan(MS);
      await expectState(cinema, CART, cinema.address.t ?? 0);
    }
    expect(cinema.trouble).toEqual([]);
  });

  it("is exactly that of a state mark that is clicked, with the diff to the version before", async () => {
    await using cinema = await cart.open();
    await cinema.plate(CART).waitFor();
    const [, , third, fourth] = CART_STATES;
    await clickAt(cinema, CART, third.t);
    await expect.poll(() => cinema.address.t, PATIENT).toBe(third.t);
    await expectState(cinema, CART, third.t);
    const changes = cinema.panel.getByRole("list", { name: "Changes to the previous state" });
    expect(await rows(cinema)).toEqual(["+ .items[1] “pear”", "~ .total 10 → 25"]);
    await clickAt(cinema, CART, fourth.t);
    await expectState(cinema, CART, fourth.t);
    await expect
      .poll(async () => await rows(cinema), PATIENT)
      .toEqual(["− .note “new”", "+ .coupon :summer"]);
    expect(await changes.getByLabel("removed").count()).toBe(1);
    // and in the term itself, in words
    const tree = cinema.panel.getByRole("tree", { name: "State at the cursor" });
    await tree.getByRole("button", { name: "Expand the term" }).click();
    expect(await tree.locator(".term-row.added").innerText()).toMatch(/coupon:\s*:summer\s*added/);
  });

  it("steps through the versions with [ and ], and through events with , and .", async () => {
    await using cinema = await cart.open({ p: CART, t: String(CART_STATES[0].t) });
    const { keyboard } = cinema.page;
    await expectState(cinema, CART, CART_STATES[0].t);
    expect(await cinema.panel.innerText()).toContain("there is nothing to compare it with");
    for (const { t } of CART_STATES.slice(1)) {
      await keyboard.press("]");
      await expect.poll(() => cinema.address.t, PATIENT).toBe(t);
      await expectState(cinema, CART, t);
    }
    await keyboard.press("]");
    await cinema.page.getByText(`No next state of ${CART} was recorded.`).waitFor();
    await keyboard.press("[");
    await expect.poll(() => cinema.address.t, PATIENT).toBe(CART_STATES[3].t);
    await expectState(cinema, CART, CART_STATES[3].t);

    const events = `from events where pid = '${CART}' and t > ${String(CART_STATES[3].t)} order by t, id`;
    const [next] = await cart.column(`select id ${events}`);
    await keyboard.press(".");
    await expect.poll(() => String(cinema.address.event), PATIENT).toBe(next);
    await expectState(cinema, CART, CART_STATES[4].t);
    await keyboard.press(".");
    await cinema.page.getByText(`No later event of ${CART} was recorded.`).waitFor();
    const past = await cart.column(
      `select id from events where pid = '${CART}' and t < ${String(CART_STATES[4].t)} order by t desc, id desc`,
    );
    for (const id of past) {
      await keyboard.press(",");
      await expect.poll(() => String(cinema.address.event), PATIENT).toBe(id);
      await expectState(cinema, CART, cinema.address.t ?? 0);
      if (cinema.address.t === CART_STATES[0].t) break;
    }
    expect(cinema.trouble).toEqual([]);
  });

  it("takes every step when keys come faster than answers", async () => {
    await using cinema = await cart.open({ p: CLIENT, t: "0" });
    const events = await cart.column(
      `select id from events where pid = '${CLIENT}' order by t, id limit 3`,
    );
    await cinema.plate(CLIENT).waitFor();
    for (const _ of events) await cinema.page.keyboard.press(".");
    await expect.poll(() => String(cinema.address.event), PATIENT).toBe(events.at(-1));
  });

  it("follows the ruler, the arrow keys and the overview strip", async () => {
    await using cinema = await cart.open({ p: CART });
    const { page } = cinema;
    await cinema.plate(CART).waitFor();
    const ruler = page.getByRole("img", { name: /^Time ruler/ });
    const box = await ruler.boundingBox();
    if (box === null) throw new Error("no ruler");
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.45, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => cinema.address.t ?? 0, PATIENT).toBeGreaterThan(430 * MS);
    await expectState(cinema, CART, cinema.address.t ?? 0);
    const before = cinema.address.t ?? 0;
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => cinema.address.t ?? 0, PATIENT).toBeGreaterThan(before + 250 * MS);
    await expectState(cinema, CART, cinema.address.t ?? 0);
    const strip = await page.getByRole("img", { name: /^Event density/ }).boundingBox();
    if (strip === null) throw new Error("no overview strip");
    await page.mouse.click(strip.x + strip.width * 0.1, strip.y + strip.height / 2);
    await expect.poll(() => cinema.address.t ?? 0, PATIENT).toBeLessThan(120 * MS);
    await expectState(cinema, CART, cinema.address.t ?? 0);
  });

  it("leads to what caused it", async () => {
    const [, second] = CART_STATES;
    await using cinema = await cart.open({ p: CART, t: String(second.t) });
    await expectState(cinema, CART, second.t);
    const [cause] = await cart.column(
      `select cause_message from states where pid = '${CART}' and t = ${String(second.t)}`,
    );
    expect(await cinema.panel.innerText()).toContain("after handle_call");
    await cinema.panel.getByRole("button", { name: `message ${String(cause)}` }).click();
    await cinema.panel.getByText("add:").waitFor();
    expect(await cinema.panel.innerText()).toContain(CLIENT);
  });
});

/** The lines of the diff: sign, path, values. */
async function rows(cinema: CinemaPage): Promise<readonly string[]> {
  const items = cinema.panel
    .getByRole("list", { name: "Changes to the previous state" })
    .getByRole("listitem");
  const texts = await items.allInnerTexts();
  return texts.map((text) =>
    text
      .replaceAll(/\s+/g, " ")
      .replaceAll(/"([^"]*)"/g, "“$1”")
      .trim(),
  );
}
