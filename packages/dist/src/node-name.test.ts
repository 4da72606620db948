import { describe, expect, it } from "vitest";
import { parseNodeName } from "./node-name.ts";

describe("parseNodeName", () => {
  it("tells short and long names by the dot in the host", () => {
    expect(parseNodeName("shop@127.0.0.1")).toEqual({
      ok: true,
      value: { full: "shop@127.0.0.1", name: "shop", host: "127.0.0.1", kind: "long" },
    });
    expect(parseNodeName("shop@box")).toMatchObject({ ok: true, value: { kind: "short" } });
  });

  it("refuses what no node is called, saying what to write", () => {
    for (const text of ["", "shop", "@host", "shop@", "a@b@c", "a b@c", `a@${"b".repeat(300)}`]) {
      expect(parseNodeName(text)).toMatchObject({
        ok: false,
        error: { code: "bad_name", message: expect.stringContaining("name@host") },
      });
    }
  });
});
