// Finds reads whose value was out of date when what came of it was written: A reads, B writes, A overwrites.
// Pure: the requests that one server handled, in order, with the writes of each and what it read.

import { countUpTo } from "./ascending.ts";
import { pathKey, type StatePath } from "./state-path.ts";

export type Write = { readonly path: StatePath; readonly place: string };

export type Handled = {
  readonly client: number;
  readonly writes: readonly Write[];
  /** those of `writes` with a value of the request's own */
  readonly sets: readonly Write[];
};

/** Positions of requests in the order in which they were handled. */
export type ReadThenWrite = {
  readonly read: number;
  readonly write: number;
  readonly path: StatePath;
  readonly place: string;
  /** writes to the same place by others, after the read and before the write */
  readonly between: readonly number[];
  /** the latest writes by others before the read, newest first, and the next after the write */
  readonly before: readonly number[];
  readonly after: readonly number[];
};

/** How far back a client's read may be, in its own requests to the server. */
const REACH = 16;
const NEIGHBOURS = 4;
const SEARCHED = 4 * NEIGHBOURS;

/** `reads(read, write)`: the request at `read` answered with the value of this place as it was then. */
export function readThenWrites(
  handled: readonly Handled[],
  reads: (read: number, write: Write) => boolean,
): readonly ReadThenWrite[] {
  const writers = writersByPlace(handled);
  const ofClient = new Map<number, number[]>();
  const found: ReadThenWrite[] = [];
  for (const [at, { client, sets }] of handled.entries()) {
    const own = ofClient.get(client) ?? [];
    ofClient.set(client, own);
    for (const write of sets) {
      const read = latestRead(handled, own, write, reads);
      if (read === null) continue;
      const others = writersOf(writers, write.path);
      const byOthers = (other: number): boolean => handled[other]?.client !== client;
      found.push({
        read,
        write: at,
        path: write.path,
        place: write.place,
        between: others.flatMap((all) => within(all, read, at)).filter(byOthers),
        before: others.flatMap((all) => before(all, read, byOthers)).toSorted((x, y) => y - x),
        after: others.flatMap((all) => after(all, at, byOthers)).toSorted((x, y) => x - y),
      });
    }
    own.push(at);
    if (own.length > REACH) own.shift();
  }
  return found;
}

/** A client that wrote the place since then knows its value from that. */
function latestRead(
  handled: readonly Handled[],
  own: readonly number[],
  write: Write,
  reads: (read: number, write: Write) => boolean,
): number | null {
  for (const at of own.toReversed()) {
    if (handled[at]?.writes.some(({ place }) => place === write.place) === true) return null;
    if (reads(at, write)) return at;
  }
  return null;
}

function writersByPlace(handled: readonly Handled[]): ReadonlyMap<string, readonly number[]> {
  const writers = new Map<string, number[]>();
  for (const [at, { writes }] of handled.entries()) {
    for (const place of new Set(writes.map((write) => write.place))) {
      const known = writers.get(place);
      if (known === undefined) writers.set(place, [at]);
      else known.push(at);
    }
  }
  return writers;
}

/** Of this place, and of those that it is a part of. */
function writersOf(
  writers: ReadonlyMap<string, readonly number[]>,
  path: StatePath,
): readonly (readonly number[])[] {
  return Array.from({ length: path.length + 1 }, (_, length) => path.slice(0, length)).flatMap(
    (prefix) => {
      const all = writers.get(pathKey(prefix));
      return all === undefined ? [] : [all];
    },
  );
}

function within(all: readonly number[], from: number, to: number): readonly number[] {
  return all.slice(countUpTo(all, from), countUpTo(all, to - 1));
}

function before(
  all: readonly number[],
  at: number,
  counts: (other: number) => boolean,
): readonly number[] {
  const end = countUpTo(all, at - 1);
  return all
    .slice(Math.max(0, end - SEARCHED), end)
    .filter(counts)
    .slice(-NEIGHBOURS);
}

function after(
  all: readonly number[],
  at: number,
  counts: (other: number) => boolean,
): readonly number[] {
  const start = countUpTo(all, at);
  return all
    .slice(start, start + SEARCHED)
    .filter(counts)
    .slice(0, NEIGHBOURS);
}
