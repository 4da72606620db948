// A file's facts as they cross threads and are saved: the outline as it is, the graphs as bytes that stay
// closed until somebody asks for them.

import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Cfg } from "../flow/cfg.ts";
import type { Dfg } from "../flow/dfg.ts";
import { decodeValues, encodeValues } from "./column-codec.ts";
import type { FileFacts } from "./file-facts.ts";

/** All but the graphs. */
export type FileOutline = Omit<FileFacts, "cfgs" | "dfgs">;

export type FlowGraphs = { readonly cfgs: readonly Cfg[]; readonly dfgs: readonly Dfg[] };

export type PackedFacts = {
  readonly outline: FileOutline;
  readonly graphs: Uint8Array<ArrayBuffer>;
};

export function packFacts({ cfgs, dfgs, ...outline }: FileFacts): PackedFacts {
  return { outline, graphs: packGraphs({ cfgs, dfgs }) };
}

/** Graphs as columns, deflated. */
export function packGraphs({ cfgs, dfgs }: FlowGraphs): Uint8Array<ArrayBuffer> {
  const columns = encodeValues([{ cfgs: cfgs.flatMap(flattened), dfgs }]);
  // copied: a small buffer is part of Node's pool and cannot be transferred
  return new Uint8Array(deflateRawSync(columns, { level: 1 }));
}

export function unpackGraphs(bytes: Uint8Array): FlowGraphs {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: what packGraphs wrote, told by a checksum where it was saved
  const [packed] = decodeValues(inflateRawSync(bytes)) as [Packed];
  return { cfgs: nested(packed.cfgs), dfgs: packed.dfgs };
}

type Packed = { readonly cfgs: readonly FlatCfg[]; readonly dfgs: readonly Dfg[] };

/** Closures nest as deeply as code does: as a list no recursion can fail on them. */
type FlatCfg = Omit<Cfg, "closures"> & {
  /** position of the enclosing graph before this one, 0 for a function's own */
  readonly up: number;
  readonly at: number;
};

function flattened(cfg: Cfg): FlatCfg[] {
  const flat: FlatCfg[] = [];
  const queue: { readonly cfg: Cfg; readonly parent: number; readonly at: number }[] = [
    { cfg, parent: 0, at: -1 },
  ];
  // breadth first, so that the closures of one graph stay in their order
  for (const { cfg: next, parent, at } of queue) {
    const { closures, ...graph } = next;
    const index = flat.length;
    flat.push({ ...graph, up: index - parent, at });
    for (const closure of closures) queue.push({ cfg: closure.cfg, parent: index, at: closure.at });
  }
  return flat;
}

function nested(flat: readonly FlatCfg[]): Cfg[] {
  const cfgs: Cfg[] = [];
  const closures: { readonly at: number; readonly cfg: Cfg }[][] = [];
  for (const [index, { up, at, ...graph }] of flat.entries()) {
    const own: { readonly at: number; readonly cfg: Cfg }[] = [];
    closures.push(own);
    const cfg: Cfg = { ...graph, closures: own };
    if (up === 0) cfgs.push(cfg);
    else closures[index - up]?.push({ at, cfg });
  }
  return cfgs;
}
