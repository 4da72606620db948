// The Process view: messages as arrows and as rows are the recording's own; pointing, clicking, keys, columns,
// range and address.

import { fitRange, LIGHT, placeColumns, timeAxis, yAt } from "@elixirscope/timeline";
import type { SequenceColumn } from "@elixirscope/wire";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Story } from "../support/story.ts";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { serve, type Served } from "./serve.ts";

const MS = 1_000_000;
const END = 1_000 * MS;
const BOUNDS = { t0: 0, t1: END };
const CLIENT = "<0.11.0>";
const SERVER = "<0.10.0>";
const LOGGER = "<0.12.0>";
const FLOOD = "<0.13.0>";
const HOSTILE = '<img src=x onerror="alert(1)">';
const FLOODED = 4_000;

type Told = { readonly request: number; readonly reply: number; readonly late: number };

async function makeTalk(folder: string): Promise<Told> {
  const story = await Story.begin(folder, { id: "talk" });
  story.process(SERVER, { name: "Shop.Server", behaviour: "gen_server" });
  story.process(CLIENT, { name: "Shop.Client" });
  story.process(LOGGER, { name: "Shop.Logger" });
  story.process(FLOOD, { name: "Shop.Flood" });
  const request = story.message(
    [CLIENT, 100 * MS],
    [SERVER, 120 * MS],
    { get: HOSTILE },
    { kind: "call" },
  );
  story.handle(SERVER, 200 * MS, request);
  story.state(SERVER, 230 * MS, { n: 1 });
  const reply = story.message([SERVER, 250 * MS], [CLIENT, 260 * MS], ":done", {
    kind: "reply",
    replyTo: request,
  });
  story.message([SERVER, 300 * MS], [LOGGER, 310 * MS], "a line");
  story.message([null, null], [SERVER, 350 * MS], ":tick", { kind: "info", match: "none" });
  story.message([SERVER, 400 * MS], [CLIENT, null], ":lost", { match: "none" });
  const late = story.message(
    [CLIENT, 500 * MS],
    [SERVER, 600 * MS],
    { put: 2 },
    {
      kind: "cast",
      match: "ordered",
    },
  );
  for (let i = 0; i < FLOODED; i += 1) {
    const t = 700 * MS + i * 40_000;
    story.message([FLOOD, t], [LOGGER, t + 20_000], i);
  }
  story.gap(640 * MS, 690 * MS, "dropped", 7);
  await story.end(END, { dropped: 7 });
  return { request, reply, late };
}

let talk: Served<Told>;

beforeAll(async () => {
  talk = await serve(makeTalk);
});

afterAll(async () => await talk?.[Symbol.asyncDispose]());

const PAIR = [CLIENT, SERVER];
const OF_PAIR = `(from_pid is null or from_pid in ('${CLIENT}', '${SERVER}')) and (to_pid is null or to_pid in ('${CLIENT}', '${SERVER}'))`;

async function open(
  place: Readonly<Record<string, string>> = {},
  pids: readonly string[] = PAIR,
): Promise<CinemaPage> {
  const chosen = pids.length === 0 ? {} : { "process.pids": pids.join(",") };
  const cinema = await talk.open({ view: "process", ...chosen, ...place });
  await cinema.page.locator("[data-process-view]").waitFor();
  return cinema;
}

function canvasOf({ page }: CinemaPage): Locator {
  return page.locator(".seq-window").getByRole("img");
}

async function counted(cinema: CinemaPage, words: string | RegExp): Promise<void> {
  const count = cinema.page.locator(".seq-count");
  await expect.poll(async () => await count.innerText(), PATIENT).toMatch(words);
}

/** Where on screen the lifeline of the n-th column (or between two) is at an instant. */
async function at(
  cinema: CinemaPage,
  column: number,
  t: number,
  of = PAIR.length,
): Promise<readonly [number, number]> {
  const box = await canvasOf(cinema).boundingBox();
  if (box === null) throw new Error("no diagram");
  const columns: SequenceColumn[] = Array.from({ length: of }, (_, i) => {
    const life = { tSpawned: null, tExited: null, exitReason: null, crashed: false } as const;
    return { pid: String(i), name: null, behaviour: null, parent: null, known: true, ...life };
  });
  const placed = placeColumns(columns, box.width);
  const x = (placed[0]?.x ?? 0) + column * (placed[0]?.width ?? 0);
  const range = cinema.address.view ?? fitRange(BOUNDS);
  return [box.x + x, box.y + yAt(timeAxis(range, box.height), t)];
}

