import { assert } from "@elixirscope/base";
import { describe, expect, it } from "vitest";
import { Cookie } from "./cookie.ts";
import type { DistErrorCode } from "./dist-error.ts";
import { FLAG, OUR_FLAGS } from "./flags.ts";
import { Handshake, type Progress } from "./handshake.ts";
import { parseNodeName } from "./node-name.ts";

const COOKIE = new Cookie("secret");
const CHALLENGE = 4_000_000_000;
const OTP_29_FLAGS = 0x6d_07df_7fbdn;

function handshake(text = "shop@127.0.0.1"): Handshake {
  const target = parseNodeName(text);
  assert(target.ok, "a good name");
  const localNode = "elixirscope1@127.0.0.1";
  return new Handshake({
    target: target.value,
    localNode,
    creation: 77,
    challenge: CHALLENGE,
    cookie: COOKIE,
  });
}

function status(text: string): Uint8Array {
  return Buffer.from(`s${text}`);
}

function challenge(flags = OTP_29_FLAGS, name = "shop@127.0.0.1", tag = "N"): Uint8Array {
  const fixed = Buffer.alloc(19);
  fixed.write(tag);
  fixed.writeBigUInt64BE(flags, 1);
  fixed.writeUInt32BE(123_456, 9);
  fixed.writeUInt32BE(99, 13);
  fixed.writeUInt16BE(name.length, 17);
  return Buffer.concat([fixed, Buffer.from(name)]);
}

function ack(digest = COOKIE.digest(CHALLENGE)): Uint8Array {
  return Buffer.concat([Buffer.from("a"), digest]);
}

/** Feeds messages; the last answer counts. */
function run(messages: readonly Uint8Array[], target?: string): Progress | DistErrorCode {
  const machine = handshake(target);
  let last: Progress | DistErrorCode = { kind: "continue", reply: null };
  for (const message of messages) {
    const result = machine.receive(message);
    last = result.ok ? result.value : result.error.code;
  }
  return last;
}

describe("Handshake", () => {
  it("opens with our flags, creation and name, hidden", () => {
    const message = Buffer.from(handshake().start());
    expect(message.toString("latin1", 0, 1)).toBe("N");
    expect(message.readBigUInt64BE(1)).toBe(OUR_FLAGS);
    const published = 1n;
    expect(OUR_FLAGS & published).toBe(0n);
    expect(message.readUInt32BE(9)).toBe(77);
    expect(message.toString("utf8", 15)).toBe("elixirscope1@127.0.0.1");
  });

  it("proves the cookie and checks the node's proof", () => {
    const machine = handshake();
    expect(machine.receive(status("ok"))).toEqual({
      ok: true,
      value: { kind: "continue", reply: null },
    });
    const proof = Buffer.concat([
      Buffer.from("r"),
      Buffer.from([0xee, 0x6b, 0x28, 0]),
      COOKIE.digest(123_456),
    ]);
    expect(machine.receive(challenge())).toMatchObject({
      ok: true,
      value: { kind: "continue", reply: new Uint8Array(proof) },
    });
    expect(machine.receive(ack())).toMatchObject({
      ok: true,
      value: {
        kind: "up",
        peer: { node: "shop@127.0.0.1", creation: 99, flags: OTP_29_FLAGS, localCreation: 77 },
      },
    });
  });

  it("goes on after ok_simultaneous, and under a name that the node gives", () => {
    expect(run([status("ok_simultaneous"), challenge(), ack()])).toMatchObject({ kind: "up" });
    const name = "given@127.0.0.1";
    const named = Buffer.concat([
      status("named:"),
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([0, 0, 0, 5]),
    ]);
    expect(run([named, challenge(), ack()])).toMatchObject({
      kind: "up",
      peer: { localNode: name, localCreation: 5 },
    });
  });

  it("asks for another name on nok and alive, leaving the living connection alone", () => {
    expect(run([status("nok")])).toEqual({ kind: "taken", reply: null });
    expect(run([status("alive")])).toEqual({
      kind: "taken",
      reply: new Uint8Array(Buffer.from("sfalse")),
    });
  });

  it("names what was refused", () => {
    expect(run([status("not_allowed")])).toBe("not_allowed");
    expect(run([status("ok"), challenge(), ack(COOKIE.digest(1))])).toBe("cookie_rejected");
    expect(run([status("ok"), challenge(OTP_29_FLAGS, "shop@box")])).toBe("name_type_mismatch");
    expect(run([status("ok"), challenge(OTP_29_FLAGS, "store@127.0.0.1")])).toBe("node_unknown");
  });

  it("names each flag that the node lacks", () => {
    const machine = handshake();
    machine.receive(status("ok"));
    const result = machine.receive(challenge(OTP_29_FLAGS & ~FLAG.SPAWN & ~FLAG.ALIAS));
    assert(!result.ok, "refused");
    expect(result.error.code).toBe("flags_refused");
    expect(result.error.message).toContain("DFLAG_SPAWN, DFLAG_ALIAS");
  });

  it("recognises nodes before OTP 25", () => {
    expect(run([status("ok"), challenge(OTP_29_FLAGS & ~FLAG.MANDATORY_25_DIGEST)])).toBe(
      "otp_too_old",
    );
    expect(run([status("ok"), challenge(OTP_29_FLAGS, "shop@127.0.0.1", "n")])).toBe("otp_too_old");
  });

  it("takes a close after our proof for a wrong cookie", () => {
    const machine = handshake();
    expect(machine.closed().code).toBe("closed");
    machine.receive(status("ok"));
    machine.receive(challenge());
    expect(machine.closed().code).toBe("cookie_rejected");
    expect(machine.closed().message).not.toContain("secret");
  });

  it("refuses messages that are cut short or of another protocol", () => {
    expect(run([Buffer.from("HTTP/1.1 400")])).toBe("bad_frame");
    expect(run([status("what")])).toBe("bad_frame");
    expect(run([status("named:")])).toBe("bad_frame");
    expect(run([new Uint8Array(0)])).toBe("bad_frame");
    expect(run([status("ok"), challenge().subarray(0, 18)])).toBe("bad_frame");
    expect(run([status("ok"), challenge().subarray(0, 25)])).toBe("bad_frame");
    expect(run([status("ok"), challenge(), ack().subarray(0, 9)])).toBe("bad_frame");
  });
});
