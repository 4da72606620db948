import { describe, expect, it } from "vitest";
import { elixirPid, selectionSql, stateSql } from "./copied-text.ts";

describe("what is copied", () => {
  it("is a pid that IEx reads", () => {
    expect(elixirPid("<0.123.0>")).toBe('pid("0.123.0")');
    expect(elixirPid("Shop.Cart")).toBe("Shop.Cart");
  });

  it("is SQL of the range, of the process, or of what came before the cursor", () => {
    const none = { selection: null, cursor: null, pid: null };
    expect(selectionSql(none)).toBe("SELECT *\nFROM events\nORDER BY t, id\nLIMIT 1000");
    expect(selectionSql({ ...none, pid: "<0.1.0>", selection: { t0: 5.2, t1: 9 } })).toBe(
      "SELECT *\nFROM events\nWHERE pid = '<0.1.0>' AND t BETWEEN 5 AND 9\nORDER BY t, id\nLIMIT 1000",
    );
    expect(selectionSql({ ...none, cursor: { t: 7, event: null } })).toContain(
      "WHERE t <= 7\nORDER BY t DESC, id DESC",
    );
  });

  it("cannot be broken out of by a name", () => {
    expect(stateSql("x' OR 1=1 --", 1)).toContain("pid = 'x'' OR 1=1 --'");
  });
});
