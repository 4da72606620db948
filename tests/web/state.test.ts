// The state view: the strip of versions, the term at the cursor by pages, comparisons, who changed a field.
// What the target puts into a state is text, however it is made and however much it is.

import { atom, binary, integer, list, map, type Term } from "@elixirscope/etf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Story, term } from "../support/story.ts";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { MS } from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";

const COUNTER = "<0.10.0>";
const SERVER = "<0.11.0>";
const EVIL = "<0.66.0>";
const CLIENT = "<0.12.0>";
const MANY = 3_000;
const ITEMS = 100_000;
const SCRIPT = "<script>alert('in')</script><img src=x onerror=alert(1)>";

type Known = { readonly cause: number };

let told: Served<Known>;

/** The first version changes a deep field; the second changes nothing. */
function serverState(stock: number): Term {
  const items = Array.from({ length: ITEMS }, (_, i) => binary(`item ${i}`));
  return map([
    [atom("__struct__"), atom("Elixir.Shop.Store")],
    [atom("items"), list(items)],
    [atom("stock"), map([[binary("apple"), term({ count: stock })]])],
    [atom("owner"), term(":nobody")],
  ]);
}

beforeAll(async () => {
  told = await serve(async (folder) => {
    const story = await Story.begin(folder, { id: "states" });
    story.process(COUNTER, { name: "Shop.Counter", behaviour: "gen_server" });
    story.process(SERVER, { name: "Shop.Store", behaviour: "gen_server" });
    story.process(EVIL, { name: "Evil", behaviour: "gen_server" });
    story.process(CLIENT, { name: "Client" });
    for (let i = 0; i < MANY; i += 1) {
      // every third version leaves the state as it was
      const n = i - Math.floor(i / 3);
      story.state(COUNTER, i * MS, { n, flag: i >= MANY / 2 }, i === 0 ? "init" : "handle_cast");
    }
    story.state(SERVER, 100 * MS, serverState(1), "init");
    story.state(SERVER, 200 * MS, serverState(1), "handle_info");
    const cause = story.message(
      [CLIENT, 290 * MS],
      [SERVER, 295 * MS],
      { take: "apple" },
      { kind: "call" },
    );
    story.state(SERVER, 300 * MS, serverState(0), "handle_call", cause);
    story.state(EVIL, 10 * MS, {
      [SCRIPT]: SCRIPT,
      nul: "a\0b",
      turned: "\u202Eevil\u2066",
      big: binary(new Uint8Array(10_000_000).fill(65)),
      bytes: binary(new Uint8Array(1_000_000).fill(7)),
      deep: Array.from({ length: 300 }).reduce<Term>((inner) => list([inner]), integer(1)),
    });
    await story.end(MANY * MS);
    return { cause };
  });
}, 60_000);

afterAll(async () => await told?.[Symbol.asyncDispose]());

const tree = (cinema: CinemaPage) => cinema.main.getByRole("tree", { name: "State at the cursor" });
const row = (cinema: CinemaPage, text: RegExp) =>
  tree(cinema).getByRole("treeitem").filter({ hasText: text });

