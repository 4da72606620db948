// The layout in a thread of its own: gets who is to be placed, sends places while they settle.

import { Layout, type Arrangement } from "./layout.ts";

export type LayoutRequest = Arrangement & { readonly turn: number };

export type LayoutReply = {
  /** of the request that this is about */
  readonly turn: number;
  readonly places: Float32Array<ArrayBuffer>;
};

/** What is new is not shown before it is roughly in its place. */
const HIDDEN_MS = 140;
const FRAME_MS = 30;

const layout = new Layout();
let turn = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener("message", ({ data }: MessageEvent<LayoutRequest>) => {
  turn = data.turn;
  clearTimeout(timer);
  if (layout.arrange(data)) run(HIDDEN_MS);
  else send();
});

function run(forMs: number): void {
  const until = performance.now() + forMs;
  let goesOn = true;
  while (goesOn && performance.now() < until) goesOn = layout.tick();
  send();
  if (goesOn) timer = setTimeout(() => run(FRAME_MS), 0);
}

function send(): void {
  const reply: LayoutReply = { turn, places: layout.places() };
  postMessage(reply, { transfer: [reply.places.buffer] });
}
