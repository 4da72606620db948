// The guided tour: through the shop's planted race, a lost update of its stock. Each step names something that
// is on screen and makes it so first.

import type { Cinema } from "../model/cinema.ts";
import type { Layout } from "../model/layout.ts";

/** The server of the shop whose updates get lost; a recording without it has no tour. */
const RACING_PROCESS = "Shop.Inventory";

/** Two customers who read the same stock, one after the other, before either writes. */
export type LostUpdate = {
  readonly pid: string;
  /** when the first update was overwritten; null: not seen in this recording */
  readonly lost: { readonly t: number; readonly event: number } | null;
};

export type TourStep = {
  readonly title: string;
  readonly text: string;
  /** what it points at */
  readonly target: string;
  readonly begin?: (stage: TourStage) => void;
};

export type TourStage = {
  readonly cinema: Cinema;
  readonly layout: Layout;
  readonly race: LostUpdate;
};

export const TOUR_STEPS: readonly TourStep[] = [
  {
    title: "The whole recording",
    text: "Height is how much happened, red is errors, hatched is what was not recorded. Drag here to choose what is shown below.",
    target: ".overview-row",
    begin: ({ cinema }) => {
      cinema.main.value = "timeline";
      cinema.fit();
    },
  },
  {
    title: "One lane per process",
    text: "Boxes are calls, triangles are messages, diamonds are states. Zoom with W and S, move with A and D, or drag.",
    target: ".lanes",
  },
  {
    title: "A process with a bug",
    text: "Shop.Inventory keeps the stock of the shop, and some of its updates get lost. It is selected now: its name stands at the top of the side panel.",
    target: ".process-header",
    begin: ({ cinema, layout, race }) => {
      layout.side.open.value = true;
      cinema.select(race.pid);
    },
  },
  {
    title: "What it knew, at every moment",
    text: "The state at the cursor, and what changed in it. Step through the versions with [ and ]: two customers set the same fruit to a level that both worked out from the same old one, so one of the updates is lost.",
    target: ".tab-content",
    begin: ({ cinema, race }) => {
      cinema.tab.value = "state";
      const { t1 } = cinema.bounds.peek();
      cinema.goTo(
        race.lost === null
          ? { t: t1 / 2, event: null, pid: race.pid }
          : { ...race.lost, pid: race.pid },
      );
    },
  },
  {
    title: "Found without looking",
    text: "Insights lists what stands out. The lost update is among them, with the events that prove it: each line leads to its moment.",
    target: ".main-view",
    begin: ({ cinema }) => (cinema.main.value = "insights"),
  },
  {
    title: "Why it happened",
    text: "Causality goes from an event back to what caused it and on to what it led to.",
    target: ".main-view",
    begin: ({ cinema, race }) => {
      if (race.lost !== null) cinema.param("causality.event").value = String(race.lost.event);
      cinema.main.value = "causality";
    },
  },
  {
    title: "Everything else",
    text: "Ctrl+K finds every command, process and function; ? lists the keys. A link to what you see is copied with Y. The tour can be started again from the palette.",
    target: ".top-bar",
  },
];

/** Null: the recording is not of the shop. */
export async function findLostUpdate(cinema: Cinema): Promise<LostUpdate | null> {
  const { connection } = cinema;
  const found = await connection.request("processes", {
    filter: RACING_PROCESS,
    offset: 0,
    limit: 5,
  });
  const process = found.rows.find(({ name }) => name === RACING_PROCESS);
  if (process === undefined) return null;
  const { rows } = await connection.request("query", { sql: lostUpdateSql(process.pid), limit: 1 });
  const [t, event] = rows[0] ?? [];
  const lost = typeof t === "number" && typeof event === "number" ? { t, event } : null;
  return { pid: process.pid, lost };
}

/** A level that is set although another customer set it after this one had read it; the first of its kind. */
function lostUpdateSql(pid: string): string {
  return `WITH asked AS (
      SELECT message, from_pid AS who, t_received AS t, regexp_extract(term(body), '\\{:(level|set_level), "(\\w+)"', ['op', 'sku']) AS what
      FROM messages WHERE to_pid = '${pid.replaceAll("'", "''")}' AND kind = 'call' AND t_received IS NOT NULL
      ORDER BY t_received LIMIT 2000)
    SELECT s.t, s.event FROM asked w
    JOIN asked r ON r.who = w.who AND r.what.sku = w.what.sku AND r.what.op = 'level' AND r.t < w.t
    JOIN asked o ON o.who <> w.who AND o.what.sku = w.what.sku AND o.what.op = 'set_level' AND o.t > r.t AND o.t < w.t
    JOIN states s ON s.cause_message = w.message
    WHERE w.what.op = 'set_level' ORDER BY w.t LIMIT 1`;
}
