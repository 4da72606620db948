import { atom, binary, encode, integer, list, tuple, type Term } from "@elixirscope/etf";
import { assert as check, integer as anyInteger, nat, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFrame, encodeFrame, OP, type ControlTuple } from "./control.ts";
import { Identifiers } from "./identifiers.ts";

const ours = new Identifiers("elixirscope1@127.0.0.1", 77);
const theirs = new Identifiers("shop@127.0.0.1", 5);
const [to, from, reference] = [ours.pid(), theirs.pid(), theirs.reference()];
const hello = binary("hello");
const token = tuple(integer(1));

/** The frame without its length. */
function frame(control: ControlTuple, message?: Term): Uint8Array {
  return Uint8Array.from(Buffer.concat(encodeFrame(control, message)).subarray(4));
}

function wrong(bytes: Uint8Array): string {
  const result = decodeFrame(bytes);
  return result.ok ? "" : result.error;
}

describe("encodeFrame", () => {
  it("prefixes the length of control and message together", () => {
    const bytes = Buffer.concat(encodeFrame([OP.SEND_SENDER, to, from], hello));
    expect(bytes.readUInt32BE(0)).toBe(bytes.length - 4);
    expect([bytes[4], bytes[5]]).toEqual([112, 131]);
    expect(bytes.subarray(-10)).toEqual(Buffer.from([109, 0, 0, 0, 5, ...Buffer.from("hello")]));
  });
});

describe("decodeFrame", () => {
  it("reads every form of send as one", () => {
    const direct = { kind: "send", to, from, message: hello };
    expect(decodeFrame(frame([OP.SEND, atom(""), to], hello))).toEqual({
      ok: true,
      value: { ...direct, from: null },
    });
    for (const control of [
      [OP.SEND_SENDER, from, to],
      [OP.SEND_SENDER_TT, from, to, token],
    ] as const) {
      expect(decodeFrame(frame(control, hello))).toEqual({ ok: true, value: direct });
    }
    for (const control of [
      [OP.REG_SEND, from, atom(""), atom("rex")],
      [OP.REG_SEND_TT, from, atom(""), atom("rex"), token],
    ] as const) {
      expect(decodeFrame(frame(control, hello))).toEqual({
        ok: true,
        value: { ...direct, to: atom("rex") },
      });
    }
    expect(decodeFrame(frame([OP.ALIAS_SEND, from, reference], hello))).toEqual({
      ok: true,
      value: { ...direct, to: reference },
    });
  });

  it("reads exit signals with the reason inside or as payload", () => {
    const signal = { ok: true, value: { kind: "exit", from, to, reason: atom("boom") } };
    expect(decodeFrame(frame([OP.EXIT, from, to, atom("boom")]))).toEqual(signal);
    expect(decodeFrame(frame([OP.EXIT2_TT, from, to, token, atom("boom")]))).toEqual(signal);
    expect(decodeFrame(frame([OP.PAYLOAD_EXIT, from, to], atom("boom")))).toEqual(signal);
    expect(decodeFrame(frame([OP.PAYLOAD_EXIT2_TT, from, to, token], atom("boom")))).toEqual(
      signal,
    );
  });

  it("reads the end of a monitor with the reason inside or as payload", () => {
    const down = { ok: true, value: { kind: "down", reference, reason: atom("normal") } };
    expect(decodeFrame(frame([OP.MONITOR_P_EXIT, from, to, reference, atom("normal")]))).toEqual(
      down,
    );
    expect(
      decodeFrame(frame([OP.PAYLOAD_MONITOR_P_EXIT, atom("rex"), to, reference], atom("normal"))),
    ).toEqual(down);
  });

  it("says what is wrong with a frame", () => {
    expect(wrong(Uint8Array.of(68, 1))).toBe("a frame of type 68");
    expect(wrong(Uint8Array.of(112))).toBe("a term without its version byte");
    expect(wrong(Uint8Array.of(112, 131, 104))).toMatch(/^a bad term \(byte 3/u);
    expect(wrong(Uint8Array.of(112, ...encode(atom("x"))))).toBe(
      "a control message that is no tuple",
    );
    expect(wrong(frame([999, to]))).toContain("{999, ...}");
    expect(wrong(frame([OP.LINK, atom("a"), to]))).toContain("unknown shape");
    expect(wrong(frame([OP.SEND_SENDER, from, to]))).toContain("unknown shape");
    expect(wrong(Buffer.concat([frame([OP.SEND_SENDER, from, to], hello), Buffer.from([0])]))).toBe(
      "bytes after the message",
    );
  });

  it("survives any bytes, and any damage to real ones", () => {
    const real = frame([OP.PAYLOAD_EXIT2, from, to], list([hello, reference, integer(3)]));
    check(
      property(uint8Array({ maxLength: 80 }), (bytes) => {
        expect(typeof decodeFrame(Uint8Array.of(112, 131, ...bytes)).ok).toBe("boolean");
      }),
    );
    check(
      property(nat(real.length - 1), anyInteger({ min: 0, max: 255 }), (at, byte) => {
        const damaged = Uint8Array.from(real);
        damaged[at] = byte;
        expect(typeof decodeFrame(damaged).ok).toBe("boolean");
      }),
    );
  });
});
