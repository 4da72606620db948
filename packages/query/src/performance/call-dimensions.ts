// What a call can be told apart by: arguments (and the size of those that have one), process, node, caller,
// clause, outcome. Read for a sample of calls, since each call's arguments are decoded.

import { decode, type Term } from "@elixirscope/etf";
import { CALL_OUTCOMES } from "@elixirscope/trace";
import { hasCut } from "../cut.ts";
import { mfaText } from "../names.ts";
import { printTerm, styleOf, type TermStyle } from "../print.ts";
import { processRefs } from "../process-refs.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
  type Sql,
} from "../sql.ts";
import { SIZE_OF } from "./explain.ts";

/** Reading the arguments of scattered calls takes a tenth of a millisecond each. */
export const MOST_SAMPLED = 400;

export type SampledCall = {
  readonly call: number;
  readonly ns: number;
  readonly dimensions: ReadonlyMap<string, string | number>;
};

/**
 * Terms are read in the order of the payload log, whose blocks hold many: 6 times as fast as in that of the sample.
 * At most `MOST_SAMPLED` of the calls that `which` is true of, the same ones each time.
 */
export async function sampledCalls(source: Source, which: Sql): Promise<readonly SampledCall[]> {
  const rows = await select(
    source,
    sql`WITH sample AS (
        SELECT call, parent_call, pid, t_exit - t_enter AS ns, site, outcome, args FROM raw.calls
        WHERE ${which} ORDER BY hash(call) LIMIT ${MOST_SAMPLED}),
      read AS (SELECT call, payload(args) AS args FROM (SELECT call, args FROM sample ORDER BY args))
      SELECT c.call::DOUBLE, c.ns::DOUBLE, c.pid, p.node, f.module, f."function", f.arity, s.clause, c.outcome, r.args
      FROM sample c JOIN read r ON r.call = c.call
        LEFT JOIN base.pids p ON p.id = c.pid
        LEFT JOIN (SELECT call, "function" FROM raw.calls WHERE call IN (SELECT parent_call FROM sample)) u
          ON u.call = c.parent_call
        LEFT JOIN base.functions f ON f.id = u."function"
        LEFT JOIN raw.sites s ON s.site = c.site`,
  );
  const style = styleOf(source.manifest);
  const refs = await processRefs(
    source,
    rows.map((row) => asNumberOrNull(row[2]) ?? 0),
  );
  return rows.map((row) => {
    const process = refs.get(asNumberOrNull(row[2]) ?? 0);
    const [module, name, arity] = [
      asTextOrNull(row[4]),
      asTextOrNull(row[5]),
      asNumberOrNull(row[6]),
    ];
    const clause = asNumberOrNull(row[7]);
    const dimensions = new Map<string, string | number>([
      ...argumentDimensions(asBytesOrNull(row[9]), style),
      ["outcome", CALL_OUTCOMES[asNumber(row[8])] ?? "lost"],
    ]);
    if (process !== undefined) {
      dimensions.set("pid", process.pid);
      if (process.name !== null) dimensions.set("process", process.name);
    }
    const node = asTextOrNull(row[3]);
    if (node !== null) dimensions.set("node", node);
    if (module !== null && name !== null)
      dimensions.set("caller", mfaText(module, name, arity ?? 0));
    if (clause !== null) dimensions.set("clause", String(clause));
    return { call: asNumber(row[0]), ns: asNumber(row[1]), dimensions };
  });
}

function argumentDimensions(
  args: Uint8Array | null,
  style: TermStyle,
): readonly (readonly [string, string | number])[] {
  const list = args === null ? null : decode(args);
  if (list === null || !list.ok || list.value.kind !== "list") return [];
  return list.value.items.flatMap((term, i): readonly (readonly [string, string | number])[] => {
    // of a value that was cut it cannot be told whether two are the same
    if (hasCut(term)) return [];
    const name = `arg${i + 1}`;
    const size = sizeOf(term);
    const value =
      term.kind === "integer" || term.kind === "float"
        ? Number(term.value)
        : printTerm(term, "line", style);
    return size === null
      ? [[name, value]]
      : [
          [name, value],
          [`${SIZE_OF}${name}`, size],
        ];
  });
}

function sizeOf(term: Term): number | null {
  if (term.kind === "list") return term.items.length;
  if (term.kind === "map") return term.entries.length;
  return term.kind === "binary" ? term.bytes.length : null;
}
