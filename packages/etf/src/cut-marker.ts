// What the probe leaves in place of what it cut (shapes: packages/trace/src/probe-wire.ts), told apart
// from ordinary terms by the marker atom.

import { atomName, bytesOf, itemOf, sizeOf, type Source } from "./look.ts";

export const DEFAULT_CUT_MARKER = "$elixir_scope_cut";

export type Cut =
  | { readonly what: "binary"; readonly prefix: Uint8Array }
  /** the rest of the container around it */
  | { readonly what: "rest" }
  | { readonly what: "depth"; readonly of: string };

/** What was cut where this term stands; undefined for an ordinary term. */
export function cutOf(source: Source, marker: string): Cut | undefined {
  if (source.kind !== "tuple" || sizeOf(source) < 3 || sizeOf(source) > 4) return undefined;
  if (atomName(itemOf(source, 0)) !== marker) return undefined;
  const what = atomName(itemOf(source, 1));
  if (what === "binary") {
    const prefix = bytesOf(itemOf(source, 3));
    return prefix === undefined ? undefined : { what, prefix };
  }
  if (what === "list" || what === "tuple") return { what: "rest" };
  if (what !== "depth") return undefined;
  return { what, of: atomName(itemOf(source, 2)) ?? "" };
}
