// The query view: SQL with completion, its mistakes marked, its answer as table, chart and marks.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import {
  BOUNDS,
  CART,
  CART_STATES,
  CLIENT,
  makeCartRecording,
  MS,
  type Known,
} from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";

let cart: Served<Known>;

beforeAll(async () => {
  cart = await serve(makeCartRecording);
});

afterAll(async () => await cart?.[Symbol.asyncDispose]());

/** The little that reading pixels takes; the tests are no browser's, so that its types are not known. */
type Canvas = {
  width: number;
  getContext(
    kind: "2d",
    options: object,
  ): {
    drawImage(canvas: unknown, x: number, y: number): void;
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8Array };
  };
};
type Browser = { document: { createElement(name: "canvas"): Canvas } };

const STATES = "select t, pid, version, term(state) as state from states order by t";

/** Texts of a column, in the order in which the rows are shown. */
async function shownColumn(cinema: CinemaPage, index: number): Promise<readonly string[]> {
  const rows = await cinema.main.locator(".result-row").all();
  return await Promise.all(
    rows.map(async (row) => await row.getByRole("cell").nth(index).innerText()),
  );
}

describe("the query view", () => {
  it("runs SQL; its times, processes and events lead into the recording", async () => {
    // as links had it when the query was a tab of the side panel
    await using cinema = await cart.open({ tab: "query" });
    const { main } = cinema;
    await cinema.runSql(STATES);
    const rows = main.locator(".result-row");
    await expect.poll(async () => await rows.count(), PATIENT).toBe(CART_STATES.length);
    expect(await shownColumn(cinema, 3)).toEqual(
      await cart.column("select term(state) from states order by t"),
    );
    await rows.nth(3).getByTitle("Move the cursor there").click();
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({ t: CART_STATES[3].t, pid: CART });
    await cinema.runSql("select message, from_pid from messages where kind = 'call'");
    await main.getByRole("button", { name: String(cart.known.request), exact: true }).click();
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({ t: 170 * MS, event: cart.known.request, pid: CLIENT, tab: "event" });
    expect(cinema.trouble).toEqual([]);
  });

  it("shows where a mistake is, completes what there is, and remembers what ran", async () => {
    await using cinema = await cart.open({ view: "query" });
    const { main, page } = cinema;
    await cinema.runSql("select version,\n  nothing\nfrom states");
    expect(await main.getByRole("alert").innerText()).toContain("nothing");
    await expect
      .poll(async () => await main.locator(".cm-mistake").allInnerTexts(), PATIENT)
      .toEqual(["nothing"]);
    const editor = main.getByRole("textbox", { name: "SQL query" });
    await editor.fill("select cause_m from states");
    await editor.press("Home");
    for (let i = 0; i < "select cause_m".length; i += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Control+Space");
    await main
      .getByRole("option", { name: /cause_message/ })
      .first()
      .click();
    await expect
      .poll(async () => await editor.innerText(), PATIENT)
      .toBe("select cause_message from states");
    await main.getByRole("button", { name: "Tables" }).click();
    await main.getByRole("button", { name: /^states 5/ }).click();
    await main.getByText("cause_message").first().waitFor();
    await main.getByRole("button", { name: "History" }).click();
    await main.getByRole("button", { name: "select version, nothing from states" }).waitFor();
    expect(cinema.trouble).toEqual([]);
  });

  it("restores a query with its rows, sorts them, and draws them as a chart", async () => {
    const sql =
      "select version, t, case when version = 3 then null else 10 - version end as left_over from states";
    await using cinema = await cart.open({ view: "query", "query.sql": sql });
    const { main } = cinema;
    await main
      .getByRole("columnheader", { name: /left_over/ })
      .getByRole("button")
      .click();
    await expect
      .poll(async () => await shownColumn(cinema, 0), PATIENT)
      .toEqual(["5", "4", "2", "1", "3"]);
    await main
      .getByRole("columnheader", { name: /left_over/ })
      .getByRole("button")
      .click();
    await expect
      .poll(async () => await shownColumn(cinema, 0), PATIENT)
      .toEqual(["1", "2", "4", "5", "3"]);
    await main.getByRole("button", { name: "Chart" }).click();
    await main.getByRole("img", { name: "line of version by t, 5 points" }).waitFor();
    await main.getByRole("combobox", { name: "Column of y" }).selectOption("left_over");
    await main.getByRole("button", { name: "histogram" }).click();
    await main.getByText("1 rows without a number are left out").waitFor();
    await expect
      .poll(() => new URL(cinema.page.url()).hash, PATIENT)
      .toContain("query.chart=histogram%2Ct%2Cleft_over");
    expect(cinema.trouble).toEqual([]);
  });

  it("marks rows on the timeline, names them in its legend, and clears them", async () => {
    await using cinema = await cart.open({ view: "query", "query.sql": STATES });
    const { main, page } = cinema;
    const overview = page.getByRole("img", { name: /Event density/ });
    const marked = async (): Promise<number> =>
      await overview.evaluate((canvas) => {
        // read from a copy: to read a canvas that is drawn to is what browsers warn of
        const browser = globalThis as unknown as Browser;
        const copy = browser.document.createElement("canvas");
        copy.width = (canvas as unknown as Canvas).width;
        const context = copy.getContext("2d", { willReadFrequently: true });
        context.drawImage(canvas, 0, 0);
        const { data } = context.getImageData(0, 7, copy.width, 1);
        let runs = 0;
        let inside = false;
        for (let i = 0; i < data.length; i += 4) {
          const [r = 0, g = 0, b = 0] = data.slice(i, i + 3);
          const isMark = r > 150 && g < 60 && b > 100;
          if (isMark && !inside) runs += 1;
          inside = isMark;
        }
        return runs;
      });
    await main.locator(".result-row").first().waitFor();
    expect(await marked()).toBe(0);
    await main.getByRole("button", { name: "Mark on timeline" }).click();
    await expect.poll(marked, PATIENT).toBe(CART_STATES.length);
    expect(await page.locator(".marks-legend").innerText()).toContain("5 marks: select t, pid");
    // they are the page's, not the view's
    await cinema.viewTab("Timeline").click();
    expect(await marked()).toBe(CART_STATES.length);
    await page.getByRole("button", { name: "Clear the marks of the query" }).click();
    await expect.poll(marked, PATIENT).toBe(0);
    expect(cinema.trouble).toEqual([]);
  });

  it("goes to the row, its event and its process when a mark is clicked, and from mark to mark", async () => {
    const sql = "select t, pid, event, version from states order by t desc";
    await using cinema = await cart.open({ view: "query", "query.sql": sql });
    const { main, page } = cinema;
    await main.getByRole("button", { name: "Mark on timeline" }).click();
    await cinema.viewTab("Timeline").click();
    const [, second, third, , last] = CART_STATES;
    const events = await cart.column("select event from states order by t");
    const here = async (i: number): Promise<void> =>
      await expect
        .poll(() => cinema.address, PATIENT)
        .toMatchObject({ t: CART_STATES[i]?.t, event: Number(events[i]), pid: CART });
    const tooltip = page.locator(".tooltip");
    // the flag at the top of the lane, which stands to the right of its line
    const { x } = await cinema.pointOf(CART, third.t, { row: 0, bounds: BOUNDS });
    const plate = await cinema.plate(CART).boundingBox();
    await page.mouse.move(x + 3, (plate?.y ?? 0) + 4);
    await expect.poll(async () => await tooltip.innerText(), PATIENT).toContain("version 3");
    expect(await tooltip.innerText()).toContain("row 3 of the query");
    await page.mouse.click(x + 3, (plate?.y ?? 0) + 4);
    await here(2);
    await page.keyboard.press("m");
    await here(3);
    await page.keyboard.press("Shift+m");
    await page.keyboard.press("Shift+m");
    await here(1);
    const overview = page.getByRole("img", { name: /Event density/ });
    const box = await overview.boundingBox();
    if (box === null) throw new Error("no overview");
    const at = (t: number): { x: number; y: number } => ({ x: (t / BOUNDS.t1) * box.width, y: 8 });
    await overview.hover({ position: at(last.t) });
    await expect
      .poll(async () => await tooltip.innerText(), PATIENT)
      .toContain("row 1 of the query");
    await overview.click({ position: at(last.t) });
    await here(4);
    // beside a mark it is the instant itself
    await overview.click({ position: at((second.t + third.t) / 2) });
    await expect.poll(() => cinema.address.event, PATIENT).toBeNull();
    expect(cinema.trouble).toEqual([]);
  });

  it("shows 100,000 rows of which few are in the document, and gives up a query that takes long", async () => {
    await using cinema = await cart.open({ view: "query" });
    const { main, page } = cinema;
    await main.getByRole("combobox", { name: "Rows at most" }).selectOption("100000");
    await cinema.runSql("select range as n, 'row ' || range as name from range(100000)");
    await main.getByRole("status").getByText("100,000 rows").waitFor();
    expect(await main.locator(".result-row").count()).toBeLessThan(80);
    await main.getByRole("table", { name: "Result of the query" }).focus();
    await page.keyboard.press("End");
    await main.getByText("row 99999", { exact: true }).waitFor();
    await cinema.runSql("select count(*) from range(10000000000) a, range(100) b");
    await main.getByRole("button", { name: "Cancel" }).click();
    await main.getByText("The query was stopped before it had an answer.").waitFor();
    await cinema.runSql("select 7 as seven");
    await expect.poll(async () => await shownColumn(cinema, 0), PATIENT).toEqual(["7"]);
    expect(cinema.trouble).toEqual([]);
  });

  it("asks prepared questions, and says why one has no answer", async () => {
    await using cinema = await cart.open({ view: "query" });
    const { main } = cinema;
    await main.getByRole("button", { name: "hot and complex" }).click();
    const form = main.getByRole("form", { name: "Question hot-and-complex" });
    await form.getByRole("spinbutton", { name: "cyclomatic" }).fill("3");
    await form.getByRole("button", { name: "Ask" }).click();
    await expect
      .poll(async () => await main.getByRole("alert").innerText(), PATIENT)
      .toContain("elixirscope analyze");
    expect(await main.locator(".library-list").getByRole("button").count()).toBe(6 + 11);
    expect(cinema.trouble).toEqual([]);
  });
});
