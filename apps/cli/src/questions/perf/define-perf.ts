// `elixirscope perf`: where time went in a recording. `perf REC` alone is `perf times REC`.

import type { Command } from "commander";
import { definePerfCompare } from "./perf-compare.ts";
import { definePerfFlame } from "./perf-flame.ts";
import { definePerfPath } from "./perf-path.ts";
import { definePerfQueues } from "./perf-queues.ts";
import { definePerfSlow } from "./perf-slow.ts";
import { definePerfTimes } from "./perf-times.ts";

const PERF_HELP = `
Examples:
  elixirscope perf shop.escope
  elixirscope perf shop.escope --by process --from 2s --to 4s
  elixirscope perf path shop.escope --event 269484
  elixirscope perf slow shop.escope --function Shop.Pricing.total/2
  elixirscope perf compare shop.escope --to 5s --against 5s..10s
  elixirscope perf bottlenecks shop.escope
  elixirscope perf queues shop.escope
  elixirscope perf flame shop.escope --format speedscope > shop.speedscope.json`;

export function definePerf(elixirscope: Command): void {
  const perf = elixirscope
    .command("perf")
    .description("where time went: functions, processes, mailboxes, the way of one request")
    .addHelpText("after", PERF_HELP);
  definePerfTimes(perf);
  definePerfFlame(perf);
  definePerfPath(perf);
  definePerfSlow(perf);
  definePerfCompare(perf);
  definePerfQueues(perf);
}
