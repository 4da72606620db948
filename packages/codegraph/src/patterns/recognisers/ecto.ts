// Recognisers of Ecto below the module: queries, changesets, transactions of several steps.

import { isCall, type Node } from "@elixirscope/syntax";
import { callOf, type Call } from "../code/call.ts";
import type { FileCode } from "../code/file-code.ts";
import type { FileRule } from "../rule.ts";
import { listed } from "./places.ts";

const QUERY_PARTS = [
  "from",
  "where",
  "or_where",
  "join",
  "order_by",
  "group_by",
  "having",
  "select",
  "select_merge",
  "limit",
  "offset",
  "distinct",
  "preload",
  "windows",
  "with_cte",
  "union",
];

const ectoQuery: FileRule = {
  id: "ecto-query",
  category: "framework",
  severity: "info",
  title: "A query",
  about: "`from` and pipelines of where, join, select and the like of Ecto.Query",
  inTests: true,
  check: (code, report) => {
    const seen = new Set<Node>();
    for (const name of QUERY_PARTS) {
      for (const call of code.calls(name)) {
        if (!isQueryPart(call, code)) continue;
        const root = outermost(call.node, code);
        if (seen.has(root)) continue;
        seen.add(root);
        report(root, {
          explanation: `\`${code.text(root, 70)}\` makes a query of \`${sourceOf(root, code)}\`; nothing is read before a repository runs it.`,
          confidence: name === "from" ? 1 : 0.9,
        });
      }
    }
  },
};

function isQueryPart(call: Call, code: FileCode): boolean {
  if (!code.isIn(call, "Ecto.Query")) return false;
  if (call.name === "from") return isCall(call.args[0], "in", 2) || call.args.length > 0;
  return call.args.length >= 2;
}

/** The pipeline's last step that is still a query. */
function outermost(node: Node, code: FileCode): Node {
  let root = node;
  for (const ancestor of code.ancestors(node)) {
    const call = callOf(ancestor);
    if (
      call === null ||
      call.args[0] !== root ||
      !QUERY_PARTS.includes(call.name) ||
      !isQueryPart(call, code)
    )
      break;
    root = ancestor;
  }
  return root;
}

function sourceOf(root: Node, code: FileCode): string {
  let at = root;
  for (let call = callOf(at); call !== null && QUERY_PARTS.includes(call.name); call = callOf(at)) {
    const [first] = call.args;
    if (first === undefined) break;
    at = isCall(first, "in", 2) ? (first.args[1] ?? first) : first;
  }
  return code.text(at, 40);
}

const ectoChangeset: FileRule = {
  id: "ecto-changeset",
  category: "framework",
  severity: "info",
  title: "A changeset",
  about: "Functions that cast and validate changes, said once per function",
  inTests: true,
  check: (code, report) => {
    const seen = new Set<Node>();
    for (const name of ["cast", "change"]) {
      for (const call of code.calls(name)) {
        if (!code.isIn(call, "Ecto.Changeset") || call.args.length < (name === "cast" ? 3 : 1))
          continue;
        const clause = code.placeOf(call.node)?.clause;
        if (clause === undefined || clause === null || seen.has(clause.node)) continue;
        seen.add(clause.node);
        const checks = CHECKS.filter((check) =>
          code.calls(check).some(({ node }) => code.placeOf(node)?.clause === clause),
        );
        report(call.node, {
          explanation: `\`${code.text(call.node, 60)}\` takes the changes that are allowed${checks.length === 0 ? "; nothing is validated" : ` and checks them with ${listed(checks)}`}.`,
          confidence: 0.95,
        });
      }
    }
  },
};

const CHECKS =
  "validate_required validate_length validate_format validate_inclusion validate_exclusion validate_number validate_change validate_confirmation validate_acceptance validate_subset unique_constraint foreign_key_constraint check_constraint no_assoc_constraint assoc_constraint cast_assoc cast_embed".split(
    " ",
  );

const ectoMulti: FileRule = {
  id: "ecto-multi",
  category: "framework",
  severity: "info",
  title: "A transaction in steps",
  about: "Ecto.Multi",
  inTests: true,
  check: (code, report) => {
    for (const call of code.callsTo("Ecto.Multi", "new")) {
      const clause = code.placeOf(call.node)?.clause;
      const steps = STEPS.flatMap((name) => code.callsTo("Ecto.Multi", name))
        .filter(({ node }) => code.placeOf(node)?.clause === clause)
        .toSorted((one, other) => one.inner.start - other.inner.start)
        .flatMap(({ args: [, step] }) => (step === undefined ? [] : [code.text(step, 30)]));
      report(call.node, {
        explanation: `The steps ${listed(steps)} succeed together or not at all.`,
        confidence: 1,
      });
    }
  },
};

const STEPS =
  "insert insert_or_update insert_all update update_all delete delete_all run one all exists? put merge".split(
    " ",
  );

export const ECTO_RECOGNISERS: readonly FileRule[] = [ectoQuery, ectoChangeset, ectoMulti];
