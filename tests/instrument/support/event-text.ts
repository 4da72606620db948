// Recorded events as short lines, with what their sites say: `1 enter f/1:2 x=1`.

import { inspect, type Term } from "@elixirscope/etf";
import type { Site, SiteManifest } from "@elixirscope/trace";

/** One line for each event of `{Outcome, Events}`. */
export function eventLines(recorded: Term, manifest: SiteManifest): string[] {
  const events = recorded.kind === "tuple" ? recorded.items[1] : undefined;
  if (events?.kind !== "list") throw new Error(inspect(recorded));
  const sites = new Map(manifest.sites.map((site) => [site.site, site]));
  return events.items.map((event) => eventLine(event, sites));
}

export function outcomeText(recorded: Term): string {
  const outcome = recorded.kind === "tuple" ? recorded.items[0] : undefined;
  if (outcome?.kind !== "tuple") throw new Error(inspect(recorded));
  return outcome.items
    .slice(0, 3)
    .filter((_, i) => i < 2 || outcome.items.length < 3)
    .map((item) => inspect(item))
    .join(" ");
}

function eventLine(event: Term, sites: ReadonlyMap<number, Site>): string {
  const [kind, frame, number, values] = event.kind === "tuple" ? event.items : [];
  if (kind?.kind !== "atom" || frame?.kind !== "integer" || number?.kind !== "integer") {
    throw new Error(inspect(event));
  }
  const site = sites.get(Number(number.value));
  const all = values?.kind === "list" ? values.items : [];
  const text = all.map((value, i) => {
    const name = site?.names[i] ?? (site !== undefined && i < site.names.length ? "_" : null);
    // how a fun is numbered depends on the whole module's code
    const shown = inspect(value).replace(/#Function<[\d.]+/, "#Function<");
    return name === null ? shown : `${name}=${shown}`;
  });
  const place = site === undefined ? [] : [siteText(site)];
  return [String(frame.value), kind.name, ...place, ...text].join(" ");
}

function siteText(site: Site): string {
  const clause = site.clause === null || site.clause === 0 ? "" : `#${String(site.clause)}`;
  const target = site.target === null ? "" : ` ${site.target}`;
  const kind = site.kind.replace(/_(clause|call)$/, "");
  return `${kind}${clause}:${String(site.line)}${target}`;
}
