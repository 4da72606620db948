// Where something that was found leads.

import type { SearchHit } from "@elixirscope/wire";
import type { Cinema } from "../model/cinema.ts";

export function goToHit(cinema: Cinema, hit: SearchHit): void {
  if (hit.t === null) cinema.select(hit.pid);
  else cinema.goTo({ t: hit.t, event: hit.event, pid: hit.pid });
  if (hit.kind === "event") cinema.tab.value = "event";
}
