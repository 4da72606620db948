// A file's facts as they cross threads and are saved: the outline as it is, the graphs as bytes that stay
// closed until somebody asks for them.

import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Cfg } from "../flow/cfg.ts";
import type { Dfg } from "../flow/dfg.ts";
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

/** JSON, deflated: of Elixir's own source 45 MB become 6.5 MB; reading it back beats v8's format by a third. */
export function packGraphs(graphs: FlowGraphs): Uint8Array<ArrayBuffer> {
  const deflated = deflateRawSync(JSON.stringify(graphs), { level: 1 });
  // copied: a small buffer is part of Node's pool and cannot be transferred
  return new Uint8Array(deflated);
}

export function unpackGraphs(bytes: Uint8Array): FlowGraphs {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: what packGraphs wrote, told by a checksum where it was saved
  return JSON.parse(inflateRawSync(bytes).toString()) as FlowGraphs;
}
