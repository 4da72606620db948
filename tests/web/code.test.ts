// The Code view and the Code tab: how often lines ran, values at the cursor, every execution, prints after the fact.

import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import {
  BUYER,
  CART_FILE,
  makeCodeRecording,
  OTHER,
  PRICING_FILE,
  type CodeKnown,
} from "./code-recording.ts";
import { serve, type Served } from "./serve.ts";

const MS = 1_000_000;
let shop: Served<CodeKnown>;

beforeAll(async () => {
  shop = await serve(makeCodeRecording);
});

afterAll(async () => await shop?.[Symbol.asyncDispose]());

/** At the line that makes the first item. */
const AT_ITEM = { view: "code", p: BUYER, t: String(105 * MS) } as const;

function view(cinema: CinemaPage): Locator {
  return cinema.page.getByRole("region", { name: "Code view" });
}

function param(cinema: CinemaPage, name: string): string | null {
  return new URLSearchParams(new URL(cinema.page.url()).hash.slice(1)).get(name);
}

/** What the gutter says, by line; of most lines nothing. */
async function counts(where: Locator): Promise<Record<string, string>> {
  const texts = async (gutter: string): Promise<readonly string[]> =>
    await where.locator(`.${gutter} .cm-gutterElement`).allTextContents();
  const [lines, hits] = [await texts("cm-lineNumbers"), await texts("cm-counts")];
  // the first of each only holds the place of the widest
  return Object.fromEntries(
    lines.flatMap((line, i) => {
      const count = hits[i] ?? "";
      return i > 0 && count !== "" ? [[line, count]] : [];
    }),
  );
}

