import { describe, expect, it } from "vitest";
import { LIMITS } from "./param-shapes.ts";
import { METHODS, parseRequest } from "./request.ts";

function parse(message: unknown) {
  return parseRequest(JSON.stringify(message));
}

function changed(change: unknown): ReturnType<typeof parseRequest> {
  return parse({ id: 1, method: "changeSession", params: { change } });
}

describe("parseRequest", () => {
  it("returns a request whose parameters fit its method, without unknown ones", () => {
    const params = {
      t0: 0,
      t1: 10.7,
      buckets: 100,
      offset: 0,
      limit: 20,
      pids: ["<0.1.0>"],
      evil: 1,
    };
    expect(parse({ id: 7, method: "lanes", params })).toEqual({
      ok: true,
      value: {
        id: 7,
        method: "lanes",
        params: { t0: 0, t1: 10, buckets: 100, offset: 0, limit: 20, pids: ["<0.1.0>"] },
        slot: 'lanes [null,null,["<0.1.0>"],0]',
      },
    });
  });

  it("gives a request the slot it names, else one if it shows a stretch of time", () => {
    const params = { pid: "<0.1.0>", t: 1 };
    expect(parse({ id: 1, method: "state", params })).toMatchObject({ value: { slot: null } });
    expect(parse({ id: 1, method: "state", params, slot: "side" })).toMatchObject({
      value: { slot: "side" },
    });
    expect(parse({ id: 1, method: "state", params, slot: 5 })).toMatchObject({ ok: false });
    expect(parse({ id: 1, method: "gaps", params: { t0: 0, t1: 1 } })).toMatchObject({
      value: { slot: "gaps" },
    });
  });

  it("takes selectors as a list of texts", () => {
    const params = { selectors: ["Shop.Cart", ":lists.map/2"] };
    expect(parse({ id: 1, method: "instrument", params })).toMatchObject({ value: { params } });
  });

  it.each([
    ["a text", "Shop.Cart"],
    ["a number in them", [1]],
    ["one that is too long", ["x".repeat(LIMITS.textLength + 1)]],
    ["too many", Array.from({ length: LIMITS.selectors + 1 }, () => "A")],
  ])("refuses selectors that are %s", (_, selectors) => {
    const params = { selectors };
    expect(parse({ id: 1, method: "restore", params })).toMatchObject({ ok: false });
  });

  it("takes missing parameters for none", () => {
    expect(parse({ id: 1, method: "info" })).toMatchObject({ ok: true, value: { params: {} } });
  });

  it.each([
    ["not json", "{", null, "bad_message"],
    ["not an object", "[1]", null, "bad_message"],
    ["no id", JSON.stringify({ method: "info" }), null, "bad_message"],
    ["a negative id", JSON.stringify({ id: -1, method: "info" }), null, "bad_message"],
    ["a method of Object", JSON.stringify({ id: 1, method: "constructor" }), 1, "unknown_method"],
    [
      "too many buckets",
      JSON.stringify({
        id: 2,
        method: "overview",
        params: { t0: 0, t1: 1, buckets: LIMITS.buckets + 1 },
      }),
      2,
      "bad_params",
    ],
    [
      "a time that is no number",
      JSON.stringify({ id: 3, method: "gaps", params: { t0: "0", t1: 1 } }),
      3,
      "bad_params",
    ],
    [
      "an unknown event kind",
      JSON.stringify({ id: 4, method: "step", params: { t: 0, direction: "next", kinds: ["x"] } }),
      4,
      "bad_params",
    ],
    [
      "parameters that are a list",
      JSON.stringify({ id: 5, method: "state", params: [] }),
      5,
      "bad_params",
    ],
    [
      "a null optional",
      JSON.stringify({ id: 6, method: "processes", params: { filter: null, offset: 0, limit: 1 } }),
      6,
      "bad_params",
    ],
  ])("refuses %s, keeping the id where there is one", (_, json, id, code) => {
    expect(parseRequest(json)).toMatchObject({ ok: false, error: { id, error: { code } } });
  });

  it("names the field that is wrong", () => {
    const result = parse({
      id: 1,
      method: "lanes",
      params: { t0: 0, t1: 1, buckets: 1, offset: 0, limit: 1, pids: [1] },
    });
    expect(result).toMatchObject({
      ok: false,
      error: { error: { message: "params.pids[0] must be a string of at most 200 characters" } },
    });
  });

  it("takes changes of a session of every kind, and only whole ones", () => {
    for (const change of [
      { kind: "pause" },
      { kind: "resume" },
      { kind: "budgets", budgets: { eventsPerSecond: 1_000, durationMs: null } },
    ]) {
      expect(changed(change)).toMatchObject({ ok: true, value: { params: { change } } });
    }
    for (const change of [
      { kind: "stop" },
      { kind: "budgets" },
      { kind: "budgets", budgets: { eventsPerSecond: null } },
      { kind: "budgets", budgets: { recordingBytes: 0.5 } },
    ]) {
      expect(changed(change)).toMatchObject({
        ok: false,
        error: { error: { code: "bad_params" } },
      });
    }
  });

  it("knows every method once", () => {
    expect(new Set(METHODS).size).toBe(METHODS.length);
    for (const method of METHODS) {
      const result = parse({ id: 1, method, params: "no object" });
      expect(result).toMatchObject({ ok: false, error: { error: { code: "bad_params" } } });
    }
  });
});
