// The first look at a recording: what it is, how it went, what is missing from it.

import { LIGHT, spanColours } from "@elixirscope/timeline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CinemaPage, PATIENT } from "./browser-page.ts";
import {
  BOUNDS,
  CART,
  CLIENT,
  DROPPED,
  LIMITED,
  makeCartRecording,
  MS,
  QUIET,
  WORKER,
  type Known,
} from "./cart-recording.ts";
import { serve, type Served } from "./serve.ts";

let cart: Served<Known>;

beforeAll(async () => {
  cart = await serve(makeCartRecording);
});

afterAll(async () => await cart?.[Symbol.asyncDispose]());

describe("the page of a recording", () => {
  it("names the target, how it ended, its events, its loss and its processes", async () => {
    await using cinema = await cart.open();
    const { page } = cinema;
    const [events] = await cart.column("select count(*) from events");
    const bar = page.getByRole("banner");
    await bar.getByText(`${events} events`).waitFor();
    expect(await bar.innerText()).toContain("shop@127.0.0.1");
    expect(await bar.innerText()).toMatch(/Elixir 1\.14\.0 · OTP 25/);
    const pill = bar.getByRole("status");
    expect(await pill.innerText()).toMatch(/Recorded\s*1\ss/);
    expect(await pill.getAttribute("title")).toBe("the time asked for is over");
    expect(await bar.innerText()).toMatch(/1\.3K\s+lost/);
    expect(await page.title()).toBe("shop@127.0.0.1 · ElixirScope");
    await cinema.plate(CART).waitFor();
    expect((await cinema.laneNames()).toSorted()).toEqual([
      "Process Shop.Cart <0.101.0>",
      "Process Shop.Feed <0.103.0>",
      "Process Shop.Supervisor <0.100.0>",
      "Process Shop.Worker <0.104.0>, exited",
      "Process checkout client <0.102.0>",
    ]);
    expect(await page.getByRole("button", { name: "Stop", exact: true }).count()).toBe(0);
    expect(cinema.trouble).toEqual([]);
    expect(cinema.requests.some((url) => url.startsWith("ws://127.0.0.1:"))).toBe(true);
  });

  it("takes the token out of the address at once, and keeps it for this tab only", async () => {
    await using cinema = await cart.open();
    await cinema.plate(CART).waitFor();
    expect(cinema.page.url()).not.toContain(cart.server.token);
    await cinema.page.reload();
    await cinema.plate(CART).waitFor();
    await using other = await CinemaPage.open(cart.browser, cart.server.origin);
    await other.page.getByRole("heading", { name: "This page needs its link" }).waitFor();
    expect(other.requests.filter((url) => url.startsWith("ws:"))).toEqual([]);
  });

  it("draws a gap over the lanes that it concerns and names it under the pointer", async () => {
    await using cinema = await cart.open();
    const { page } = cinema;
    const pointed = async (pid: string, t: number): Promise<string> => {
      const { x, y } = await cinema.pointOf(pid, t, { row: 1, bounds: BOUNDS });
      await page.mouse.move(x, y);
      const tooltip = page.locator(".tooltip");
      await tooltip.waitFor();
      return await tooltip.innerText();
    };
    await cinema.plate(QUIET).waitFor();
    expect(await pointed(QUIET, middle(DROPPED))).toMatch(/1,234 not recorded: dropped\s+50\sms/);
    expect(await pointed(WORKER, middle(LIMITED))).toContain("50 not recorded: rate limited");
    // hatching: warm diagonal lines, which no lane has where all was recorded
    const hatchedAt = async (pid: string, gap: Gap): Promise<number> =>
      await warmPixels(cinema, pid, gap);
    expect(await hatchedAt(WORKER, LIMITED)).toBeGreaterThan(50);
    expect(await hatchedAt(QUIET, DROPPED)).toBeGreaterThan(50);
    expect(await hatchedAt(QUIET, LIMITED)).toBe(0);
    expect(await page.getByTitle(/Known to be missing/).getAttribute("title")).toContain(
      "1,234 dropped, 50 rate limited",
    );
    expect(cinema.trouble).toEqual([]);
  });

  it("draws messages as arrows between the lanes, as long as they are few", async () => {
    await using cinema = await cart.open({ p: CLIENT, v: `${360 * MS}~${410 * MS}` });
    // the cast from the client, sent at 380 ms, to the cart, which received it at 390 ms
    const halfwayAt = async (ms: number): Promise<number> => {
      const from = await cinema.pointOf(CLIENT, ms * MS, { row: 0, bounds: BOUNDS });
      const to = await cinema.pointOf(CART, ms * MS, { row: 0, bounds: BOUNDS });
      const y = (from.y + to.y) / 2;
      return await pixelsIn(cinema, { x: from.x - 4, y: y - 2, width: 8, height: 4 }, "blue");
    };
    await cinema.plate(CLIENT).waitFor();
    await expect.poll(async () => await halfwayAt(385), PATIENT).toBeGreaterThan(1);
    expect([await halfwayAt(375), await halfwayAt(395)]).toEqual([0, 0]);
    expect(cinema.trouble).toEqual([]);
  });

  it("draws a call as a box in the colour of its module, and no blank frame when it is resized", async () => {
    await using cinema = await cart.open();
    const { fill } = spanColours(LIGHT, "Shop.Cart.add/2");
    const boxAt = async (from: number, to: number): Promise<number> => {
      const a = await cinema.pointOf(CLIENT, from * MS, { row: 3, bounds: BOUNDS });
      const b = await cinema.pointOf(CLIENT, to * MS, { row: 3, bounds: BOUNDS });
      return await pixelsIn(cinema, { x: a.x, y: a.y, width: b.x - a.x, height: 1 }, fill);
    };
    await cinema.plate(CLIENT).waitFor();
    // it ran from 160 to 210 ms
    await expect.poll(async () => await boxAt(165, 205), PATIENT).toBeGreaterThan(10);
    expect([await boxAt(110, 155), await boxAt(215, 260)]).toEqual([0, 0]);
    const counting = await cinema.lanes.evaluateHandle(countBlankFrames);
    await cinema.page.setViewportSize({ width: 1100, height: 700 });
    expect(await counting.evaluate(({ blank }) => blank)).toBe(0);
    expect(await boxAt(165, 205)).toBeGreaterThan(10);
    expect(cinema.trouble).toEqual([]);
  });

  it("names the loss in words where there is room for them", async () => {
    await using cinema = await cart.open({ v: "590000000~660000000", p: CART, t: "640000000" });
    await cinema.panel.getByText("Version 3").waitFor();
    expect(await cinema.panel.innerText()).toMatch(
      /changes after 0:00\.400\s000 may be missing: dropped \(1234 events\)/,
    );
    expect(cinema.trouble).toEqual([]);
  });

  it("says why there is no state instead of showing an empty one", async () => {
    await using cinema = await cart.open();
    const { page, panel } = cinema;
    await cinema.plate(CART).click();
    await panel.getByText("No moment chosen").waitFor();
    const expectWhy = async (pid: string, t: number, why: string): Promise<void> => {
      await page.goto(`${cart.server.origin}/#p=${encodeURIComponent(pid)}&t=${String(t)}`);
      await panel.getByText(why).waitFor();
      expect(await panel.innerText()).toContain("No state at this moment");
    };
    await expectWhy(
      CART,
      5_000_000,
      "the process did not exist yet: it was spawned at 0:00.010 000",
    );
    await expectWhy(
      CART,
      20_000_000,
      "the first state of this process was recorded at 0:00.050 000",
    );
    await expectWhy(QUIET, 500_000_000, "no state was recorded: the process is no OTP process");
    expect(cinema.trouble).toEqual([]);
  });
});

