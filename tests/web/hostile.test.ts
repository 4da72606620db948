// What the target chose to call things, and what it sends, is text on this page and nothing else.

import { binary } from "@elixirscope/etf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Story } from "../support/story.ts";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { BOUNDS, MS } from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";

const EVIL = "<0.66.0>";
const SCRIPT = "<script>alert('in')</script><img src=x onerror=alert(1)>";
const OVERRIDE = "\u202Eevil\u2066";
const BIG = 1_048_576;

let hostile: Served<unknown>;

beforeAll(async () => {
  hostile = await serve(async (folder) => {
    const story = await Story.begin(folder, {
      target: {
        node: "<b>shop</b>@127.0.0.1",
        otpRelease: "25",
        elixir: "1.14.0",
        system: '"><svg onload=alert(2)>',
      },
    });
    story.process(EVIL, {
      name: SCRIPT,
      label: "</span><script>alert(3)</script>",
      application: "<u>app</u>",
      behaviour: "gen_server",
      spawned: 0,
    });
    story.state(EVIL, 10 * MS, { ["<b>key</b>"]: SCRIPT, nul: "a\0b", admin: false }, "init");
    story.state(EVIL, 100 * MS, {
      ["<b>key</b>"]: `${SCRIPT}${SCRIPT}`,
      nul: "a\0b",
      admin: false,
      turned: OVERRIDE,
      big: binary(new Uint8Array(BIG).fill(65)),
      bytes: binary(new Uint8Array(BIG).fill(7)),
    });
    story.enter(
      EVIL,
      200 * MS,
      [`Elixir.<img src=x onerror=alert(4)>`, `f${OVERRIDE}`, 1],
      [SCRIPT],
    );
    story.message([null, null], [EVIL, 300 * MS], [SCRIPT, OVERRIDE, ":last"], { match: "none" });
    story.leave(EVIL, 400 * MS, "</ol><script>alert(5)</script>", "raised");
    story.exit(EVIL, 500 * MS, ["</title><script>alert(6)</script>", "a\0b"]);
    story.gap(600 * MS, 700 * MS, "<i>why</i>", 3);
    await story.end(1_000 * MS, { "<i>why</i>": 3 });
  });
});

afterAll(async () => await hostile?.[Symbol.asyncDispose]());

/** Elements that only markup from the target could have made. */
async function expectInert(cinema: CinemaPage): Promise<readonly string[]> {
  const made = await cinema.page
    .locator("body :is(script, img, b > b, u, iframe, [onerror])")
    .count();
  return made === 0 ? cinema.trouble : [...cinema.trouble, `${made} elements from the target`];
}

describe("a hostile target", () => {
  it("cannot put markup into names, states, diffs or titles", async () => {
    await using cinema = await hostile.open({ p: EVIL, t: String(150 * MS) });
    const { page, panel } = cinema;
    await panel.getByText("Version 2").waitFor();
    expect(await page.getByRole("banner").innerText()).toContain("<b>shop</b>@127.0.0.1");
    expect(await page.title()).toBe("<b>shop</b>@127.0.0.1 · ElixirScope");
    expect(await cinema.laneNames()).toEqual([`Process ${SCRIPT} ${EVIL}, exited`]);
    expect(await page.getByRole("heading", { level: 2 }).first().innerText()).toBe(SCRIPT);
    const text = await panel.innerText();
    expect(text).toContain(SCRIPT);
    expect(text).toContain('"<b>key</b>"');
    expect(text).toContain("<<97, 0, 98>>");
    expect(await expectInert(cinema)).toEqual([]);
  });

  it("cannot turn the text beside a value around", async () => {
    await using cinema = await hostile.open({ p: EVIL, t: String(350 * MS), tab: "messages" });
    const { panel } = cinema;
    await panel.getByText(":last").waitFor();
    expect(await panel.innerText()).toContain(String.raw`"\u202Eevil\u2066", :last]`);
    await cinema.tab("Calls").click();
    await panel.getByText("onerror").first().waitFor();
    await cinema.tab("Event").click();
    await cinema.page.keyboard.press(",");
    await expect.poll(() => cinema.address.event, PATIENT).not.toBeNull();
    expect(await panel.innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(await expectInert(cinema)).toEqual([]);
  });

  it("cannot flood the page with one large value", async () => {
    await using cinema = await hostile.open({ p: EVIL, t: String(50 * MS) });
    const { panel } = cinema;
    await panel.getByText("Version 1").waitFor();
    await cinema.page.keyboard.press("]");
    await panel.getByText("Version 2").waitFor();
    const text = await panel.innerText();
    expect(text).toMatch(/big:\s*"A{50,120}/);
    expect(text).toMatch(/bytes:\s*"?(\\a|<<7)/);
    expect(text.length).toBeLessThan(10_000);
    expect(await cinema.page.locator("*").count()).toBeLessThan(2_000);
    expect(await expectInert(cinema)).toEqual([]);
  });

  it("cannot use calls, messages, events, gaps, search or the address", async () => {
    await using cinema = await hostile.open({ p: EVIL, t: String(250 * MS), tab: "calls" });
    const { page, panel } = cinema;
    await panel.getByText("</ol><script>").first().waitFor();
    expect(await panel.innerText()).toContain("<img src=x onerror=alert(4)>");
    await cinema.tab("Event").click();
    const exit = await cinema.pointOf(EVIL, 500 * MS, { row: 1, bounds: BOUNDS });
    await page.mouse.click(exit.x, exit.y);
    await panel.getByText("</title><script>").first().waitFor();
    const gap = await cinema.pointOf(EVIL, 650 * MS, { row: 1, bounds: BOUNDS });
    await page.mouse.move(gap.x, gap.y);
    await page.locator(".tooltip").getByText("3 not recorded: <i>why</i>").waitFor();
    const box = page.getByRole("combobox", { name: "Search the recording" });
    await box.fill("<script>");
    await page.getByRole("option").filter({ hasText: SCRIPT }).first().waitFor();
    await box.press("Escape");
    await cinema.viewTab("Query").click();
    await cinema.runSql(
      `select '${SCRIPT.replaceAll("'", "''")}' as "<img src=y onerror=alert(7)>"`,
    );
    await cinema.main.getByRole("cell", { name: SCRIPT }).waitFor();
    await page.goto(`${hostile.server.origin}/#p=${encodeURIComponent(SCRIPT)}&t=1`);
    await page.getByRole("heading", { name: SCRIPT }).waitFor();
    expect(await expectInert(cinema)).toEqual([]);
  });
});
