import { expect, it } from "vitest";
import { lineHits, type CodeSite } from "./line-hits.ts";

let last = 0;
function site(line: number, kind: string, nodeId: string | null = null): CodeSite {
  last += 1;
  return { site: last, function: 1, kind, file: "lib/cart.ex", line, nodeId };
}

it("counts a line by its most often reached place, the clauses of one construct together", () => {
  const head = site(4, "function_clause");
  const back = site(4, "return");
  const raised = site(4, "raise");
  const yes = site(5, "if_clause", "f:do.if");
  const no = site(5, "if_clause", "f:do.if");
  const match = site(5, "match", "f:do.x=");
  const never = site(6, "case_clause", "f:do.case.clause0");
  const onlyRaises = site(7, "raise");
  const counts = new Map([
    [head.site, 3],
    [back.site, 9],
    [raised.site, 1],
    [yes.site, 2],
    [no.site, 3],
    [match.site, 4],
    [onlyRaises.site, 2],
  ]);
  const sites = [head, back, raised, yes, no, match, never, onlyRaises];
  expect(lineHits(sites, counts)).toEqual([
    { line: 4, hits: 3, sites: [head.site] },
    { line: 5, hits: 5, sites: [yes.site, no.site] },
    { line: 6, hits: 0, sites: [never.site] },
    // that something raised there says nothing of when it went well
  ]);
});