async function shown(locator: Locator): Promise<readonly string[]> {
  return (await locator.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
}

const LINES = { 4: "4", 5: "4", 7: "4", 8: "3", 9: "3", 15: "3", 16: "3", 20: "0" };

describe("the Code view", () => {
  it("counts what the recording has, and shows the line and the values at the cursor", async () => {
    await using cinema = await shop.open(AT_ITEM);
    const code = view(cinema);
    await expect.poll(async () => await counts(code), PATIENT).toEqual(LINES);
    const [items] = await shop.column(
      "select count(*) from events e join sites s on s.site = e.site where s.line = 8",
    );
    expect((await counts(code))[8]).toBe(items);
    await expect
      .poll(
        async () => await code.locator(".cm-count.cm-heat-0").last().getAttribute("title"),
        PATIENT,
      )
      .toBe("Did not run; click for every execution");
    await expect
      .poll(async () => await shown(code.locator(".cm-current-line")), PATIENT)
      .toEqual([
        expect.stringMatching(
          /^item = %\{sku: sku, .*item = %\{sku: "apple", qty: 2, price: 10\}$/,
        ),
      ]);
    expect(await shown(code.locator(".cm-value"))).toEqual([
      'cart = "c7"',
      'sku = "apple"',
      "qty = 2",
      "price = 10",
      'item = %{sku: "apple", qty: 2, price: 10}',
    ]);
    const frames = code.getByRole("list", { name: "Stack at the cursor" }).getByRole("button");
    expect(await shown(frames)).toEqual(["Shop.Client.run/1", "Shop.Cart.add/3:8"]);

    // the cursor moves the line, and the code that is shown
    await cinema.page.keyboard.press(".");
    await expect
      .poll(async () => await shown(code.locator(".cm-current-line")), PATIENT)
      .toEqual([expect.stringContaining("total(item, cart)")]);
    await frames.first().click();
    const noText = code.locator("[data-no-text]");
    await noText.waitFor();
    expect(await noText.innerText()).toMatch(
      /No source text of Shop\.Client[\s\S]*only calls were traced[\s\S]*elixirscope run/,
    );
    await expect.poll(() => param(cinema, "code.frame"), PATIENT).not.toBeNull();
    expect(cinema.trouble).toEqual([]);
  });

  it("counts over a selection, finds files by name, and tells calls from executions", async () => {
    await using cinema = await shop.open({
      ...AT_ITEM,
      s: `${150 * MS}~${350 * MS}`,
      "code.counts": "selection",
    });
    const code = view(cinema);
    const some = { 4: "2", 5: "2", 7: "2", 8: "1", 9: "1", 15: "1", 16: "1", 20: "0" };
    await expect.poll(async () => await counts(code), PATIENT).toEqual(some);
    await code.getByRole("button", { name: "Whole" }).click();
    await expect.poll(async () => await counts(code), PATIENT).toEqual(LINES);
    await code.getByRole("button", { name: /^File: / }).click();
    await code.getByRole("searchbox").fill("pric");
    await expect
      .poll(
        async () =>
          await shown(code.getByRole("list", { name: "Files and modules" }).getByRole("listitem")),
        PATIENT,
      )
      .toEqual([`${PRICING_FILE} Shop.Pricing 4 calls only`]);
    await code.getByRole("searchbox").press("Enter");
    await expect.poll(async () => await counts(code), PATIENT).toEqual({ 2: "4" });
    expect(await code.locator(".cm-count").last().getAttribute("title")).toMatch(
      /^Called 4 times: of Shop\.Pricing\.price\/1 only calls were recorded$/,
    );
    await code.getByRole("button", { name: "2 functions" }).click();
    expect(
      await shown(
        code.getByRole("list", { name: `Functions of ${PRICING_FILE}` }).getByRole("listitem"),
      ),
    ).toEqual(["price/1 4 calls only", "discount/1 not recorded"]);
    await cinema.page.keyboard.press("Escape");
    await code.getByRole("button", { name: "Follow the cursor" }).click();
    await expect.poll(async () => await counts(code), PATIENT).toEqual(LINES);
    expect(cinema.trouble).toEqual([]);
  });

  it("lists every execution of a line before and after now, and goes back and on", async () => {
    await using cinema = await shop.open({ view: "code", p: OTHER, t: String(305 * MS) });
    const code = view(cinema);
    await code.locator(".cm-lineNumbers").getByText("8", { exact: true }).click();
    await expect.poll(() => param(cinema, "code.line"), PATIENT).toBe("8");
    expect(param(cinema, "code.file")).toBe(CART_FILE);
    const list = code.getByRole("list", { name: "Executions" }).getByRole("listitem");
    await expect.poll(async () => await list.count(), PATIENT).toBe(3);
    await code.getByText("2 of 3 up to now").waitFor();
    const rows = await shown(list);
    expect(rows[0]).toMatch(/0:00\.105 000 <0\.201\.0> .*sku = "apple" qty = 2 price = 10 item = /);
    const events = await shop.column(
      "select e.id from events e join sites s on s.site = e.site where s.line = 8 order by e.id",
    );
    expect(events.map(Number)).toEqual(shop.known.items);
    for (const [button, at] of [
      ["Previous execution", 1],
      ["Previous execution", 0],
      ["Next execution", 1],
      ["Next execution", 2],
    ] as const) {
      await code.getByRole("button", { name: button }).click();
      await expect.poll(() => String(cinema.address.event), PATIENT).toBe(events[at]);
      await expect
        .poll(async () => await list.nth(at).getAttribute("aria-current"), PATIENT)
        .toBe("true");
    }
    await code.getByRole("button", { name: "Next execution" }).click();
    await cinema.page.getByText("No next execution was recorded.").waitFor();
    // a value leads to where it came from, an execution to why its clause was chosen
    await list
      .nth(0)
      .getByRole("button", { name: /^item = / })
      .click();
    await expect
      .poll(() => [param(cinema, "view"), param(cinema, "causality.origin")], PATIENT)
      .toEqual(["causality", `${events[0] ?? ""}:item`]);
    await cinema.page.getByRole("button", { name: "Code", exact: true }).click();
    await list.nth(2).getByRole("button", { name: "why?" }).click();
    await expect
      .poll(() => param(cinema, "causality.clauses"), PATIENT)
      .toBe(String(shop.known.adds[3]));
    expect(cinema.trouble).toEqual([]);
  });

  it("prints after the fact, over the whole recording and beside the line", async () => {
    await using cinema = await shop.open({
      ...AT_ITEM,
      "code.file": CART_FILE,
      "code.line": "8",
    });
    const code = view(cinema);
    const expression = code.getByRole("textbox", { name: `Print at ${CART_FILE}:8` });
    await expression.fill("qty * f(1)");
    await expression.press("Enter");
    const alert = code.getByRole("alert");
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/\(column 7\)[\s\S]*qty \* f\(1\)\n {6}\^/);
    await expression.fill("qtty");
    await expression.press("Enter");
    await code.getByText("near: qty").waitFor();
    await expression.fill("qty * price");
    await code.getByRole("textbox", { name: "Only when" }).fill("qty > 1");
    await code.getByRole("button", { name: "+ print" }).click();
    const output = code.getByRole("region", { name: /^Output of qty \* price/ });
    const lines = output.getByRole("listitem");
    await expect
      .poll(async () => await shown(lines), PATIENT)
      .toEqual(["0:00.105 000 <0.201.0> 20", "0:00.405 000 <0.201.0> 45"]);
    await expect
      .poll(async () => await shown(code.locator(".cm-value.print")), PATIENT)
      .toEqual(["qty * price = 20"]);
    await output.getByRole("button", { name: "Next match" }).click();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(405 * MS);
    await expect
      .poll(async () => await shown(code.locator(".cm-value.print")), PATIENT)
      .toEqual(["qty * price = 45"]);
    await expect
      .poll(() => param(cinema, "code.prints"), PATIENT)
      .toBe(`${CART_FILE}:8\tqty * price\tqty > 1`);

    // the address brings all of it back
    const hash = new URL(cinema.page.url()).hash.slice(1);
    await using again = await shop.open(Object.fromEntries(new URLSearchParams(hash)));
    await expect
      .poll(async () => await shown(view(again).locator(".cm-value.print")), PATIENT)
      .toEqual(["qty * price = 45"]);
    await view(again).getByRole("button", { name: "Prints (1)" }).click();
    await view(again).getByRole("button", { name: "Remove this print" }).click();
    await expect.poll(() => param(again, "code.prints"), PATIENT).toBeNull();
    expect(await view(again).locator(".cm-value.print").count()).toBe(0);
    expect([...cinema.trouble, ...again.trouble]).toEqual([]);
  });
});

describe("the Code tab", () => {
  it("follows the cursor beside any view, and leads into the Code view", async () => {
    await using cinema = await shop.open({ p: BUYER, t: String(105 * MS), tab: "code" });
    const { panel, page } = cinema;
    await expect
      .poll(async () => await shown(panel.locator(".cm-current-line")), PATIENT)
      .toEqual([expect.stringContaining('item = %{sku: "apple", qty: 2, price: 10}')]);
    await cinema.plate(BUYER).waitFor();
    await page.keyboard.press(".");
    await page.keyboard.press(".");
    await expect
      .poll(async () => await shown(panel.locator(".cm-current-line")), PATIENT)
      .toEqual([expect.stringMatching(/^def total\(item, cart\) do/)]);
    await panel.getByRole("button", { name: "Open in Code" }).click();
    await expect
      .poll(() => [param(cinema, "view"), param(cinema, "code.line")], PATIENT)
      .toEqual(["code", "15"]);
    await expect
      .poll(async () => await shown(view(cinema).locator(".cm-chosen-line")), PATIENT)
      .toEqual([expect.stringContaining("def total")]);
    expect(cinema.trouble).toEqual([]);
  });
});
