// The manifest that a recording begins with, whoever begins it.

import { randomUUID } from "node:crypto";
import { RECORDING_FORMAT, type CapturePlan, type Manifest } from "@elixirscope/trace";

const PRODUCT = "ElixirScope 0.1.0";

export function newManifest(target: Manifest["target"], plan: CapturePlan): Manifest {
  return {
    format: RECORDING_FORMAT,
    product: PRODUCT,
    id: randomUUID(),
    state: "recording",
    stopped: null,
    target,
    startedAtNs: String(BigInt(Date.now()) * 1_000_000n),
    durationNs: 0,
    plan,
    counts: {},
    loss: {},
  };
}
