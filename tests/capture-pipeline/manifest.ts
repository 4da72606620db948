// A manifest for recordings that tests make.

import { randomBytes } from "node:crypto";
import {
  DEFAULT_BUDGETS,
  DEFAULT_LIMITS,
  RECORDING_FORMAT,
  type Manifest,
} from "@elixirscope/trace";
import { NODE } from "./probe-stream.ts";

export function testManifest(): Manifest {
  return {
    format: RECORDING_FORMAT,
    product: "elixirscope 0.1.0",
    id: randomBytes(8).toString("hex"),
    state: "recording",
    stopped: null,
    target: { node: NODE, otpRelease: "25", elixir: "1.14.0", system: "test" },
    startedAtNs: "0",
    durationNs: 0,
    plan: {
      selectors: [],
      functions: [],
      processes: "all",
      messages: true,
      lifecycle: true,
      state: true,
      arguments: true,
      sampling: { kind: "always" },
      limits: DEFAULT_LIMITS,
      budgets: DEFAULT_BUDGETS,
    },
    counts: {},
    loss: {},
  };
}
