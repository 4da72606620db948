// Commands that take something out of the page: links, Elixir for IEx, SQL, pictures.

import type { App } from "./app-context.ts";
import type { Command } from "./command.ts";
import { elixirPid, selectionSql, stateSql } from "./copied-text.ts";
import { exportImage } from "./export-image.ts";

export function copyCommands({ cinema, stage }: App): readonly Command[] {
  const group = "Copy and export";
  const hasPid = (): boolean => cinema.pid.value !== null;
  const hasMoment = (): boolean => hasPid() && cinema.cursor.value !== null;
  const copy = (what: string, text: () => string | Promise<string>): void =>
    void cinema.attempt(async () => {
      await navigator.clipboard.writeText(await text());
      cinema.notify(`${what} copied.`);
    });
  const picture = (what: string, of: string): void =>
    void cinema.attempt(async () => {
      const section = document.querySelector<HTMLElement>(of);
      if (section === null) throw new Error(`There is no ${what} on screen.`);
      const name = fileName(what, cinema.cursor.peek()?.t ?? null);
      await exportImage(section, name);
      cinema.notify(`${name} saved.`);
    });
  const withProcess = (
    id: string,
    title: string,
    code: (pid: string) => string,
    words: string,
  ): Command => ({
    id,
    group,
    title,
    words,
    isOffered: hasPid,
    run: () => {
      const pid = cinema.pid.peek();
      if (pid !== null) copy("Elixir", () => code(elixirPid(pid)));
    },
  });
  return [
    {
      id: "copy.link",
      group,
      title: "Copy a link to this moment",
      keys: ["y"],
      words: "share url address",
      run: () =>
        copy("Link to this moment", () => {
          const { origin, pathname } = globalThis.location;
          return `${origin}${pathname}${cinema.link}`;
        }),
    },
    withProcess("copy.pid", "Copy the process as Elixir: pid(…)", (pid) => pid, "iex"),
    withProcess(
      "copy.get-state",
      "Copy Elixir that asks the live process for its state",
      (pid) => `:sys.get_state(${pid})`,
      "iex sys get_state",
    ),
    withProcess(
      "copy.recon",
      "Copy Elixir that inspects the live process with recon",
      (pid) => `:recon.info(${pid})`,
      "iex recon info",
    ),
    {
      id: "copy.state",
      group,
      title: "Copy the state at the cursor as Elixir",
      words: "iex term",
      isOffered: hasMoment,
      run: () =>
        copy("State", async () => {
          const [pid, t] = [cinema.pid.peek(), cinema.cursor.peek()?.t];
          if (pid === null || t === undefined)
            throw new Error("Select a process and a moment first.");
          const sql = `SELECT term(state) FROM (${stateSql(pid, t)})`;
          const { rows } = await cinema.connection.request("query", { sql, limit: 1 });
          const text = rows[0]?.[0];
          if (typeof text !== "string")
            throw new Error("No state was recorded at or before the cursor.");
          return text;
        }),
    },
    {
      id: "copy.sql",
      group,
      title: "Copy SQL that selects what is selected: range, process, moment",
      words: "query duckdb",
      run: () => copy("SQL", () => selectionSql(cinema.place)),
    },
    {
      id: "query.selection",
      group,
      title: "Query what is selected: range, process, moment",
      words: "sql duckdb",
      run: () => {
        cinema.param("query.sql").value = selectionSql(cinema.place);
        cinema.main.value = "query";
      },
    },
    {
      id: "export.view",
      group,
      title: "Save the view as a picture (PNG)",
      words: "screenshot image export",
      isOffered: () => cinema.main.value !== "timeline",
      run: () => picture(cinema.main.peek(), ".main-view"),
    },
    {
      id: "export.timeline",
      group,
      title: "Save the timeline as a picture (PNG)",
      words: "screenshot image export",
      isOffered: () => stage.value !== null,
      run: () => picture("timeline", ".timeline"),
    },
    {
      id: "export.page",
      group,
      title: "Save the whole page as a picture (PNG)",
      words: "screenshot image export",
      run: () => picture("page", ".page"),
    },
  ];
}

function fileName(what: string, t: number | null): string {
  return t === null ? `elixirscope-${what}.png` : `elixirscope-${what}-${Math.round(t)}ns.png`;
}
