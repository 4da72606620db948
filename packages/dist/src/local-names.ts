// Names for our side of a connection. Every distinct one stays an atom in the target for ever, so they
// come from a small fixed pool; two connections of this process to one target never try the same.

import { DistError } from "./dist-error.ts";
import type { NodeName } from "./node-name.ts";

const POOL_SIZE = 8;
const inUse = new Map<string, Set<string>>();

export interface LocalName {
  readonly full: string;
  /** Another connection may have the name. */
  release(): void;
}

/** The names to try in order: the one asked for, else the pool. They have the target's host. */
export function* localNames(target: NodeName, asked: string | undefined): Generator<LocalName> {
  const names =
    asked === undefined
      ? Array.from({ length: POOL_SIZE }, (_, i) => `elixirscope${String(i + 1)}`)
      : [asked];
  for (const name of names) {
    const full = `${name}@${target.host}`;
    const used = inUse.get(target.full) ?? new Set();
    if (used.has(full)) continue;
    used.add(full);
    inUse.set(target.full, used);
    const release = (): void => {
      used.delete(full);
      if (used.size === 0 && inUse.get(target.full) === used) inUse.delete(target.full);
    };
    yield { full, release };
  }
}

export function noNameLeft(target: NodeName, asked: string | undefined): DistError {
  const what =
    asked === undefined
      ? `all ${String(POOL_SIZE)} names elixirscope1 to elixirscope${String(POOL_SIZE)}`
      : `the name ${asked}@${target.host}`;
  return new DistError(
    "name_taken",
    `${target.full} already has connections under ${what}; end one of them, or give another --name`,
  );
}
