// `elixirscope open`: the page on a recording. One that is being made is shown by its own process.

import { readLive, startServer } from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import { pageUrl } from "@elixirscope/wire";
import { openBrowser } from "../browser.ts";
import { Interrupt } from "../interrupt.ts";
import { recordingFolder } from "../recording-folder.ts";
import { webRoot } from "../web-root.ts";

export type OpenOptions = {
  readonly port: number;
  readonly host: string;
  readonly allowRemote?: true;
  readonly json?: true;
  readonly browser: boolean;
};

export async function open(name: string, options: OpenOptions): Promise<void> {
  using interrupt = new Interrupt();
  const folder = await recordingFolder(name, interrupt.signal);
  const live = await readLive(folder);
  if (live !== null) {
    announce(pageUrl(live.url, live.token), options);
    return;
  }
  const source = await RecordingReader.open(folder);
  try {
    const { host, port, allowRemote = false } = options;
    const server = await startServer({ source, webRoot, host, port, allowRemote });
    announce(server.url, options);
    if (options.json !== true) console.error("Ctrl-C ends it.");
    await interrupt.requested;
    await server.close();
  } finally {
    await source.close();
  }
}

function announce(url: string, options: OpenOptions): void {
  console.log(options.json === true ? JSON.stringify({ url }) : url);
  if (options.browser) openBrowser(url);
}