describe("the state view", () => {
  it("shows thousands of versions as a strip whose click moves the cursor, and the cursor its version", async () => {
    await using cinema = await told.open({ view: "state", p: COUNTER, t: String(1_000 * MS) });
    const { main, page } = cinema;
    const version = main.locator("[data-version]");
    await expect.poll(async () => await version.innerText(), PATIENT).toBe("Version 1,001");
    await main.getByText(`${MANY.toLocaleString("en")} versions in sight`).waitFor();
    const [asked] = await told.column(
      `select term(state) from states where pid = '${COUNTER}' and version = 1001`,
    );
    await row(cinema, /n:/).waitFor();
    expect(asked).toMatch(
      new RegExp(`n: ${(await row(cinema, /n:/).innerText()).replace(/\D/g, "")}\\b`),
    );
    const strip = main.getByRole("slider", { name: "Versions of the state" });
    const box = await strip.boundingBox();
    expect(box).not.toBeNull();
    const { x, y, width, height } = box ?? { x: 0, y: 0, width: 1, height: 1 };
    await page.mouse.click(x + width / 2, y + height / 2);
    await expect
      .poll(() => Math.abs((cinema.address.t ?? 0) / MS - MANY / 2), PATIENT)
      .toBeLessThan(50);
    const expected = Math.floor((cinema.address.t ?? 0) / MS) + 1;
    await expect
      .poll(async () => Number((await version.innerText()).replace(/\D/g, "")), PATIENT)
      .toBe(expected);
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 4, y + height / 2, { steps: 3 });
    await page.mouse.up();
    await expect
      .poll(() => Math.abs((cinema.address.t ?? 0) / MS - MANY / 4), PATIENT)
      .toBeLessThan(50);
    await strip.focus();
    const before = Number((await version.innerText()).replace(/\D/g, ""));
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(async () => Number((await version.innerText()).replace(/\D/g, "")), PATIENT)
      .toBe(before + 1);
    expect(cinema.trouble).toEqual([]);
  });

  it("compares with any other version or instant, as the address says, and says what caused a change", async () => {
    await using cinema = await told.open({ view: "state", p: SERVER, t: String(350 * MS) });
    const { main, page } = cinema;
    const diff = main.getByRole("list", { name: "Changes to the previous version" });
    await expect
      .poll(async () => (await diff.innerText()).replaceAll(/\s+/g, " "), PATIENT)
      .toBe('~ .stock["apple"].count 1 → 0');
    await row(cinema, /count:/).waitFor();
    expect(await row(cinema, /count:/).innerText()).toContain("changed");
    await main.getByRole("button", { name: `call ${told.known.cause}` }).click();
    await expect.poll(() => cinema.address.pid, PATIENT).toBe(SERVER);
    await expect.poll(() => cinema.address.t, PATIENT).toBe(295 * MS);
    await expect
      .poll(async () => await main.locator("[data-version]").innerText(), PATIENT)
      .toBe("Version 2");
    await main.getByText("the callback left the state as it was").waitFor();
    await main.getByRole("button", { name: "Compare with here" }).click();
    await page.keyboard.press("]");
    await main.getByText("Compared with version 2").waitFor();
    await expect.poll(() => new URL(page.url()).hash, PATIENT).toContain("state.against=v2");
    await using other = await told.open({
      view: "state",
      p: SERVER,
      t: String(350 * MS),
      "state.against": String(150 * MS),
    });
    const pinned = other.main.getByRole("list", { name: "Changes to the pinned version" });
    await expect.poll(async () => await pinned.innerText(), PATIENT).toContain("count");
    await other.main.getByText("Compared with version 1").waitFor();
    expect([...cinema.trouble, ...other.trouble]).toEqual([]);
  });

  it("pages through a list of 100,000 items, finds text in all of it, and copies a branch", async () => {
    await using cinema = await told.open({ view: "state", p: SERVER, t: String(350 * MS) });
    const { main, page } = cinema;
    await cinema.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await row(cinema, /items:/).waitFor();
    await tree(cinema).getByRole("button", { name: "Expand items:" }).click();
    await row(cinema, /^0\s*"item 0"/).waitFor();
    await tree(cinema).focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    expect(await tree(cinema).getByRole("treeitem").count()).toBeLessThan(80);
    const find = main.getByRole("searchbox", { name: "Find in State at the cursor" });
    await find.fill("item 4321");
    // itself, and ten of five digits
    await main.getByRole("status").getByText("1 of 11", { exact: true }).waitFor();
    await row(cinema, /^4321\s*"item 4321"/).waitFor();
    await find.press("Enter");
    await row(cinema, /^43210\s*"item 43210"/).waitFor();
    await main.getByText(".items[43210]").waitFor();
    await find.press("Shift+Enter");
    await find.press("Shift+Enter");
    await main.getByRole("status").getByText("11 of 11", { exact: true }).waitFor();
    await find.fill("apple");
    await main.getByRole("status").getByText("1 of 1", { exact: true }).waitFor();
    await main.getByText('.stock["apple"]', { exact: true }).first().waitFor();
    await main.getByRole("button", { name: "Copy", exact: true }).click();
    await expect
      .poll(async () => await page.evaluate("navigator.clipboard.readText()"), PATIENT)
      .toBe("%{count: 0}");
    expect(cinema.trouble).toEqual([]);
  });

  it("lists who changed a field, further back on request", async () => {
    await using cinema = await told.open({ view: "state", p: COUNTER, t: String(2_000 * MS) });
    const { main } = cinema;
    await row(cinema, /flag:/).click();
    await main.getByRole("button", { name: "Who changed it" }).click();
    const changes = main.getByRole("list", { name: "Versions in which it changed" });
    await expect.poll(async () => await changes.getByRole("listitem").count(), PATIENT).toBe(2);
    const texts = (await changes.getByRole("listitem").allInnerTexts()).map((text) =>
      text.replaceAll(/\s+/g, " "),
    );
    expect(texts).toEqual([
      expect.stringMatching(/^version 1,501 handle_cast .*false → true$/),
      expect.stringMatching(/^version 1 init .*first seen as false$/),
    ]);
    await changes.getByRole("button", { name: "version 1,501" }).click();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(1_500 * MS);
    await main.getByRole("button", { name: "Back to the differences" }).click();
    await row(cinema, /n:/).click();
    await main.getByRole("button", { name: "Who changed it" }).click();
    await expect.poll(async () => await changes.getByRole("listitem").count(), PATIENT).toBe(50);
    await main.getByRole("button", { name: "Older…" }).click();
    await expect.poll(async () => await changes.getByRole("listitem").count(), PATIENT).toBe(100);
    const versions = (await changes.getByRole("listitem").allInnerTexts()).map((text) =>
      Number(/^version ([\d,]+)/.exec(text)?.[1]?.replace(",", "")),
    );
    const real = await told.column(
      `select version from (select version, term(term_get(state, '.n')) as n,
          lag(term(term_get(state, '.n'))) over (order by version) as before
        from states where pid = '${COUNTER}' and version <= 1501)
      where n <> before order by version desc limit 100`,
    );
    expect(versions.map(String)).toEqual(real);
    expect(cinema.trouble).toEqual([]);
  });

  it("keeps a hostile term inert, however large it is", async () => {
    await using cinema = await told.open({ view: "state", p: EVIL, t: String(20 * MS) });
    const { main, page } = cinema;
    await row(cinema, /nul:/).waitFor();
    const text = await tree(cinema).innerText();
    expect(text).toContain(SCRIPT);
    expect(text).toContain("<<97, 0, 98>>");
    expect(text).toContain(String.raw`"\u202Eevil\u2066"`);
    expect(text).toContain("10,000,000 bytes");
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(text.length).toBeLessThan(5_000);
    const find = main.getByRole("searchbox", { name: "Find in State at the cursor" });
    await find.fill("<script>");
    await main.getByRole("status").getByText("1 of 1", { exact: true }).waitFor();
    const made = await page.locator("body :is(script, img, b > b, u, iframe, [onerror])").count();
    expect(made).toBe(0);
    expect(cinema.trouble).toEqual([]);
  });
});
