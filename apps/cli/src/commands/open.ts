// `elixirscope open`: the page on a recording, or on the list of all. One that is being made is shown by its own process.

import { readLive, startServer } from "@elixirscope/server";
import { RecordingReader } from "@elixirscope/store";
import { pageUrl, urlAt, type LinkedMoment } from "@elixirscope/wire";
import { openBrowser } from "../browser.ts";
import { Interrupt } from "../interrupt.ts";
import { UsageError } from "../exit-codes.ts";
import { withRecording } from "../opened-recording.ts";
import { recordingFolder } from "../recording-folder.ts";
import { ServedShelf } from "../shelf/served-shelf.ts";
import { webRoot } from "../web-root.ts";
import { isMoment, momentOf, type MomentOptions } from "./opened-moment.ts";

export type OpenOptions = MomentOptions & {
  readonly port: number;
  readonly host: string;
  readonly allowRemote?: true;
  readonly json?: true;
  readonly browser: boolean;
};

export async function open(name: string | undefined, options: OpenOptions): Promise<void> {
  using interrupt = new Interrupt();
  if (name === undefined) {
    if (isMoment(options)) throw new UsageError("say which recording: a moment is one of its own");
    return await serve(null, {}, options, interrupt);
  }
  const folder = await recordingFolder(name, interrupt.signal);
  const live = await readLive(folder);
  if (live !== null) {
    let moment: LinkedMoment = {};
    if (isMoment(options)) {
      await withRecording(folder, interrupt.signal, async (source) => {
        moment = await momentOf(source, options);
      });
    }
    announce(urlAt(pageUrl(live.url, live.token, live.recording), moment), options);
    return;
  }
  const source = await RecordingReader.open(folder);
  try {
    await serve(source, await momentOf(source, options), options, interrupt);
  } finally {
    await source.close();
  }
}

/** Until somebody interrupts. */
async function serve(
  source: RecordingReader | null,
  moment: LinkedMoment,
  options: OpenOptions,
  interrupt: Interrupt,
): Promise<void> {
  const { host, port, allowRemote = false } = options;
  await using recordings = new ServedShelf();
  const { shelf, starter } = recordings;
  const server = await startServer({ source, webRoot, host, port, allowRemote, shelf, starter });
  announce(urlAt(server.url, moment), options);
  if (options.json !== true) console.error("Ctrl-C ends it.");
  await interrupt.requested;
  await server.close();
}

function announce(url: string, options: OpenOptions): void {
  console.log(options.json === true ? JSON.stringify({ url }) : url);
  if (options.browser) openBrowser(url);
}
