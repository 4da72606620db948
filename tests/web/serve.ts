// A recording, the real server that shows it and a browser to look with, ended together.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type RunningServer } from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import type { Browser } from "playwright-core";
import { CinemaPage, startBrowser, WEB_ROOT, type PageOptions } from "./browser-page.ts";

export type Served<Known> = AsyncDisposable & {
  readonly known: Known;
  readonly reader: RecordingReader;
  readonly server: RunningServer;
  readonly browser: Browser;
  /** Opens the link with the token, at a place such as `t=5&p=<0.1.0>` or at the start. */
  open(place?: Readonly<Record<string, string>>, options?: PageOptions): Promise<CinemaPage>;
  /** What the recording itself says: the first column of every row as text. */
  column(sql: string): Promise<readonly string[]>;
};

export async function serve<Known>(
  make: (folder: string) => Promise<Known>,
): Promise<Served<Known>> {
  const undo: (() => Promise<void>)[] = [];
  const end = async (): Promise<void> => {
    for (const one of undo.splice(0).toReversed()) await one();
  };
  try {
    const folder = mkdtempSync(join(tmpdir(), "elixirscope-web-"));
    undo.push(async () => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "it.escope");
    const known = await make(path);
    const reader = await RecordingReader.open(path);
    undo.push(async () => await reader.close());
    const server = await startServer({ source: reader, webRoot: WEB_ROOT });
    undo.push(async () => await server.close());
    const browser = await startBrowser();
    undo.push(async () => await browser.close());
    return {
      known,
      reader,
      server,
      browser,
      open: async (place = {}, options = {}) =>
        await CinemaPage.open(browser, linkTo(server, place), options),
      column: async (sql) => {
        const { rows } = await reader.query(sql);
        return rows.map((row) => (typeof row[0] === "string" ? row[0] : JSON.stringify(row[0])));
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

export function linkTo(server: RunningServer, place: Readonly<Record<string, string>>): string {
  const rest = new URLSearchParams(place).toString();
  return rest === "" ? server.url : `${server.url}&${rest}`;
}
