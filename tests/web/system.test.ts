// The System view over a recording told for it: a shop with a cart and a pool of 400 workers, a client
// that nobody supervises, spawns and a crash. What is on screen is what the recording's own SQL says.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Story } from "../support/story.ts";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { serve, type Served } from "./serve.ts";

const MS = 1_000_000;
const SUPERVISOR = "<0.100.0>";
const CART = "<0.101.0>";
const POOL = "<0.102.0>";
const CLIENT = "<0.103.0>";
const WORKERS = 400;
const FAMILY = `${POOL}|Shop.Worker.init/1`;
const CRASHED = worker(7);
const LATE = worker(399);

function worker(i: number): string {
  return `<0.${1_000 + i}.0>`;
}

async function tellSystem(folder: string): Promise<void> {
  const story = await Story.begin(folder, { id: "system" });
  const app = { application: "shop" };
  const behaviour = "gen_server";
  story.process(SUPERVISOR, { ...app, name: "Shop.Supervisor", behaviour: "supervisor" });
  story.process(CART, {
    ...app,
    name: "Shop.Cart",
    behaviour,
    initialCall: "Shop.Cart.init/1",
    parent: SUPERVISOR,
  });
  story.process(POOL, { ...app, name: "Shop.Pool", behaviour: "supervisor", parent: SUPERVISOR });
  story.process(CLIENT, { label: "checkout client", initialCall: "Shop.Client.run/1" });
  for (let i = 0; i < WORKERS; i += 1) {
    const spawned = i === 399 ? 700 * MS : 5 * MS;
    const initialCall = "Shop.Worker.init/1";
    story.process(worker(i), { ...app, behaviour, initialCall, parent: POOL, spawned });
  }
  for (let i = 0; i < 20; i += 1) {
    const t = (100 + 10 * i) * MS;
    const asked = story.message([CLIENT, t], [CART, t + MS], { add: "apple" }, { kind: "call" });
    story.message([CART, t + 2 * MS], [CLIENT, t + 3 * MS], ":ok", {
      kind: "reply",
      replyTo: asked,
    });
  }
  for (let i = 0; i < 100; i += 1) {
    const t = (400 + i) * MS;
    story.message([CART, t], [worker(i), t + MS], { pack: "apple" }, { kind: "cast" });
  }
  story.exit(CRASHED, 600 * MS, [":badmatch", "apple"]);
  // sent, and not taken before the end
  for (let i = 0; i < 3; i += 1) {
    const t = (800 + i) * MS;
    story.message([CLIENT, t], [CART, 990 * MS + i], { add: "pear" }, { kind: "cast" });
  }
  for (const [t, reductions] of [
    [0, 5_000],
    [500 * MS, 6_000],
    [1_000 * MS, 30_000],
  ] as const) {
    const { metrics } = story.writer.tables;
    const at = metrics.next();
    metrics.columns.t[at] = t;
    metrics.columns.source[at] = story.writer.names.intern(CART);
    metrics.columns.name[at] = story.writer.names.intern("reductions");
    metrics.columns.value[at] = reductions;
  }
  story.gap(600 * MS, 650 * MS, "dropped", 1_234);
  await story.end(1_000 * MS, { dropped: 1_234 });
}

let shop: Served<void>;

beforeAll(async () => {
  shop = await serve(tellSystem);
});

afterAll(async () => await shop?.[Symbol.asyncDispose]());

async function number(sql: string): Promise<number> {
  return Number((await shop.column(sql))[0]);
}

async function messagesIn(t0: number, t1: number, where = "true"): Promise<number> {
  return await number(
    `select count(*) from messages where t_sent between ${t0} and ${t1} and ${where}`,
  );
}

function status(cinema: CinemaPage, part: "stretch" | "processes" | "messages" | "grouped") {
  return cinema.page.locator(`[data-system-${part}]`);
}

async function says(
  cinema: CinemaPage,
  part: Parameters<typeof status>[1],
  text: string,
): Promise<void> {
  await expect.poll(() => status(cinema, part).innerText(), PATIENT).toContain(text);
}

/** The cells of the row of a process, by the titles of their columns. */
async function row(cinema: CinemaPage, process: RegExp): Promise<Record<string, string>> {
  const table = cinema.page.getByRole("table", { name: "Processes" });
  const found = table.getByRole("row").filter({ hasText: process }).first();
  const titles = await table.getByRole("columnheader").allInnerTexts();
  const cells = await found.getByRole("cell").allInnerTexts();
  return Object.fromEntries(
    titles.map((title, i) => [title.replace(/ [↑↓]$/, ""), cells[i] ?? ""]),
  );
}

