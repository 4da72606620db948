// Staged rows of the small tables, with the dictionaries' new entries. What is learnt about a process
// in several pieces becomes one row here, as MERGE must see each process once.

import { FunctionDictionary, NameDictionary, PidDictionary } from "./dictionary.ts";
import type { BaseRow, BaseTable } from "./physical.ts";

export type StagedRow = Readonly<Record<string, string | number | null | undefined>>;

export type TakenRows = { readonly table: BaseTable; readonly rows: readonly StagedRow[] };

/** Small tables that take rows from outside; the dictionaries fill the rest. */
export type RowTable =
  | "processes"
  | "gaps"
  | "modules"
  | "sites"
  | "sources"
  | "tests"
  | "marks"
  | "audit";

export class BaseRows {
  readonly pids: PidDictionary = new PidDictionary();
  readonly names: NameDictionary = new NameDictionary();
  readonly functions: FunctionDictionary = new FunctionDictionary();
  #rows = new Map<BaseTable, StagedRow[]>();
  #processes = new Map<number, StagedRow>();

  add<T extends RowTable>(table: T, row: BaseRow<T>): void {
    const staged: StagedRow = row;
    if (table === "processes") {
      this.#merge(staged);
      return;
    }
    const rows = this.#rows.get(table);
    if (rows === undefined) this.#rows.set(table, [staged]);
    else rows.push(staged);
  }

  get hasRows(): boolean {
    const news = this.pids.hasNew || this.names.hasNew || this.functions.hasNew;
    return news || this.#rows.size + this.#processes.size > 0;
  }

  take(): TakenRows[] {
    const taken: TakenRows[] = [
      { table: "pids", rows: this.pids.takeNew() },
      { table: "names", rows: this.names.takeNew() },
      { table: "functions", rows: this.functions.takeNew() },
      { table: "processes", rows: [...this.#processes.values()] },
    ];
    for (const [table, rows] of this.#rows) taken.push({ table, rows });
    this.#rows = new Map();
    this.#processes = new Map();
    return taken.filter(({ rows }) => rows.length > 0);
  }

  #merge(row: StagedRow): void {
    const pid = row["pid"];
    if (typeof pid !== "number") return;
    const merged: Record<string, string | number | null | undefined> = {
      ...this.#processes.get(pid),
    };
    for (const [name, value] of Object.entries(row)) merged[name] = value ?? merged[name];
    this.#processes.set(pid, merged);
  }
}
