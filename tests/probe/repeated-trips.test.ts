// A session that crosses a budget again and again ends by itself. Its pauses are half a minute together, in which
// other tests may run.

import { inspect } from "@elixirscope/etf";
import { expect, it } from "vitest";
import { ProbeTarget } from "./support/probe-target.ts";

it("ends the session after repeated trips", async () => {
  const target = await ProbeTarget.start();
  try {
    await target.eval("register(w, spawn(es_target, worker, [])), ok.");
    await target.record(
      `functions => [{es_target, id, 1, default, value}], processes => [w],
        budgets => #{events_per_second => 100, events_per_second_per_process => 50000,
          target_memory_bytes => 67108864, in_flight_bytes => 4194304, duration_ms => infinity}`,
    );
    const spinner = await target.eval(
      "P = spawn(es_target, spin, [1]), elixir_scope_probe:adjust({add_processes, [P]}).",
    );
    expect(spinner).toBe(":ok");
    await target.until("the goodbye", () => target.stream.bye !== null, 90_000);
    const bye = target.stream.bye;
    expect(bye === null ? "" : inspect(bye)).toMatch(/^\{\{:budget, :(rate_limited|queue)\}, /u);
    await target.finish();
  } finally {
    await target.end();
  }
});