function param(cinema: CinemaPage, name: string): string | null {
  return new URLSearchParams(new URL(cinema.page.url()).hash.slice(1)).get(name);
}

/** Where anything is under the pointer: the canvas says so by its class. */
const FIND = `(() => {
  const at = document.querySelector(".sky canvas");
  const { left, top, width, height } = at.getBoundingClientRect();
  const found = [];
  for (let y = top + 8; y < top + height; y += 9) {
    for (let x = left + 8; x < left + width; x += 9) {
      at.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y }));
      const isAlone = found.every((one) => Math.hypot(one.x - x, one.y - y) > 14);
      if (at.classList.contains("pointing") && isAlone) found.push({ x, y });
    }
  }
  return found;
})()`;

/** Points at what has a tooltip with this title. */
async function pointAt(cinema: CinemaPage, title: string): Promise<{ x: number; y: number }> {
  const canvas = cinema.page.locator(".sky canvas");
  await canvas.waitFor();
  const tooltip = cinema.page.locator(".tooltip > div").first();
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const places = await cinema.page.evaluate<readonly { x: number; y: number }[]>(FIND);
    for (const { x, y } of places) {
      await cinema.page.mouse.move(x, y);
      if ((await tooltip.textContent({ timeout: 500 }).catch(() => "")) === title) return { x, y };
    }
  }
  throw new Error(`${title} was not found in the constellation`);
}

describe("the table", () => {
  it("has the facts of the window before the cursor, and follows the cursor", async () => {
    const at = 350 * MS;
    await using cinema = await shop.open({
      view: "system",
      "system.as": "table",
      t: String(at),
    });
    await says(cinema, "stretch", "Cursor 0:00.350");
    await says(cinema, "stretch", "100\u202fms before it");
    const alive = await number(
      `select count(*) from processes where (t_spawned is null or t_spawned <= ${at}) and (t_exited is null or t_exited >= ${at - 100 * MS})`,
    );
    await says(cinema, "processes", `${alive} processes`);
    await says(cinema, "messages", `${await messagesIn(at - 100 * MS, at)} messages`);
    const cart = await row(cinema, /Shop\.Cart/);
    expect(cart).toMatchObject({
      Pid: CART,
      Behaviour: "gen_server",
      "Supervised by": "Shop.Supervisor",
      Life: "alive",
      "Messages in": String(await messagesIn(at - 100 * MS, at, `to_pid = '${CART}'`)),
      "Messages out": String(await messagesIn(at - 100 * MS, at, `from_pid = '${CART}'`)),
    });
    expect((await row(cinema, /checkout client/))["Supervised by"]).toBe("shop@127.0.0.1");

    await cinema.page.getByRole("button", { name: "Shop.Cart", exact: true }).click();
    await expect.poll(() => cinema.address.pid, PATIENT).toBe(CART);
    // only rows in sight are in the document
    expect(await cinema.page.locator(".windowed tbody tr").count()).toBeLessThan(80);
    expect(cinema.trouble).toEqual([]);
  });

  it("says how a process died, and leads to that moment", async () => {
    await using cinema = await shop.open({
      view: "system",
      "system.as": "table",
      s: `${500 * MS}~${720 * MS}`,
      p: CRASHED,
    });
    await says(cinema, "stretch", "Selected range 0:00.500");
    await says(cinema, "processes", "1 ended");
    const life = cinema.page.getByRole("button", { name: "Life" });
    await life.click();
    await life.click();
    await expect
      .poll(async () => (await row(cinema, /crashed/))["Life"], PATIENT)
      .toBe('crashed: [:badmatch, "apple"]');
    await expect
      .poll(() => cinema.page.locator(".system-notes").innerText(), PATIENT)
      .toMatch(/not recorded at 0:00\.600, 50\sms: dropped \(1,234 events\)/);
    await cinema.page.getByRole("button", { name: "0:00.600\u202f000" }).click();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(600 * MS);
    expect(cinema.address.pid).toBe(CRASHED);
    // a selected range wins over the cursor
    await says(cinema, "stretch", "Selected range");
    expect(cinema.trouble).toEqual([]);
  });
});

