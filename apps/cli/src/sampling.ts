// `--sample`: which outermost calls are kept, each with everything that it calls.

import { err, ok, type Result } from "@elixirscope/base";
import type { Sampling } from "@elixirscope/trace";

export function parseSampling(text: string): Result<Sampling, string> {
  if (text === "always") return ok({ kind: "always" });
  const [kind, number] = text.split(":", 2);
  const value = Number(number);
  if (number !== undefined && number.trim() !== "") {
    if (kind === "rate" && Number.isInteger(value) && value >= 1) {
      return ok({ kind: "rate", chainsPerSecond: value });
    }
    if (kind === "chains" && value > 0 && value <= 1)
      return ok({ kind: "chains", probability: value });
    if (kind === "windows" && value > 0 && value <= 1) return ok({ kind: "windows", share: value });
  }
  return err(`"${text}" is not always, rate:N (N ≥ 1), chains:P or windows:P (0 < P ≤ 1)`);
}
