// DuckDB's SQL for the editor: its words from the database itself, completion of what this recording has.

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { PostgreSQL, sql, SQLDialect, type SQLNamespace } from "@codemirror/lang-sql";
import type { Extension } from "@codemirror/state";
import type { Schema } from "@elixirscope/wire";

const SHAPE = { doubleDollarQuotedStrings: true, operatorChars: "+-*/<>=~!@#%^&|`?" } as const;

export function plainSql(): Extension {
  return sql({ dialect: PostgreSQL });
}

export function sqlOf({ tables, functions, keywords }: Schema): Extension {
  const dialect = SQLDialect.define({
    ...SHAPE,
    keywords: keywords.join(" "),
    types: "bigint ubigint integer uinteger double varchar boolean blob utinyint timestamp",
    caseInsensitiveIdentifiers: true,
  });
  const names = functions.map(({ name, about }): Completion => ({
    label: name,
    type: "function",
    apply: `${name}(`,
    ...(about === null ? {} : { detail: about, boost: 20 }),
  }));
  return [
    sql({ dialect, schema: namespace(tables), upperCaseKeywords: false }),
    dialect.language.data.of({
      autocomplete: (context: CompletionContext) => functionNames(context, names),
    }),
    dialect.language.data.of({
      autocomplete: (context: CompletionContext) => columnNames(context, tables),
    }),
  ];
}

function namespace(tables: Schema["tables"]): SQLNamespace {
  const root: Record<string, SQLNamespace> = {};
  const spaces = new Map<string, Record<string, SQLNamespace>>();
  for (const { name, columns, rows } of tables) {
    const [first = name, rest] = name.split(".");
    const table = {
      self: {
        label: rest ?? name,
        type: "type",
        detail: rows === null ? "table" : `${rows.toLocaleString("en")} rows`,
      },
      children: columns.map(columnCompletion),
    };
    if (rest === undefined) root[name] = table;
    else {
      const space = spaces.get(first) ?? {};
      space[rest] = table;
      spaces.set(first, space);
    }
  }
  for (const [name, space] of spaces) root[name] = space;
  return root;
}

function columnCompletion({ name, type }: Schema["tables"][number]["columns"][number]): Completion {
  return { label: name, type: "property", detail: type.toLowerCase() };
}

function functionNames(
  context: CompletionContext,
  options: readonly Completion[],
): CompletionResult | null {
  const word = context.matchBefore(/\w+/);
  if (word === null || isAfterDot(context, word.from)) return null;
  return { from: word.from, options, validFor: /^\w*$/ };
}

/** Of the tables that the query names: `select t, k|  from states` is about those of `states`. */
function columnNames(
  context: CompletionContext,
  tables: Schema["tables"],
): CompletionResult | null {
  const word = context.matchBefore(/\w+/);
  if (word === null || isAfterDot(context, word.from)) return null;
  const named = new Set(
    [...context.state.doc.toString().matchAll(/\b(?:from|join)\s+([\w.]+)/gi)].map((match) =>
      (match[1] ?? "").toLowerCase(),
    ),
  );
  const options = tables
    .filter(({ name }) => named.has(name))
    .flatMap(({ name, columns }) =>
      columns.map((column): Completion => ({
        ...columnCompletion(column),
        detail: `${column.type.toLowerCase()} of ${name}`,
        boost: 10,
      })),
    );
  return options.length === 0 ? null : { from: word.from, options, validFor: /^\w*$/ };
}

function isAfterDot(context: CompletionContext, from: number): boolean {
  return context.state.sliceDoc(from - 1, from) === ".";
}
