// The public tables that show analysed code, alone or joined to what a recording knows at run time.
import { type CodeTable, PUBLIC_TABLES } from "@elixirscope/trace";

type JoinedTable = "functions" | "modules" | "sources" | "metrics" | "files";
type PlainTable = Exclude<CodeTable, JoinedTable>;

/** Functions by the arities that their default arguments give them too, where a recording has seen those. */
const OTHER_ARITIES = `SELECT s.* REPLACE (r.arity AS arity), s.arity AS real_arity FROM code.functions s
      JOIN base.functions r ON r.module = s.module AND r."function" = s."function"
        AND r.arity >= s.min_arity AND r.arity < s.arity`;

const JOINED: Readonly<Record<JoinedTable, string>> = {
  functions: `SELECT coalesce(r.module, s.module) AS module, coalesce(r."function", s."function") AS "function",
      coalesce(r.arity, s.arity::UTINYINT) AS arity, coalesce(s.kind, r.kind) AS kind, r.returns,
      s.min_arity::UTINYINT AS min_arity, s.file, s.line, s."column", s.end_line, s.node_id, s.clauses,
      s.callback_of, s.is_impl, s.specs, s.doc
    FROM base.functions r FULL JOIN (SELECT *, arity AS real_arity FROM code.functions UNION ALL ${OTHER_ARITIES}) s
      ON r.module = s.module AND r."function" = s."function" AND r.arity = s.arity`,
  modules: `SELECT coalesce(r.module, s.module) AS module, r.t, r.md5, coalesce(r.application, f.application) AS application,
      r.source, r.event, s.kind, s.file, s.line, s."column", s.end_line, s.node_id, s.parent, s.behaviours, s.uses,
      s.struct_fields, s.doc
    FROM base.modules r FULL JOIN code.modules s ON r.module = s.module LEFT JOIN code.files f ON f.path = s.file`,
  sources: `SELECT path, sha256, bytes, text FROM raw.sources
    UNION ALL SELECT path, sha256, bytes::UBIGINT, text FROM code.files c
    WHERE NOT EXISTS (FROM raw.sources s WHERE s.path = c.path AND s.sha256 = c.sha256)`,
  metrics: `SELECT m.t, s.text AS source, n.text AS name, m.value, NULL::VARCHAR AS module,
      NULL::VARCHAR AS "function", NULL::UTINYINT AS arity
    FROM raw.metrics m LEFT JOIN base.names s ON s.id = m.source LEFT JOIN base.names n ON n.id = m.name
    UNION ALL SELECT NULL::BIGINT, 'code', name, value, module, "function", arity::UTINYINT FROM code.metrics
    UNION ALL SELECT NULL::BIGINT, 'code', m.name, m.value, m.module, m."function", s.arity::UTINYINT
      FROM code.metrics m JOIN (${OTHER_ARITIES}) s
      ON s.module = m.module AND s."function" = m."function" AND s.real_arity = m.arity`,
  files: `SELECT path, application, role, sha256, bytes, lines FROM code.files`,
};

export const CODE_VIEWS: Readonly<Record<JoinedTable | PlainTable, string>> = {
  ast_nodes: plain("ast_nodes"),
  cfg_nodes: plain("cfg_nodes"),
  cfg_edges: plain("cfg_edges"),
  dfg_nodes: plain("dfg_nodes"),
  dfg_edges: plain("dfg_edges"),
  dfg_uses: plain("dfg_uses"),
  call_edges: plain("call_edges"),
  message_edges: plain("message_edges"),
  spawn_edges: plain("spawn_edges"),
  supervision_edges: plain("supervision_edges"),
  findings: plain("findings"),
  diagnostics: plain("diagnostics"),
  ...JOINED,
};

function plain(table: PlainTable): string {
  const columns = Object.entries(PUBLIC_TABLES[table]).map(
    ([name, type]) => `"${name}"::${type} AS "${name}"`,
  );
  return `SELECT ${columns.join(", ")} FROM code.${table}`;
}
