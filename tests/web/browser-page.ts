// The page in a real browser: opened as a user opens it, read by what is on screen.
//
// Everything that a page must never do (errors in the console, violations of its content policy, requests
// that leave this machine) is collected from the first moment: `trouble`.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fitRange, LANE_METRICS, timeScale, xOf } from "@elixirscope/timeline";
import type { TimeRange } from "@elixirscope/wire";
import {
  chromium,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from "playwright-core";

export const WEB_ROOT: string = resolve(import.meta.dirname, "../../apps/web/dist");

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** How long anything on screen may take on a machine that is busy with other things. */
export const PATIENT = { timeout: 20_000, interval: 50 } as const;

/** `npm test` builds the page before; who runs one test file alone may not have. */
export function buildPage(): void {
  if (existsSync(resolve(WEB_ROOT, "index.html"))) return;
  const root = resolve(import.meta.dirname, "../..");
  execFileSync("npx", ["vite", "build", "apps/web", "--logLevel", "warn"], { cwd: root });
}

/** A browser with a profile of its own that goes away with it. */
export async function startBrowser(): Promise<Browser> {
  buildPage();
  return await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
}

export type PageOptions = {
  readonly width?: number;
  readonly height?: number;
  /** the tab's own storage is shared by pages of one context */
  readonly context?: BrowserContext;
};

/** Where the page is, as its address says. */
export type Address = {
  readonly t: number | null;
  readonly event: number | null;
  readonly pid: string | null;
  readonly view: TimeRange | null;
  readonly selection: TimeRange | null;
  readonly tab: string;
};

export class CinemaPage implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #problems: string[] = [];
  readonly #requests: string[] = [];

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.#context = context;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.#problems.push(message.text());
    });
    page.on("pageerror", (error) => this.#problems.push(String(error)));
    page.on("dialog", (dialog) => {
      this.#problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => this.#requests.push(request.url()));
    page.on("websocket", (socket) => this.#requests.push(socket.url()));
  }

  static async open(browser: Browser, url: string, options: PageOptions = {}): Promise<CinemaPage> {
    const { width = 1280, height = 720 } = options;
    const context = options.context ?? (await browser.newContext({ viewport: { width, height } }));
    const cinema = new CinemaPage(await context.newPage(), context);
    cinema.page.setDefaultTimeout(PATIENT.timeout);
    await cinema.page.goto(url);
    return cinema;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }

  /** What the page did that it never may: errors, policy violations, dialogs, requests to elsewhere. */
  get trouble(): readonly string[] {
    const away = this.#requests.filter((url) => !/^(http|ws):\/\/127\.0\.0\.1[:/]/.test(url));
    return [...this.#problems, ...away.map((url) => `request to ${url}`)];
  }

  get requests(): readonly string[] {
    return this.#requests;
  }

  get address(): Address {
    const params = new URLSearchParams(new URL(this.page.url()).hash.slice(1));
    return {
      t: numberOf(params.get("t")),
      event: numberOf(params.get("e")),
      pid: params.get("p"),
      view: rangeOf(params.get("v")),
      selection: rangeOf(params.get("s")),
      tab: params.get("tab") ?? "state",
    };
  }

  plate(pid: string): Locator {
    return this.page.getByRole("button", { name: new RegExp(`^Process .*${escaped(pid)}`) });
  }

  /** The names on the plates of the lanes in sight, from top to bottom. */
  async laneNames(): Promise<readonly string[]> {
    const plates = this.page.getByRole("group", { name: "Processes" }).getByRole("button");
    return await plates.evaluateAll((found: readonly { ariaLabel: string | null }[]) =>
      found.map((plate) => plate.ariaLabel ?? ""),
    );
  }

  get lanes(): Locator {
    return this.page.getByRole("img", { name: "Calls and events of the processes in sight" });
  }

  /** The point of a lane's canvas at an instant; `row` 0: messages, 1: life and states, 2…: calls. */
  async pointOf(
    pid: string,
    t: number,
    { row, bounds }: { readonly row: number; readonly bounds: TimeRange },
  ): Promise<{ readonly x: number; readonly y: number }> {
    const plate = await boxOf(this.plate(pid).first());
    const canvas = await boxOf(this.lanes);
    const view = this.address.view ?? fitRange(bounds);
    const { padding, markRow, spanRow } = LANE_METRICS;
    const y = row < 2 ? row * markRow + markRow / 2 : 2 * markRow + (row - 1.5) * spanRow;
    return { x: canvas.x + xOf(timeScale(view, canvas.width), t), y: plate.y + padding + y };
  }

  tab(name: "State" | "Calls" | "Messages" | "Event" | "Code"): Locator {
    return this.page.getByRole("tab", { name, exact: true });
  }

  /** The tab of a view that fills the middle of the page. */
  viewTab(name: string): Locator {
    return this.page
      .getByRole("navigation", { name: "Views" })
      .getByRole("button", { name, exact: true });
  }

  /** What fills the middle of the page. */
  get main(): Locator {
    return this.page.locator(".main-view");
  }

  get panel(): Locator {
    return this.page.getByRole("tabpanel");
  }

  /** Runs SQL in the Query view, typed as a user does: `fill` selects so fast that the editor cannot follow. */
  async runSql(sql: string): Promise<void> {
    const editor = this.main.getByRole("textbox", { name: "SQL query" });
    await editor.click();
    await editor.press("Control+a");
    await this.page.keyboard.insertText(sql);
    await editor.press("Control+Enter");
  }
}

async function boxOf(
  locator: Locator,
): Promise<{ readonly x: number; readonly y: number; readonly width: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`not on screen: ${String(locator)}`);
  return box;
}

function rangeOf(text: string | null): TimeRange | null {
  const [t0, t1] = (text ?? "").split("~").map(Number);
  return t0 === undefined || t1 === undefined ? null : { t0, t1 };
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

function escaped(text: string): string {
  return text.replaceAll(/[.<>]/g, String.raw`\$&`);
}
