// What the server is given to show and change a folder of recordings, and to begin new ones. It says names only; who
// implements this looks them up in the folder's listing, so that no name leads anywhere else.

import type {
  CheckView,
  CleanUpPlan,
  Imported,
  KeepRule,
  RecordingList,
  RecordingView,
  Params,
  Reply,
  Target,
} from "@elixirscope/wire";
import type { ServedSource } from "./served.ts";

export type Opened = { readonly source: ServedSource; readonly close: () => Promise<void> };

export type ShelfRecording = Omit<RecordingView, "shown"> & { readonly path: string };

export type ShelfListing = Omit<RecordingList, "recordings" | "canAttach"> & {
  readonly recordings: readonly ShelfRecording[];
};

/** A recording in one file; `release` when it was sent or nobody wants it. */
export type Packed = {
  readonly file: string;
  readonly bytes: number;
  readonly release: () => Promise<void>;
};

/** Unknown names are refused with `no_such_recording`. */
export type RecordingShelf = {
  list(): Promise<ShelfListing>;
  pathOf(name: string): Promise<string>;
  /** the page of another process that is making the recording; null: it can be opened here */
  elsewhere(name: string): Promise<string | null>;
  open(name: string): Promise<Opened>;
  /** answers its bytes; refused for what is pinned or being made */
  remove(name: string): Promise<number>;
  pin(name: string, pin: "on" | "off"): Promise<void>;
  /** also remembers the rule */
  planCleanUp(rule: KeepRule): Promise<CleanUpPlan>;
  pack(name: string): Promise<Packed>;
  /** `file`: as the page calls it. Nothing is left of what is no recording, or does not arrive whole. */
  receive(file: string, bytes: AsyncIterable<Uint8Array>): Promise<Imported>;
};

/** Where a page reaches the server that begins a recording. */
export type ServerAddress = { readonly url: string; readonly token: string };

export type SessionStarter = {
  attach(params: Params<"attachNode">, at: ServerAddress): Promise<Reply<"attachNode">>;
  check(target: Target): Promise<readonly CheckView[]>;
  localNodes(): Promise<Reply<"localNodes">>;
};
