// Questions about messages and processes: what nobody takes, and who exits under which supervisor.

import { EVENT_KINDS } from "@elixirscope/trace";
import { sql } from "../sql.ts";
import type { Question } from "./question.ts";

const NO_CLAUSE = EVENT_KINDS.indexOf("no_clause");
/** Exit reasons are read for the newest exits only: reading a term costs more than finding the row. */
const MAX_EXITS = 5_000;

export const PROCESS_QUESTIONS: readonly Question[] = [
  {
    name: "messages-without-clause",
    about:
      "messages that no clause handles: sent so in the code, met by no clause, or left to a default handler",
    needs: ["code"],
    parameters: [],
    sql: ({ from, to }) => sql`
      WITH handled AS (
        SELECT "function" AS id, count(*) AS calls, min(call) AS event FROM raw.calls
        WHERE t_enter BETWEEN ${from} AND ${to} GROUP BY "function"
      ), refused AS (
        SELECT s."function" AS id, count(*) AS times, max(e.id) AS event
        FROM raw.events e JOIN raw.sites s ON s.site = e.site
        WHERE e.kind = ${NO_CLAUSE} AND e.t BETWEEN ${from} AND ${to} GROUP BY s."function"
      )
      SELECT 'sent in the code' AS known, e.module, e."function", e.arity, e.shape AS message,
        coalesce(e.to_module, e.receiver) AS receiver, coalesce(h.calls, 0) AS times, h.event, e.file, e.line
      FROM code.message_edges e
        LEFT JOIN base.functions f ON f.module = e.module AND f."function" = e."function" AND f.arity = e.arity
        LEFT JOIN handled h ON h.id = f.id
      WHERE e.handler_function IS NULL AND e.shape <> 'fn'
        AND coalesce(e.to_module, e.receiver) IN (SELECT module FROM code.modules)
      UNION ALL
      SELECT 'no clause matched', f.module, f."function", f.arity,
        (SELECT term(payload(x.payload)) FROM raw.events x WHERE x.id = r.event), f.module, r.times, r.event, c.file,
        c.line
      FROM refused r JOIN base.functions f ON f.id = r.id
        LEFT JOIN code.functions c ON c.module = f.module AND c."function" = f."function" AND c.arity = f.arity
      WHERE (f."function", f.arity) IN (('handle_call', 3), ('handle_cast', 2), ('handle_info', 2))
      UNION ALL
      SELECT 'left to the default', f.module, f."function", f.arity,
        (SELECT term(term_get(payload(x.args), '[0]')) FROM raw.calls x WHERE x.call = h.event), f.module, h.calls,
        h.event, m.file, m.line
      FROM handled h JOIN base.functions f ON f.id = h.id JOIN code.modules m ON m.module = f.module
      WHERE (f."function", f.arity) IN (('handle_call', 3), ('handle_cast', 2), ('handle_info', 2))
        AND NOT EXISTS (FROM code.functions c WHERE c.module = f.module AND c."function" = f."function"
          AND c.arity = f.arity)
      ORDER BY 1, 7 DESC, 2, 3`,
    caveats: [
      "`times` of what is sent in the code is how often the function ran that sends it",
      "that no clause matched is only known of instrumented code",
      "receivers that only exist at run time are not known to the code",
    ],
  },
  {
    name: "children-that-exited",
    about: "children of supervisors that exited for another reason than :normal and :shutdown",
    needs: ["code"],
    parameters: [],
    sql: ({ from, to }) => sql`
      WITH exits AS (
        SELECT s.supervisor, s.strategy, s.child, s.restart, x.pid, x.t_exited, x.exit_reason, s.file, s.line
        FROM raw.processes x JOIN code.supervision_edges s ON x.initial_call = s.child_module || '.init/1'
        WHERE x.t_exited BETWEEN ${from} AND ${to} ORDER BY x.t_exited DESC LIMIT ${MAX_EXITS}
      ), told AS (
        SELECT *, term(payload(exit_reason)) AS reason FROM exits
      )
      SELECT supervisor, strategy, child, restart, count(*) AS exits, max(t_exited) AS last_t,
        arg_max(p.text, t_exited) AS last_pid, arg_max(reason, t_exited) AS last_reason, told.file, told.line
      FROM told LEFT JOIN base.pids p ON p.id = told.pid
      WHERE reason NOT IN (':normal', ':shutdown') AND NOT starts_with(reason, '{:shutdown')
      GROUP BY ALL ORDER BY exits DESC, supervisor, child`,
    caveats: [
      `the newest ${MAX_EXITS} exits of children are looked at`,
      "children without a module of their own (tasks, functions) are not in it",
    ],
  },
];
