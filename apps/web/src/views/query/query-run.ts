// The query that runs, or ran last, with its answer: kept while other views are looked at.

import { messageOf } from "@elixirscope/base";
import type { Params, QueryResult, Reply } from "@elixirscope/wire";
import { signal, type Signal } from "@preact/signals";
import type { Cinema } from "../../model/cinema.ts";
import type { Begun } from "../../model/connection.ts";
import { QueryHistory } from "./query-history.ts";

export const ROW_LIMITS = [1_000, 10_000, 100_000] as const;

export type Answer =
  | { readonly kind: "none" }
  | { readonly kind: "running"; readonly since: number }
  | {
      readonly kind: "rows";
      readonly sql: string;
      readonly result: QueryResult;
      readonly ms: number;
      /** what the answer cannot know, of a prepared question */
      readonly limits: readonly string[];
    }
  | { readonly kind: "failed"; readonly sql: string; readonly message: string }
  | { readonly kind: "cancelled" };

export class QueryRun {
  readonly answer: Signal<Answer> = signal<Answer>({ kind: "none" });
  readonly limit: Signal<number> = signal<number>(ROW_LIMITS[1]);
  readonly history: QueryHistory;
  readonly #cinema: Cinema;
  #cancel: (() => void) | null = null;
  #cancelled = false;

  constructor(cinema: Cinema, storage: Storage) {
    this.#cinema = cinema;
    this.history = new QueryHistory(storage);
  }

  get isRunning(): boolean {
    return this.answer.peek().kind === "running";
  }

  async run(sql: string): Promise<void> {
    if (this.isRunning || sql.trim() === "") return;
    this.history.add(sql);
    const begin = (): Begun<"query"> =>
      this.#cinema.connection.begin("query", { sql, limit: this.limit.peek() });
    await this.#answered(sql, begin, (result, ms) => ({
      kind: "rows",
      sql,
      result,
      ms,
      limits: [],
    }));
  }

  /** Answers the SQL that ran; null when there is no answer. */
  async ask(params: Omit<Params<"ask">, "limit">): Promise<string | null> {
    if (this.isRunning) return null;
    const begin = (): Begun<"ask"> =>
      this.#cinema.connection.begin("ask", { ...params, limit: this.limit.peek() });
    await this.#answered("", begin, (reply, ms) => {
      if (reply.kind === "none") {
        const { message, nearest } = reply.why;
        const near = nearest.length === 0 ? "" : `; did you mean ${nearest.join(", ")}?`;
        return { kind: "failed", sql: "", message: `${message}${near}` };
      }
      const { sql, columns, rows, more, limits } = reply.view;
      return { kind: "rows", sql, result: { columns, rows, truncated: more }, ms, limits };
    });
    const answer = this.answer.peek();
    if (answer.kind !== "rows") return null;
    this.history.add(answer.sql);
    return answer.sql;
  }

  cancel(): void {
    this.#cancelled = true;
    this.#cancel?.();
  }

  async #answered<M extends "query" | "ask">(
    sql: string,
    begin: () => Begun<M>,
    toAnswer: (reply: Reply<M>, ms: number) => Answer,
  ): Promise<void> {
    const since = performance.now();
    this.answer.value = { kind: "running", since };
    this.#cancelled = false;
    try {
      const begun = begin();
      this.#cancel = begun.cancel;
      const reply = await begun.reply;
      this.answer.value = toAnswer(reply, performance.now() - since);
    } catch (error) {
      this.answer.value = this.#cancelled
        ? { kind: "cancelled" }
        : { kind: "failed", sql, message: messageOf(error) };
    } finally {
      this.#cancel = null;
    }
  }
}

const runs = new WeakMap<Cinema, { readonly recording: string; readonly run: QueryRun }>();

/** The same for as long as the page shows this recording. */
export function runOf(cinema: Cinema): QueryRun {
  const recording = cinema.info.value?.manifest.id ?? "";
  const known = runs.get(cinema);
  if (known?.recording === recording) return known.run;
  const run = new QueryRun(cinema, localStorage);
  runs.set(cinema, { recording, run });
  return run;
}
