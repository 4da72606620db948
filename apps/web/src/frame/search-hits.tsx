// Something that was found: its row in a list, and where it leads.

import type { SearchHit } from "@elixirscope/wire";
import type { JSX } from "preact";
import type { Cinema } from "../model/cinema.ts";
import { timeText } from "../model/time-text.ts";
import { useApp } from "./app-context.ts";

export function HitRow({ hit }: { readonly hit: SearchHit }): JSX.Element {
  const { cinema } = useApp();
  return (
    <>
      <span class={`tag ${hit.kind}`}>{hit.kind}</span>
      <span class="mono clip" title={hit.title}>
        {hit.title}
      </span>
      <span class="muted tabular">
        {hit.pid !== null && hit.kind !== "process" ? `${hit.pid} ` : ""}
        {hit.t === null ? "" : timeText(cinema, hit.t, 1e6)}
      </span>
    </>
  );
}

export function goToHit(cinema: Cinema, hit: SearchHit): void {
  if (hit.t === null) cinema.select(hit.pid);
  else cinema.goTo({ t: hit.t, event: hit.event, pid: hit.pid });
  if (hit.kind === "event") cinema.tab.value = "event";
}