/** The colour of the diagram at a place, as the palette writes it. */
async function colourAt(cinema: CinemaPage, [x, y]: readonly [number, number]): Promise<string> {
  return await canvasOf(cinema).evaluate(
    (canvas: Canvas, point: { readonly x: number; readonly y: number }) => {
      const box = canvas.getBoundingClientRect();
      // of a copy: the page's own canvas is not to be slowed down by being read
      const context = canvas.cloneNode().getContext("2d", { willReadFrequently: true });
      context.drawImage(canvas, 0, 0);
      const pixel = context.getImageData(point.x - box.left, point.y - box.top, 1, 1).data;
      return `#${[...pixel]
        .slice(0, 3)
        .map((v) => v.toString(16).padStart(2, "0"))
        .join("")}`;
    },
    { x, y },
  );
}

/** What is used of a canvas element: these tests are compiled without the browser's types. */
type Canvas = {
  cloneNode(): Canvas;
  getBoundingClientRect(): { readonly left: number; readonly top: number };
  getContext(
    kind: "2d",
    options: object,
  ): {
    drawImage(canvas: unknown, x: number, y: number): void;
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8Array };
  };
};

function param({ page }: CinemaPage, name: string): string | null {
  return new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name);
}

describe("the diagram", () => {
  it("begins with the selected process and whom it speaks with, and says what it leaves out", async () => {
    await using cinema = await open({ p: SERVER }, []);
    const heads = cinema.page.getByRole("group", { name: "Processes of the diagram" });
    const names = heads.getByRole("button", { name: /^Select/ });
    await expect
      .poll(
        async () => await names.evaluateAll((all) => all.map(({ ariaLabel }) => ariaLabel)),
        PATIENT,
      )
      // who asks stands left of who answers
      .toEqual([
        `Select Shop.Client ${CLIENT}`,
        `Select Shop.Server ${SERVER}`,
        `Select Shop.Logger ${LOGGER}`,
      ]);
    await heads.getByRole("button", { name: "Remove Shop.Logger from the diagram" }).click();
    await expect.poll(() => param(cinema, "process.pids"), PATIENT).toBe(PAIR.join(","));
    const [all = "?"] = await talk.column(`select count(*) from messages where ${OF_PAIR}`);
    await counted(cinema, `${all} messages`);
    const others = cinema.page.getByRole("button", { name: "+ 1 with others" });
    await others.click();
    await counted(cinema, `${String(Number(all) + 1)} messages`);
    await expect.poll(() => param(cinema, "process.others"), PATIENT).toBe("shown");
    await heads.getByRole("button", { name: "Move Shop.Client to the right" }).click();
    await expect.poll(() => param(cinema, "process.pids"), PATIENT).toBe(`${SERVER},${CLIENT}`);
    expect(cinema.trouble).toEqual([]);
  });

  it("tells a message under the pointer: ends, body as text, times, its wait, its reply", async () => {
    await using cinema = await open();
    await counted(cinema, /5 messages/);
    await cinema.page.mouse.move(...(await at(cinema, 0.5, 100 * MS)));
    const tip = cinema.page.locator(".seq-tip");
    const words = async (): Promise<string> => (await tip.innerText()).replaceAll("\u202f", " ");
    await expect.poll(words, PATIENT).toContain("call: Shop.Client → Shop.Server");
    expect(await words()).toContain(HOSTILE.replaceAll('"', String.raw`\"`));
    expect(await words()).toContain(
      "sent 0:00.100 000 · received 0:00.120 000, taken up 0:00.200 000",
    );
    expect(await words()).toContain("100 ms in the mailbox");
    expect(await words()).toContain("reply sent 150 ms after it");
    await cinema.page.mouse.move(...(await at(cinema, 0.8, 350 * MS)));
    await expect.poll(words, PATIENT).toContain("send not recorded");
    await cinema.page.mouse.move(...(await at(cinema, 0.5, 400 * MS)));
    await expect.poll(words, PATIENT).toContain("never received in this recording");
    await cinema.page.mouse.move(...(await at(cinema, 0.5, 500 * MS)));
    await expect.poll(words, PATIENT).toContain("matched by order");
    await cinema.page.mouse.move(...(await at(cinema, 0.5, 665 * MS)));
    await expect.poll(words, PATIENT).toContain("7 not recorded: dropped");
    // at work between taking the request and its reply
    await cinema.page.mouse.move(...(await at(cinema, 1, 207 * MS)));
    await expect.poll(words, PATIENT).toContain("50 ms from taking it up to its reply");
    expect(cinema.trouble).toEqual([]);
  });

  it("moves the shared cursor by click, and draws it wherever it was moved", async () => {
    await using cinema = await open();
    await counted(cinema, /5 messages/);
    await cinema.page.mouse.click(...(await at(cinema, 0.5, 100 * MS)));
    const [event = "?"] = await talk.column(
      `select receive_event from messages where message = ${talk.known.request}`,
    );
    await expect.poll(() => cinema.address.event, PATIENT).toBe(Number(event));
    expect(cinema.address).toMatchObject({ pid: SERVER, t: 120 * MS });
    const spoken = cinema.page.locator("[data-process-view]").getByRole("status");
    await expect
      .poll(async () => await spoken.textContent(), PATIENT)
      .toContain("call from Shop.Client");
    const line = async (t: number): Promise<boolean> => {
      const [x, y] = await at(cinema, 0.3, t);
      const near = [-1, 0, 1].map(async (by) => await colourAt(cinema, [x, y + by]));
      return (await Promise.all(near)).includes(LIGHT.cursor);
    };
    await expect.poll(async () => await line(120 * MS), PATIENT).toBe(true);
    const ruler = cinema.page.getByRole("img", { name: "Time ruler; drag to move the cursor" });
    const box = await ruler.boundingBox();
    if (box === null) throw new Error("no ruler");
    await cinema.page.mouse.click(box.x + box.width * 0.6, box.y + 10);
    await expect.poll(() => (cinema.address.t ?? 0) > 550 * MS, PATIENT).toBe(true);
    await expect.poll(async () => await line(cinema.address.t ?? 0), PATIENT).toBe(true);
    expect(await line(120 * MS)).toBe(false);
    expect(cinema.trouble).toEqual([]);
  });

  it("goes from message to message by keys, and zooms and pans the shared view by wheel", async () => {
    await using cinema = await open({ t: "0" });
    await counted(cinema, /5 messages/);
    await cinema.page.getByRole("group", { name: /^Sequence diagram/ }).focus();
    const events = await talk.column(
      `select coalesce(receive_event, send_event) from messages where ${OF_PAIR} order by coalesce(t_sent, t_received)`,
    );
    for (const event of events) {
      await cinema.page.keyboard.press("ArrowDown");
      await expect.poll(() => cinema.address.event, PATIENT).toBe(Number(event));
    }
    await cinema.page.keyboard.press("ArrowUp");
    await expect.poll(() => cinema.address.event, PATIENT).toBe(Number(events.at(-2)));
    const [x, y] = await at(cinema, 0.3, 250 * MS);
    await cinema.page.mouse.move(x, y);
    await cinema.page.keyboard.down("Control");
    await cinema.page.mouse.wheel(0, -300);
    await cinema.page.keyboard.up("Control");
    await expect.poll(() => cinema.address.view !== null, PATIENT).toBe(true);
    const zoomed = cinema.address.view ?? BOUNDS;
    expect(zoomed.t1 - zoomed.t0).toBeLessThan(700 * MS);
    // what was under the pointer still is
    expect((await at(cinema, 0.3, 250 * MS))[1]).toBeCloseTo(y, 0);
    await cinema.page.mouse.wheel(0, 60);
    await expect.poll(() => (cinema.address.view?.t0 ?? 0) > zoomed.t0, PATIENT).toBe(true);
    expect(cinema.trouble).toEqual([]);
  });
});

