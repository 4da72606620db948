// `elixirscope open`: the page on a recording, or on the list of all. One that is being made is shown by its own process.

import { readLive, startServer } from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import { pageUrl } from "@elixirscope/wire";
import { openBrowser } from "../browser.ts";
import { Interrupt } from "../interrupt.ts";
import { recordingFolder } from "../recording-folder.ts";
import { ServedShelf } from "../shelf/served-shelf.ts";
import { webRoot } from "../web-root.ts";

export type OpenOptions = {
  readonly port: number;
  readonly host: string;
  readonly allowRemote?: true;
  readonly json?: true;
  readonly browser: boolean;
};

export async function open(name: string | undefined, options: OpenOptions): Promise<void> {
  using interrupt = new Interrupt();
  if (name === undefined) return await serve(null, options, interrupt);
  const folder = await recordingFolder(name, interrupt.signal);
  const live = await readLive(folder);
  if (live !== null) {
    announce(pageUrl(live.url, live.token, live.recording), options);
    return;
  }
  const source = await RecordingReader.open(folder);
  try {
    await serve(source, options, interrupt);
  } finally {
    await source.close();
  }
}

/** Until somebody interrupts. */
async function serve(
  source: RecordingReader | null,
  options: OpenOptions,
  interrupt: Interrupt,
): Promise<void> {
  const { host, port, allowRemote = false } = options;
  await using recordings = new ServedShelf();
  const { shelf, starter } = recordings;
  const server = await startServer({ source, webRoot, host, port, allowRemote, shelf, starter });
  announce(server.url, options);
  if (options.json !== true) console.error("Ctrl-C ends it.");
  await interrupt.requested;
  await server.close();
}

function announce(url: string, options: OpenOptions): void {
  console.log(options.json === true ? JSON.stringify({ url }) : url);
  if (options.browser) openBrowser(url);
}
