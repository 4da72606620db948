// Questions about clauses, of functions and inside of them, and about the handlers of servers.

import { sql } from "../sql.ts";
import { calledFunctions, COMPILED, watchedFunctions, type Question } from "./question.ts";

export const CLAUSE_QUESTIONS: readonly Question[] = [
  {
    name: "clauses-never-chosen",
    about:
      "clauses of functions that ran, and of case, if, with, fn and receive in them, that were never chosen",
    needs: ["sites"],
    parameters: [],
    sql: (context) => sql`
      WITH called AS (
        ${calledFunctions(context)}
      ), chosen AS (
        SELECT DISTINCT site FROM raw.calls WHERE t_enter BETWEEN ${context.from} AND ${context.to}
        UNION SELECT DISTINCT site FROM raw.events WHERE t BETWEEN ${context.from} AND ${context.to}
      )
      SELECT f.module, f."function", f.arity, replace(s.kind, '_clause', '') AS of,
        s.clause + 1 AS clause, called.calls, s.file, s.line
      FROM raw.sites s JOIN base.functions f ON f.id = s."function" JOIN called ON called.id = f.id
      WHERE ends_with(s.kind, '_clause') AND s.kind <> 'no_clause' AND s.clause IS NOT NULL AND coalesce(s.generated, 0) = 0
        AND s.site NOT IN (SELECT site FROM chosen WHERE site IS NOT NULL)
      ORDER BY s.file, s.line, s."column", 5`,
    caveats: ["clauses of functions that were not called at all are not in it"],
  },
  {
    name: "handlers-without-messages",
    about: "clauses of handle_call, handle_cast and handle_info that no recorded message reached",
    needs: ["code", "watched"],
    parameters: [],
    sql: (context) => sql`
      WITH called AS (
        ${calledFunctions(context)}
      ), watched AS (
        ${watchedFunctions(context)}
      ), reached AS (
        SELECT DISTINCT site FROM raw.calls WHERE t_enter BETWEEN ${context.from} AND ${context.to}
      ), handlers AS (
        SELECT c.*, unnest(range(greatest(c.clauses, 1))) AS clause, f.id
        FROM code.functions c JOIN watched USING (module, "function", arity)
          LEFT JOIN base.functions f ON f.module = c.module AND f."function" = c."function" AND f.arity = c.arity
        WHERE c.file IN ${COMPILED} AND (c."function", c.arity) IN
          (('handle_call', 3), ('handle_cast', 2), ('handle_info', 2))
      )
      SELECT h.module, h."function", h.arity, h.clause + 1 AS clause,
        (SELECT any_value(e.handler_shape) FROM code.message_edges e WHERE e.handler_module = h.module
          AND e.handler_function = h."function" AND e.handler_clause = h.clause) AS message,
        (SELECT count(*) FROM code.message_edges e WHERE e.handler_module = h.module
          AND e.handler_function = h."function" AND e.handler_clause = h.clause) AS senders_in_code,
CASE WHEN h.id IN (SELECT id FROM called) THEN 'never chosen' ELSE 'never called' END AS known, h.file,
        coalesce(s.line, h.line) AS line
      FROM handlers h
        LEFT JOIN raw.sites s ON s."function" = h.id AND s.kind = 'function_clause' AND s.clause = h.clause
      WHERE (s.site IS NOT NULL AND s.site NOT IN (SELECT site FROM reached WHERE site IS NOT NULL))
        OR h.id IS NULL OR h.id NOT IN (SELECT id FROM called)
      ORDER BY 1, 2, 4`,
    caveats: [
      "of handlers that are not instrumented it is known that they were called, not which clause was chosen",
      "senders outside of the project are not in senders_in_code",
    ],
  },
  {
    name: "functions-of-many-clauses",
    about: "functions with many clauses that always chose the same one",
    needs: ["sites"],
    parameters: [{ name: "clauses", about: "only functions with at least this many", default: 3 }],
    sql: ({ from, to, parameters }) => sql`
      WITH chosen AS (
        SELECT "function" AS id, min(site) AS site, count(*) AS calls, min(call) AS event FROM raw.calls
        WHERE t_enter BETWEEN ${from} AND ${to} AND site IS NOT NULL
        GROUP BY "function" HAVING count(DISTINCT site) = 1
      ), clauses AS (
        SELECT "function" AS id, count(*) AS clauses FROM raw.sites
        WHERE kind = 'function_clause' AND coalesce(generated, 0) = 0 GROUP BY "function"
      )
      SELECT f.module, f."function", f.arity, n.clauses, s.clause + 1 AS always, chosen.calls,
        chosen.event AS first_event, s.file, s.line
      FROM chosen JOIN clauses n ON n.id = chosen.id JOIN base.functions f ON f.id = chosen.id
        JOIN raw.sites s ON s.site = chosen.site
      WHERE n.clauses >= ${parameters.get("clauses") ?? 0}
      ORDER BY chosen.calls DESC, 1, 2`,
    caveats: [],
  },
];