describe("the range", () => {
  it("is the selection when there is one, and by order of events everything has its row", async () => {
    const place = { s: `${90 * MS}~${270 * MS}`, "process.axis": "order" };
    await using cinema = await open(place);
    await counted(cinema, /^2 messages/);
    expect(
      await cinema.page.getByRole("button", { name: "By order" }).getAttribute("aria-pressed"),
    ).toBe("true");
    await cinema.page
      .locator("[data-process-view]")
      .getByRole("button", { name: "Clear the selection" })
      .click();
    await counted(cinema, /^5 messages/);
    await cinema.page.getByRole("button", { name: "Even time" }).click();
    await expect.poll(() => param(cinema, "process.axis"), PATIENT).toBeNull();
    expect(cinema.trouble).toEqual([]);
  });

  it("merges what does not fit, with its count, and shows single messages when zoomed in", async () => {
    await using cinema = await open({ p: FLOOD }, []);
    await counted(cinema, /^about 4,000 messages, merged/);
    const pids = [FLOOD, LOGGER];
    await cinema.page.mouse.move(...(await at(cinema, 0.5, 760 * MS, pids.length)));
    const tip = cinema.page.locator(".seq-tip");
    const [x, y] = await at(cinema, 0.5, 760 * MS, pids.length);
    for (let by = 0; by < 24 && (await tip.count()) === 0; by += 3) {
      await cinema.page.mouse.move(x, y + by);
    }
    expect(await tip.innerText()).toMatch(/Shop\.Flood → Shop\.Logger\s+[\d,]+ messages within/);
    await cinema.page.mouse.down();
    await cinema.page.mouse.up();
    await expect.poll(() => cinema.address.view !== null, PATIENT).toBe(true);
    await counted(cinema, /^[\d,]+ messages$/);
    const { t0, t1 } = cinema.address.view ?? BOUNDS;
    const [within = "?"] = await talk.column(
      `select count(*) from messages where from_pid = '${FLOOD}' and t_sent between ${t0} and ${t1}`,
    );
    await expect
      .poll(
        async () => await cinema.page.locator(".seq-count").getAttribute("data-messages"),
        PATIENT,
      )
      .toBe(within);
    expect(cinema.trouble).toEqual([]);
  });
});

