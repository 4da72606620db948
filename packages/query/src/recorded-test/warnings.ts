// Why a test of a recorded call may fail although nothing is wrong with the code: what it got from elsewhere
// than its arguments.

import { mfaText, moduleText } from "../names.ts";
import { asNumber, asNumberOrNull, asText, select, sql, type Source } from "../sql.ts";
import { isCallback } from "./callbacks.ts";
import type { CallFacts, Conversation } from "./call-facts.ts";

/** Modules whose answers are not the same each time; of `:erlang` and `Process` only some functions. */
const IMPURE_MODULES = (
  "System File IO Application Registry Port Node ets persistent_term counters atomics rand os file " +
  "Ecto.Repo"
).split(" ");
const IMPURE_FUNCTIONS = (
  "unique_integer monotonic_time system_time timestamp now localtime universaltime make_ref self node " +
  "utc_now utc_today get_env fetch_env fetch_env! random shuffle take_random"
).split(" ");
const IMPURE_HOMES = "erlang Kernel DateTime NaiveDateTime Date Time Process Enum calendar".split(
  " ",
);
const MAX_NAMED = 4;

export async function warningsOf(
  source: Source,
  facts: CallFacts,
  talk: Conversation,
): Promise<readonly string[]> {
  return [
    ...publicityWarning(facts),
    ...talkWarning(source, talk),
    ...(await impureWarning(source, facts)),
  ];
}

function publicityWarning(facts: CallFacts): readonly string[] {
  const { publicity, mfa } = facts;
  // a behaviour calls its callbacks from outside
  if (publicity !== "unknown" || isCallback(facts)) return [];
  return [
    `Whether ${mfa} is public is not known: \`elixirscope analyze DIR --out RECORDING\` would tell.`,
  ];
}

function talkWarning(
  { manifest: { plan } }: Source,
  { sent, received, spawned, partners }: Conversation,
): readonly string[] {
  if (!plan.messages)
    return ["Messages were not recorded: whether it asks other processes is not known."];
  if (sent + received + spawned === 0) return [];
  const names = partners.map((name) => (name.startsWith("<") ? name : moduleText(name)));
  const whom = names.length === 0 ? "" : `, of ${names.join(", ")}`;
  const did = [
    ...(sent > 0 ? [`sent ${messages(sent)}`] : []),
    ...(received > 0 ? [`received ${messages(received)}`] : []),
    ...(spawned > 0 ? [`started ${spawned} ${spawned === 1 ? "process" : "processes"}`] : []),
  ].join(", ");
  return [`It ${did}: its result may depend on other processes${whom}.`];
}

function messages(count: number): string {
  return `${count} ${count === 1 ? "message" : "messages"}`;
}

/** Calls in the code of what ran below it whose results are others each time; nothing without analysed code. */
async function impureWarning(source: Source, facts: CallFacts): Promise<readonly string[]> {
  const { process, entered } = facts;
  const left = facts.left ?? entered;
  const rows = await select(
    source,
    sql`SELECT e.callee_module, e.callee_function, e.callee_arity, min(e.file), min(e.line)
      FROM code.call_edges e JOIN base.functions f
        ON f.module = e.module AND f."function" = e."function" AND f.arity = e.arity
      WHERE f.id IN (SELECT DISTINCT "function" FROM raw.calls WHERE t_enter BETWEEN ${entered} AND ${left}
          AND pid = ${process} AND t_exit <= ${left})
        AND (e.callee_module IN ${IMPURE_MODULES}
          OR (e.callee_module IN ${IMPURE_HOMES} AND e.callee_function IN ${IMPURE_FUNCTIONS}))
      GROUP BY ALL ORDER BY 1, 2 LIMIT ${MAX_NAMED}`,
  );
  if (rows.length === 0) return [];
  const named = rows.map((row) => {
    const name = mfaText(asText(row[0]), asText(row[1]), asNumber(row[2] ?? 0));
    return `${name} (${asText(row[3])}:${asNumberOrNull(row[4]) ?? "?"})`;
  });
  return [`Its code calls what answers differently each time: ${named.join(", ")}.`];
}
