// The side panel besides the state: calls, messages and the event at the cursor, and where they lead.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENT } from "./browser-page.ts";
import {
  BOUNDS,
  CART,
  CLIENT,
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

describe("the calls panel", () => {
  it("shows the stack at the cursor, outermost first, with arguments and results", async () => {
    await using cinema = await cart.open({ p: CLIENT, t: String(180 * MS), tab: "calls" });
    const { panel } = cinema;
    const stack = panel.getByRole("list").first().getByRole("listitem");
    await expect.poll(async () => await stack.count(), PATIENT).toBe(2);
    const [outer = "", inner = ""] = await stack.allInnerTexts();
    expect(outer).toMatch(/Shop\.Client\.run\(%\{cart: 7\}\)\s+510\sms\s+→ %\{paid: true\}/);
    expect(inner).toMatch(/Shop\.Cart\.add\(7, "apple"\)\s+50\sms\s+→ :ok/);
    await cinema.page.goto(
      `${cart.server.origin}/#${new URLSearchParams({ p: CLIENT, t: String(300 * MS), tab: "calls" }).toString()}`,
    );
    await expect.poll(async () => await stack.count(), PATIENT).toBe(1);
    expect(await stack.first().innerText()).toContain("Shop.Client.run");
    expect(cinema.trouble).toEqual([]);
  });

  it("opens a call to those it made, and goes to the one that is clicked", async () => {
    await using cinema = await cart.open({ p: CART, t: String(300 * MS), tab: "calls" });
    const { panel } = cinema;
    await panel.getByText("No traced call was running at this instant.").waitFor();
    await panel
      .getByRole("button", { name: /Show the 1 calls? of Shop\.Cart\.handle_call/ })
      .click();
    await panel.getByRole("button", { name: /Shop\.Pricing\.price\("apple"\)/ }).click();
    const [price] = await cart.column("select call from calls where function = 'price'");
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({
        t: 192 * MS,
        event: Number(price),
        pid: CART,
      });
    const stack = panel.getByRole("list").first().getByRole("listitem");
    await expect.poll(async () => await stack.count(), PATIENT).toBe(2);
  });

  it("says how a call ended that did not return", async () => {
    await using cinema = await cart.open({ p: WORKER, t: String(200 * MS), tab: "calls" });
    await cinema.panel.getByText('raised %RuntimeError{message: "no label"}').first().waitFor();
    await cinema.plate(QUIET).click();
    await cinema.panel.getByText("not returned yet when last seen").first().waitFor();
    expect(await cinema.panel.innerText()).toContain("Shop.Feed.loop()");
  });
});

describe("the messages panel", () => {
  it("lists messages in and out with their other end, time in the mailbox and match", async () => {
    await using cinema = await cart.open({ p: CART, t: String(195 * MS), tab: "messages" });
    const { panel } = cinema;
    const items = panel.getByRole("listitem");
    const [count] = await cart.column(
      `select count(*) from messages where '${CART}' in (from_pid, to_pid)`,
    );
    await expect.poll(async () => String(await items.count()), PATIENT).toBe(count);
    const texts = (await items.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " "));
    expect(texts).toEqual([
      expect.stringMatching(
        /received call from <0\.102\.0> .*%\{add: "apple"\} 20 ms in the mailbox · exact match/i,
      ),
      expect.stringMatching(
        /sent reply to <0\.102\.0> .*:ok 4 ms in the mailbox · reply to \d+ · exact match/i,
      ),
      expect.stringMatching(/received cast from <0\.102\.0> .*%\{put: "pear"\} 10 ms/i),
      expect.stringMatching(
        /received info from not recorded .*:tick send not recorded · one end only/i,
      ),
      expect.stringMatching(
        /sent plain to <0\.103\.0> .*"lost letter" receive not recorded · one end only/i,
      ),
      expect.stringMatching(/received cast .*%\{coupon: :summer\} 20 ms .* matched by order/i),
    ]);
    await panel.getByRole("button", { name: "Out", exact: true }).click();
    await expect.poll(async () => await items.count(), PATIENT).toBe(2);
    await panel.getByRole("button", { name: "In", exact: true }).click();
    await expect.poll(async () => await items.count(), PATIENT).toBe(4);
    expect(cinema.trouble).toEqual([]);
  });

  it("moves the cursor to this process's end of a message, and to the process at the other", async () => {
    await using cinema = await cart.open({ p: CART, t: String(195 * MS), tab: "messages" });
    const { panel } = cinema;
    const cast = panel.getByRole("listitem").filter({ hasText: "put:" });
    await cast.getByTitle("Move the cursor there").click();
    const [received] = await cart.column(
      "select receive_event from messages where kind = 'cast' and t_sent = 380000000",
    );
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({ t: 390 * MS, event: Number(received), pid: CART });
    await cinema.tab("Event").click();
    await panel.getByText("put:").waitFor();
    expect(await panel.innerText()).toMatch(/receive[\s\S]*0:00\.390\s000\s000/);
    await cinema.tab("Messages").click();
    await cast.getByRole("button", { name: CLIENT }).click();
    await expect.poll(() => cinema.address, PATIENT).toMatchObject({ t: 390 * MS, pid: CLIENT });
    await cinema.page.getByRole("heading", { name: "checkout client" }).waitFor();
    await cast.getByTitle("Move the cursor there").click();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(380 * MS);
  });
});

describe("the event panel", () => {
  it("shows what was clicked, its payload, what caused it and what it led to", async () => {
    await using cinema = await cart.open({ tab: "event" });
    const { page, panel } = cinema;
    await panel.getByText("No event at the cursor").waitFor();
    await cinema.plate(CART).waitFor();
    const { x, y } = await cinema.pointOf(CART, 190 * MS, { row: 0, bounds: BOUNDS });
    await page.mouse.click(x, y);
    await panel.getByText("Led to").waitFor();
    const [received] = await cart.column(
      `select receive_event from messages where message = ${String(cart.known.request)}`,
    );
    await expect.poll(() => String(cinema.address.event), PATIENT).toBe(received);
    expect(await panel.innerText()).toMatch(/receive[\s\S]*0:00\.190\s000\s000[\s\S]*"apple"/);
    const cause = panel.getByRole("button", { name: /^message .*exact$/ });
    expect(await cause.innerText()).toContain(CLIENT);
    await cause.click();
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({
        t: 170 * MS,
        event: cart.known.request,
        pid: CLIENT,
      });
    // the send led to the receive, and to the state that the callback left
    await panel.getByRole("button", { name: /^state / }).click();
    await expect.poll(() => cinema.address, PATIENT).toMatchObject({ t: 200 * MS, pid: CART });
    await cinema.tab("State").click();
    await panel.getByText("Version 2").waitFor();
    expect(cinema.trouble).toEqual([]);
  });

  it("shows a call that is clicked in its lane, and its return as its effect", async () => {
    await using cinema = await cart.open();
    const { page, panel } = cinema;
    await cinema.plate(CLIENT).waitFor();
    const { x, y } = await cinema.pointOf(CLIENT, 500 * MS, { row: 2, bounds: BOUNDS });
    await page.mouse.click(x, y);
    await expect
      .poll(() => cinema.address, PATIENT)
      .toMatchObject({
        t: 150 * MS,
        event: cart.known.run,
        pid: CLIENT,
      });
    await cinema.tab("Event").click();
    await panel.getByText("Shop.Client.run/1").first().waitFor();
    await panel.getByRole("button", { name: /^return / }).click();
    await panel.getByText("paid:").waitFor();
    await expect.poll(() => cinema.address.t, PATIENT).toBe(660 * MS);
  });
});
