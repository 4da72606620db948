// Times by the target's clock: who chose them sees no instant told otherwise, in any view, title or name.

import { afterAll, beforeAll, expect, it } from "vitest";
import { PATIENT, type CinemaPage } from "./browser-page.ts";
import { serve, type Served } from "./serve.ts";
import {
  ANN,
  COURIERS,
  LOAD,
  makeTroubleRecording,
  STOCK,
  type Trouble,
} from "./trouble-recording.ts";

const MS = 1_000_000;
const RANGE = `${100 * MS}~${500 * MS}`;

let shop: Served<Trouble>;

beforeAll(async () => {
  shop = await serve(makeTroubleRecording);
});

afterAll(async () => await shop?.[Symbol.asyncDispose]());

/** All that is on screen, in titles and in accessible names. */
const WORDS = `[
  document.body.innerText,
  ...[...document.querySelectorAll("[title], [aria-label]")].flatMap((one) => [
    one.getAttribute("title") ?? "",
    one.getAttribute("aria-label") ?? "",
  ]),
].join("\\n")`;

/** `0:00.400` or `0.400000 s`: since the recording began. */
const SINCE_START = /(?<![\d:.])(\d+:\d\d\.\d+|\d+\.\d{6} s\b)/g;
const BY_CLOCK = /\b\d\d:\d\d:\d\d\.\d\d\d/g;

type Look = {
  readonly what: string;
  readonly place: Readonly<Record<string, string>>;
  /** is there when the view is drawn */
  readonly ready: string;
};

function looks({ crashes: [crash = 0], cast, ship }: Trouble): readonly Look[] {
  const event = { e: String(cast), p: COURIERS[0], t: String(400 * MS + 20_000) };
  const slow = "Shop.Pricing.loyalty_score/1";
  const perf = { view: "performance", s: RANGE };
  return [
    { what: "event", place: { ...event, tab: "event" }, ready: "[role=tabpanel] dd" },
    {
      what: "messages",
      place: { p: STOCK, t: String(130 * MS), tab: "messages" },
      ready: "[role=tabpanel] .inline-link",
    },
    {
      what: "no state yet",
      place: { p: STOCK, t: String(100 * MS) },
      ready: "text=the first state of this process",
    },
    {
      what: "no call",
      place: { p: LOAD, t: String(300 * MS), tab: "code" },
      ready: ".frames-strip",
    },
    { what: "system", place: { ...event, view: "system" }, ready: "[data-system-stretch]" },
    {
      what: "system table",
      place: { s: RANGE, view: "system", "system.as": "table" },
      ready: ".system-main tbody td",
    },
    {
      what: "process",
      place: { view: "process", "process.pids": `${ANN},${STOCK}`, t: String(130 * MS) },
      ready: "[data-messages]",
    },
    {
      what: "state",
      place: { view: "state", p: STOCK, t: String(130 * MS) },
      ready: "[data-version]",
    },
    { what: "flame", place: perf, ready: "[data-range]" },
    {
      what: "functions",
      place: {
        ...perf,
        s: `0~${500 * MS}`,
        "performance.mode": "functions",
        "performance.function": slow,
      },
      ready: "[data-call-list] li",
    },
    {
      what: "path",
      place: { ...perf, "performance.mode": "path", "performance.path": String(ship) },
      ready: "[data-requests] li",
    },
    {
      what: "compare",
      place: {
        ...perf,
        "performance.mode": "compare",
        "performance.a": "0~50000000",
        "performance.b": RANGE,
      },
      ready: "[data-side=B]",
    },
    {
      what: "crash",
      place: { view: "causality", "causality.event": String(crash) },
      ready: "article[aria-label='Crash report'] .last li",
    },
    { what: "crashes", place: { view: "causality" }, ready: ".crash-list li" },
    {
      what: "origin",
      place: { view: "causality", "causality.mode": "origin", "causality.origin": `${cast}:body` },
      ready: "article.origin",
    },
    {
      what: "races",
      place: { view: "insights", "insights.group": "race" },
      ready: "[data-group=loss] .finding",
    },
  ];
}

async function words({ page }: CinemaPage): Promise<string> {
  return await page.evaluate<string>(WORDS);
}

it("tells every instant by the clock of the target once that is chosen", async () => {
  await using cinema = await shop.open();
  const { page } = cinema;
  await cinema.plate(STOCK).waitFor();
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Wall clock, UTC", exact: true }).click();
  await page.keyboard.press("Escape");
  const wrong: string[] = [];
  for (const { what, place, ready } of looks(shop.known)) {
    await page.goto(`${shop.server.origin}/#${new URLSearchParams(place).toString()}`);
    await page.locator(ready).first().waitFor();
    await expect
      .poll(async () => (await words(cinema)).match(BY_CLOCK)?.length ?? 0, {
        ...PATIENT,
        message: what,
      })
      .toBeGreaterThan(0);
    const text = await words(cinema);
    for (const told of text.match(SINCE_START) ?? []) wrong.push(`${what}: ${told}`);
  }
  expect(wrong).toEqual([]);
  await cinema.viewTab("Query").click();
  await cinema.runSql("select t, pid from events order by t limit 5");
  await cinema.main.getByRole("cell").first().waitFor();
  expect((await words(cinema)).match(SINCE_START)).toBeNull();
  expect(await cinema.main.getByRole("cell").first().innerText()).toMatch(/^\d\d:\d\d:\d\d\.\d/);
  expect(cinema.trouble).toEqual([]);
});
