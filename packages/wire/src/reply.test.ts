import { describe, expect, it } from "vitest";
import { pageUrl, socketUrl } from "./endpoint.ts";
import { packReply } from "./packed-reply.ts";
import { parseServerMessage, serializeJson, serializeServerMessage } from "./reply.ts";

describe("server messages", () => {
  it("come out as they went in", () => {
    const reply = { kind: "reply", id: 3, result: { rows: [[1, null, "x"]] } } as const;
    const text = serializeServerMessage(reply);
    expect(typeof text === "string" && parseServerMessage(text)).toEqual({
      ok: true,
      value: reply,
    });
    const error = {
      kind: "error",
      id: null,
      error: { code: "bad_message", message: "no" },
    } as const;
    const refusal = serializeServerMessage(error);
    expect(typeof refusal === "string" && parseServerMessage(refusal)).toEqual({
      ok: true,
      value: error,
    });
  });

  it("carry integers beyond 2^53 as digits and bytes as hexadecimal", () => {
    const rows = [[2n ** 60n, new Uint8Array([0, 131, 255]), [3n], { a: 4n }]];
    const sent = [["1152921504606846976", "0083ff", ["3"], { a: "4" }]];
    expect(JSON.parse(serializeJson({ rows }))).toEqual({ rows: sent });
    const result = packReply("query", { columns: [], rows, truncated: false });
    expect(JSON.parse(String(serializeServerMessage({ kind: "reply", id: 1, result })))).toEqual({
      kind: "reply",
      id: 1,
      result: { columns: [], rows: sent, truncated: false },
    });
  });

  it.each(["", "[]", "{}", `{"kind":"reply"}`, `{"kind":"error","id":1,"error":"x"}`])(
    "refuse %j with a reason",
    (json) => {
      expect(parseServerMessage(json)).toMatchObject({ ok: false, error: expect.any(String) });
    },
  );
});

it("puts the token into the page's fragment and the socket's query", () => {
  expect(pageUrl("http://127.0.0.1:80", "a+b")).toBe("http://127.0.0.1:80/#token=a%2Bb");
  expect(socketUrl("http://127.0.0.1:80", "a+b")).toBe("ws://127.0.0.1:80/api/socket?token=a%2Bb");
});
