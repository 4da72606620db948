import { expect, it } from "vitest";
import { errorPosition, errorText } from "./error-position.ts";

it("finds the place that the caret is below", () => {
  const sql = "select\n x, nope from calls where t = 1";
  const message = [
    'Binder Error: Referenced column "t" not found in FROM clause!',
    'Candidate bindings: "t_exit"',
    "",
    "LINE 2:  x, nope from calls where t = 1",
    "                                  ^",
  ].join("\n");
  expect(sql.slice(errorPosition(sql, message) ?? 0)).toBe("t = 1");
  expect(errorText(message)).toBe(message.split("\n").slice(0, 2).join("\n"));
});

it("finds it in a long line of which the message shows a part", () => {
  const sql = `select ${"a, ".repeat(60)}nope from calls`;
  const from = sql.indexOf("nope") - 20;
  const excerpt = `LINE 1: ...${sql.slice(from)}`;
  const message = `Binder Error: no nope\n\n${excerpt}\n${" ".repeat(excerpt.indexOf("nope"))}^`;
  expect(sql.slice(errorPosition(sql, message) ?? 0)).toBe("nope from calls");
});

it("says nothing where the message does not", () => {
  expect(errorPosition("select 1", "the query was cancelled")).toBeNull();
  expect(errorPosition("select 1", "LINE 9: x\n        ^")).toBeNull();
});