describe("the constellation", () => {
  it("groups what is too much, opens a group, and keeps that in the address", async () => {
    await using cinema = await shop.open({ view: "system", t: String(650 * MS) });
    await cinema.page.locator("[data-system-ready]").waitFor();
    await says(cinema, "grouped", `${WORKERS - 1} in 1 group`);
    const point = await pointAt(cinema, `Shop.Worker.init/1 × ${WORKERS - 1}`);
    await cinema.page.mouse.click(point.x, point.y);
    await expect.poll(() => param(cinema, "system.open"), PATIENT).toBe(FAMILY);
    await expect
      .poll(
        () => cinema.page.locator("[data-system-ready]").getAttribute("data-system-ready"),
        PATIENT,
      )
      .toBe(String(4 + 300 + 1));
    await says(cinema, "grouped", `${WORKERS - 1 - 300} in 1 group`);
    await cinema.page.getByRole("button", { name: /Draw Shop.Worker.init\/1 as one/ }).click();
    await says(cinema, "grouped", `${WORKERS - 1} in 1 group`);
    expect(cinema.trouble).toEqual([]);
  });

  it("selects by click and by arrow keys, with what was selected elsewhere drawn apart", async () => {
    await using cinema = await shop.open({ view: "system", t: String(350 * MS), p: LATE });
    const ready = cinema.page.locator("[data-system-ready]");
    await expect.poll(() => ready.getAttribute("data-system-ready"), PATIENT).toBe("5");
    const { x, y } = await pointAt(cinema, "Shop.Cart");
    const lines = await cinema.page.locator(".tooltip").innerText();
    expect(lines).toContain(`${CART} · gen_server · shop`);
    expect(lines).toContain(
      `messages in ${await messagesIn(250 * MS, 350 * MS, `to_pid = '${CART}'`)}, out`,
    );
    await cinema.page.mouse.click(x, y);
    await expect.poll(() => cinema.address.pid, PATIENT).toBe(CART);
    const seen = new Set<string | null>();
    for (const key of ["ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"]) {
      await cinema.page.keyboard.press(key);
      await cinema.page.waitForTimeout(300);
      seen.add(cinema.address.pid);
    }
    expect(seen.size).toBeGreaterThan(1);
    // arrows move among processes here, not the cursor
    expect(cinema.address.t).toBe(350 * MS);
    // at 0.75 s the late worker is there: selected, it is drawn beside its group
    await cinema.page.goto(
      `${cinema.page.url().split("#")[0]}#view=system&t=${750 * MS}&p=${LATE}`,
    );
    await expect.poll(() => ready.getAttribute("data-system-ready"), PATIENT).toBe("6");
    expect(cinema.trouble).toEqual([]);
  });

  it("lists the messages of an edge, each with its moment; mailboxes are those of the instant", async () => {
    await using cinema = await shop.open({
      view: "system",
      s: `${90 * MS}~${310 * MS}`,
      "system.edge": `${CLIENT}\n${CART}`,
    });
    const list = cinema.page.getByRole("region", {
      name: "Messages between checkout client and Shop.Cart",
    });
    await expect.poll(() => list.getByRole("listitem").count(), PATIENT).toBe(40);
    const first = list.getByRole("listitem").first();
    expect(await first.innerText()).toContain('%{add: "apple"}');
    await first.getByRole("button").click();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(100 * MS);
    expect(cinema.address.pid).toBe(CLIENT);
    expect(cinema.address.event).toBe(
      await number(`select min(message) from messages where from_pid = '${CLIENT}'`),
    );
    await cinema.page.getByRole("button", { name: "Close the messages" }).click();
    await cinema.page.goto(
      `${cinema.page.url().split("#")[0]}#view=system&t=${850 * MS}&system.size=mailbox`,
    );
    await pointAt(cinema, "Shop.Cart");
    await expect
      .poll(() => cinema.page.locator(".tooltip").innerText(), PATIENT)
      .toContain("mailbox: 3 messages");
    await cinema.page.getByRole("button", { name: "Reductions" }).click();
    await cinema.page.getByText(/^reductions\/s of 1 of \d+$/).waitFor();
    await pointAt(cinema, "Shop.Cart");
    // of the half second in which the moment lies
    await expect
      .poll(() => cinema.page.locator(".tooltip").innerText(), PATIENT)
      .toContain("48,000 reductions a second");
    expect(cinema.trouble).toEqual([]);
  });
});