describe("the table", () => {
  it("has the same messages as rows, goes to the one that is clicked, and adds processes by keys", async () => {
    await using cinema = await open({ "process.form": "table" });
    const table = cinema.page.getByRole("table", { name: "Messages of the shown processes" });
    const body = table.getByRole("rowgroup").getByRole("row");
    const truth = await talk.column(
      `select kind || ' ' || case kind when 'reply' then ':done' else term(body) end from messages where ${OF_PAIR} order by coalesce(t_sent, t_received)`,
    );
    const cells = async (): Promise<readonly string[]> =>
      await body.evaluateAll((rows) =>
        rows.map((row) => {
          const texts = [...row.querySelectorAll("[role=cell]")].map((cell) => cell.textContent);
          return `${texts[3] ?? ""} ${texts[4] ?? ""}`;
        }),
      );
    await expect.poll(cells, PATIENT).toEqual(truth);
    await body.nth(4).click();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(600 * MS);
    await expect
      .poll(async () => await body.nth(4).getAttribute("aria-current"), PATIENT)
      .toBe("true");
    expect((await body.nth(4).innerText()).replaceAll("\u202f", " ")).toMatch(
      /100 ms[^]*matched by order/,
    );
    await cinema.page.getByRole("button", { name: "Process", exact: true }).last().click();
    await cinema.page.getByRole("combobox", { name: /^Find a process/ }).fill("Shop.Log");
    await cinema.page.getByRole("option", { name: /Shop\.Logger/ }).waitFor();
    await cinema.page.keyboard.press("Enter");
    await expect
      .poll(() => param(cinema, "process.pids"), PATIENT)
      .toBe(`${CLIENT},${SERVER},${LOGGER}`);
    await expect.poll(async () => await body.count(), PATIENT).toBe(6);
    await cinema.page.keyboard.press("Escape");
    expect(await cinema.page.getByRole("dialog").count()).toBe(0);
    expect(cinema.trouble).toEqual([]);
  });
});