type Gap = { readonly t0: number; readonly t1: number };

function middle({ t0, t1 }: Gap): number {
  return (t0 + t1) / 2;
}

/** Pixels in the colour of hatching in a part of a lane. */
async function warmPixels(cinema: CinemaPage, pid: string, gap: Gap): Promise<number> {
  const from = await cinema.pointOf(pid, gap.t0, { row: 0, bounds: BOUNDS });
  const to = await cinema.pointOf(pid, gap.t1, { row: 1, bounds: BOUNDS });
  const [width, height] = [Math.max(3, to.x - from.x), to.y - from.y + 6];
  return await pixelsIn(cinema, { x: from.x, y: from.y - 3, width, height }, "warm");
}

type Part = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** `warm`: of hatching; `blue`: of arrows and of marks of messages, darker than any box of a call; or `#rrggbb`. */
async function pixelsIn(cinema: CinemaPage, part: Part, colour: string): Promise<number> {
  const box = await cinema.lanes.boundingBox();
  if (box === null) throw new Error("no lanes");
  const { width, height } = part;
  const [x, y] = [part.x - box.x, part.y - box.y];
  return await cinema.lanes.evaluate(
    (canvas: Canvas, asked) => {
      // in a canvas of its own: reading the page's own back would make it draw slower
      const copy = canvas.cloneNode();
      const scale = canvas.width / canvas.clientWidth;
      copy.width = Math.round(asked.width * scale);
      copy.height = Math.round(asked.height * scale);
      const surface = copy.getContext("2d", { willReadFrequently: true });
      surface.drawImage(canvas, -asked.x * scale, -asked.y * scale);
      const { data } = surface.getImageData(0, 0, copy.width, copy.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [red = 0, green = 0, blue = 0] = data.slice(i, i + 3);
        const rgb = ((red << 16) | (green << 8) | blue).toString(16).padStart(6, "0");
        const isBlue = asked.colour === "blue" && red < 170 && blue > 180;
        const isWarm = asked.colour === "warm" && red - blue > 40;
        if (isBlue || isWarm || asked.colour === `#${rgb}`) count += 1;
      }
      return count;
    },
    { x, y, width, height, colour },
  );
}

/** Frames in which nothing is on the canvas until it has another width, and a few after. Runs in the page. */
function countBlankFrames(canvas: Canvas): { readonly blank: Promise<number> } {
  const browser = globalThis as unknown as { requestAnimationFrame(done: () => void): void };
  const copy = canvas.cloneNode();
  [copy.width, copy.height] = [50, 50];
  const surface = copy.getContext("2d", { willReadFrequently: true });
  const { width } = canvas;
  const count = async (): Promise<number> => {
    let blank = 0;
    for (let after = 0; after < 5; after += canvas.width === width ? 0 : 1) {
      await new Promise<void>((done) => {
        browser.requestAnimationFrame(done);
      });
      surface.clearRect(0, 0, 50, 50);
      surface.drawImage(canvas, 0, 0, 50, 50);
      if (surface.getImageData(0, 0, 50, 50).data.every((byte) => byte === 0)) blank += 1;
    }
    return blank;
  };
  return { blank: count() };
}

/** What is used of a canvas element: these tests are compiled without the browser's types. */
type Canvas = {
  width: number;
  height: number;
  readonly clientWidth: number;
  cloneNode(): Canvas;
  getContext(
    kind: "2d",
    options: { willReadFrequently: true },
  ): {
    clearRect(x: number, y: number, width: number, height: number): void;
    drawImage(from: Canvas, x: number, y: number, ...size: number[]): void;
    getImageData(
      x: number,
      y: number,
      width: number,
      height: number,
    ): { readonly data: Uint8ClampedArray };
  };
};
