// Questions about functions: which ran, which never did, which are both complicated and in trouble.

import { sql } from "../sql.ts";
import {
  calledFunctions,
  COMPILED,
  parameter,
  RAISED,
  SAME_FUNCTION,
  watchedFunctions,
  type Question,
} from "./question.ts";

const STATIC_CALLS =
  "calls that the code makes by apply, by a function value or from outside of the project are not in callers_in_code";

export const FUNCTION_QUESTIONS: readonly Question[] = [
  {
    name: "complex-and-raised",
    about: "functions of high cyclomatic complexity that raised",
    needs: ["code"],
    parameters: [{ name: "cyclomatic", about: "only functions with more than this", default: 10 }],
    sql: (context) => sql`
      WITH called AS (
        ${calledFunctions(context)}
      )
      SELECT f.module, f."function", f.arity, m.value::INTEGER AS cyclomatic, called.raised, called.calls,
        (SELECT max(x.exit_event) FROM raw.calls x WHERE x."function" = f.id AND x.outcome = ${RAISED}
          AND x.t_enter BETWEEN ${context.from} AND ${context.to}) AS last_event, c.file, c.line
      FROM called JOIN base.functions f ON f.id = called.id
        JOIN code.functions c ON ${SAME_FUNCTION}
        JOIN code.metrics m ON m.module = c.module AND m."function" = c."function" AND m.arity = c.arity
          AND m.name = 'cyclomatic'
      WHERE called.raised > 0 AND m.value > ${parameter(context, "cyclomatic")}
      ORDER BY called.raised DESC, cyclomatic DESC, 1, 2`,
    caveats: [],
  },
  {
    name: "hot-and-complex",
    about: "functions that took the most time of their own, with how complex they are",
    needs: ["code"],
    parameters: [{ name: "cyclomatic", about: "only functions with at least this", default: 1 }],
    sql: (context) => sql`
      WITH called AS (
        ${calledFunctions(context)}
      )
      SELECT f.module, f."function", f.arity, round(called.self_ns / 1e6, 3) AS self_ms, called.calls,
        called.raised, max(m.value) FILTER (m.name = 'cyclomatic')::INTEGER AS cyclomatic,
        max(m.value) FILTER (m.name = 'cognitive')::INTEGER AS cognitive, called.event AS first_event, c.file, c.line
      FROM called JOIN base.functions f ON f.id = called.id
        JOIN code.functions c ON ${SAME_FUNCTION}
        JOIN code.metrics m ON m.module = c.module AND m."function" = c."function" AND m.arity = c.arity
      GROUP BY ALL HAVING cyclomatic >= ${parameter(context, "cyclomatic")}
      ORDER BY self_ms DESC NULLS LAST, 1, 2`,
    caveats: ["time of calls that had not ended is not in it"],
  },
  {
    name: "functions-never-called",
    about: "functions of the project that would have been recorded and were not called",
    needs: ["code", "watched"],
    parameters: [],
    sql: (context) => sql`
      WITH called AS (
        ${calledFunctions(context)}
      ), watched AS (
        ${watchedFunctions(context)}
      )
      SELECT c.module, c."function", c.arity, c.kind,
        (SELECT count(*) FROM code.call_edges e WHERE e.callee_module = c.module
          AND e.callee_function = c."function" AND e.callee_arity BETWEEN c.min_arity AND c.arity) AS callers_in_code,
        c.file, c.line
      FROM code.functions c
      WHERE c.file IN ${COMPILED} AND c.kind IN ('def', 'defp')
        AND EXISTS (FROM watched f WHERE ${SAME_FUNCTION})
        AND NOT EXISTS (FROM called JOIN base.functions f ON f.id = called.id WHERE ${SAME_FUNCTION})
      ORDER BY 1, 2, 3`,
    caveats: [STATIC_CALLS, "a function that the compiler put inline is never seen to be called"],
  },
  {
    name: "only-called-from-tests",
    about: "public functions that ran and whose every caller was a test",
    needs: ["code"],
    parameters: [],
    sql: (context) => sql`
      WITH test_modules AS (
        SELECT module FROM raw.tests
        UNION SELECT m.module FROM code.modules m JOIN code.files t ON t.path = m.file WHERE t.role = 'test'
      ), by_caller AS (
        SELECT c."function" AS id, p."function" AS caller, count(*) AS calls, min(c.call) AS event
        FROM raw.calls c LEFT JOIN raw.calls p ON p.call = c.parent_call
        WHERE c.t_enter BETWEEN ${context.from} AND ${context.to} GROUP BY ALL
      )
      SELECT f.module, f."function", f.arity, sum(b.calls)::BIGINT AS calls, min(b.event) AS first_event,
        (SELECT count(*) FROM code.call_edges e WHERE e.callee_module = c.module
          AND e.callee_function = c."function" AND e.callee_arity BETWEEN c.min_arity AND c.arity
          AND e.module NOT IN (FROM test_modules)) AS callers_in_code, c.file, c.line
      FROM by_caller b JOIN base.functions f ON f.id = b.id
        JOIN code.functions c ON ${SAME_FUNCTION}
        LEFT JOIN base.functions g ON g.id = b.caller
      WHERE c.kind = 'def' AND c.file IN ${COMPILED}
      GROUP BY ALL HAVING bool_and(coalesce(g.module IN (FROM test_modules), false))
      ORDER BY callers_in_code, 1, 2, 3`,
    caveats: [STATIC_CALLS, "a caller that was not recorded is taken for one that is no test"],
  },
  {
    name: "callees-never-reached",
    about: "calls in code that ran to functions that would have been recorded and never ran",
    needs: ["code", "watched"],
    parameters: [],
    sql: (context) => sql`
      WITH called AS (
        ${calledFunctions(context)}
      ), ran AS (
        SELECT f.module, f."function", f.arity, called.calls FROM called JOIN base.functions f ON f.id = called.id
      ), watched AS (
        ${watchedFunctions(context)}
      )
      SELECT e.module, e."function", e.arity, ran.calls, e.callee_module, e.callee_function, e.callee_arity,
        e.file, e.line
      FROM code.call_edges e
        JOIN ran ON ran.module = e.module AND ran."function" = e."function" AND ran.arity = e.arity
        JOIN watched w ON w.module = e.callee_module AND w."function" = e.callee_function
          AND w.arity = e.callee_arity
      WHERE e.kind = 'call' AND NOT EXISTS (FROM ran r WHERE r.module = e.callee_module
        AND r."function" = e.callee_function AND r.arity = e.callee_arity)
      ORDER BY ran.calls DESC, 1, 2, e.line`,
    caveats: ["a function that the compiler put inline is never seen to be called"],
  },
  {
    name: "findings-that-ran",
    about: "findings of the analysis in functions that ran, by how often they did",
    needs: ["code"],
    parameters: [],
    sql: (context) => sql`
      WITH called AS (
        ${calledFunctions(context)}
      )
      SELECT x.severity, x.rule, x.title, x.module, x."function", x.arity, called.calls, called.raised,
        called.event AS first_event, x.file, x.line
      FROM code.findings x
        JOIN base.functions f ON f.module = x.module AND f."function" = x."function" AND f.arity = x.arity
        JOIN called ON called.id = f.id
      WHERE x.severity <> 'info'
      ORDER BY called.raised DESC, called.calls DESC, 2, 4`,
    caveats: [],
  },
];
