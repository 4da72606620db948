// The connecting side of the distribution handshake, version 6 (OTP 23), as a pure state machine:
// messages in, messages and a verdict out. Framing, sockets and time are the caller's.
//
//   us  N flags creation name  ->        s status             them
//                              <-        N flags challenge creation name
//       r our-challenge digest ->        a digest

import { timingSafeEqual } from "node:crypto";
import { err, ok, type Result } from "@elixirscope/base";
import { ByteCursor } from "./byte-cursor.ts";
import type { Cookie } from "./cookie.ts";
import { DistError } from "./dist-error.ts";
import { isTooOld, missingFlags, OUR_FLAGS } from "./flags.ts";
import type { NodeName } from "./node-name.ts";

const TAG = { NAME: 0x4e, OLD_NAME: 0x6e, STATUS: 0x73, REPLY: 0x72, ACK: 0x61 } as const;

/** A handshake message is a name of at most 255 characters and a few numbers. */
export const MAX_HANDSHAKE_BYTES = 2_048;

export interface HandshakeOptions {
  readonly target: NodeName;
  readonly localNode: string;
  readonly creation: number;
  /** 32 random bits that the node must answer with the cookie. */
  readonly challenge: number;
  readonly cookie: Cookie;
}

export interface Peer {
  readonly node: string;
  readonly creation: number;
  readonly flags: bigint;
  /** Our name and creation: as offered, unless the node gave us others. */
  readonly localNode: string;
  readonly localCreation: number;
}

export type Progress =
  | { readonly kind: "continue"; readonly reply: Uint8Array | null }
  /** Our name is connected, or being connected, to the node: try another one. */
  | { readonly kind: "taken"; readonly reply: Uint8Array | null }
  | { readonly kind: "up"; readonly peer: Peer };

const utf8 = new TextEncoder();

export class Handshake {
  readonly #options: HandshakeOptions;
  #state: "status" | "challenge" | "ack" = "status";
  #localNode: string;
  #localCreation: number;
  #peer: Peer | null = null;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#localNode = options.localNode;
    this.#localCreation = options.creation;
  }

  start(): Uint8Array {
    const name = utf8.encode(this.#options.localNode);
    const message = new Uint8Array(15 + name.length);
    const fields = new DataView(message.buffer);
    message[0] = TAG.NAME;
    fields.setBigUint64(1, OUR_FLAGS);
    fields.setUint32(9, this.#options.creation);
    fields.setUint16(13, name.length);
    message.set(name, 15);
    return message;
  }

  receive(message: Uint8Array): Result<Progress, DistError> {
    if (this.#state === "status") return this.#status(message);
    return this.#state === "challenge" ? this.#challenge(message) : this.#ack(message);
  }

  /** What it means that the node ended the connection now. */
  closed(): DistError {
    const { target } = this.#options;
    if (this.#state === "ack") return this.#cookieRejected("closed the connection after our proof");
    return new DistError(
      "closed",
      `${target.full} closed the connection during the handshake; see the node's log, and if it runs \`-proto_dist inet_tls\` connect with TLS`,
    );
  }

  #status(message: Uint8Array): Result<Progress, DistError> {
    if (message[0] !== TAG.STATUS) return err(this.#garbage("a status"));
    const status = new TextDecoder("latin1").decode(message.subarray(1, 21));
    this.#state = "challenge";
    if (status === "ok" || status === "ok_simultaneous")
      return ok({ kind: "continue", reply: null });
    if (status === "nok") return ok({ kind: "taken", reply: null });
    // "false": leave the existing connection as it is
    if (status === "alive") return ok({ kind: "taken", reply: utf8.encode("sfalse") });
    if (status === "not_allowed") return err(this.#notAllowed());
    if (status.startsWith("named:")) return this.#named(message);
    return err(this.#garbage("a known status"));
  }

  #named(message: Uint8Array): Result<Progress, DistError> {
    const fields = new ByteCursor(message, 1 + "named:".length);
    const name = fields.text();
    const creation = fields.u32();
    if (name === null || creation === null) return err(this.#garbage("a name for us"));
    this.#localNode = name;
    this.#localCreation = creation;
    return ok({ kind: "continue", reply: null });
  }

  #challenge(message: Uint8Array): Result<Progress, DistError> {
    const { cookie, target } = this.#options;
    // The handshake before OTP 23.
    if (message[0] === TAG.OLD_NAME) return err(this.#tooOld());
    if (message[0] !== TAG.NAME) return err(this.#garbage("a challenge"));
    const fields = new ByteCursor(message, 1);
    const flags = fields.u64();
    const challenge = fields.u32();
    const creation = fields.u32();
    const node = fields.text();
    if (flags === null || challenge === null || creation === null || node === null) {
      return err(this.#garbage("a whole challenge"));
    }
    if (node !== target.full) return err(this.#otherNode(node));
    if (isTooOld(flags)) return err(this.#tooOld());
    const missing = missingFlags(flags);
    if (missing.length > 0) {
      const text = `${target.full} lacks what this connection needs: DFLAG_${missing.join(", DFLAG_")}; update the node's Erlang/OTP`;
      return err(new DistError("flags_refused", text));
    }
    const { challenge: ours } = this.#options;
    const reply = new Uint8Array(21);
    reply[0] = TAG.REPLY;
    new DataView(reply.buffer).setUint32(1, ours);
    reply.set(cookie.digest(challenge), 5);
    this.#state = "ack";
    const localNode = this.#localNode;
    this.#peer = { node, creation, flags, localNode, localCreation: this.#localCreation };
    return ok({ kind: "continue", reply });
  }

  #ack(message: Uint8Array): Result<Progress, DistError> {
    const digest = new ByteCursor(message, 1).bytes(16);
    if (message[0] !== TAG.ACK || digest === null || this.#peer === null) {
      return err(this.#garbage("an acknowledgement"));
    }
    if (!timingSafeEqual(digest, this.#options.cookie.digest(this.#options.challenge))) {
      return err(this.#cookieRejected("did not prove that it has the cookie"));
    }
    return ok({ kind: "up", peer: this.#peer });
  }

  #garbage(expected: string): DistError {
    const text = `what listens as ${this.#options.target.full} does not speak Erlang distribution: expected ${expected}`;
    return new DistError("bad_frame", text);
  }

  #cookieRejected(fact: string): DistError {
    const { cookie, target } = this.#options;
    return new DistError(
      "cookie_rejected",
      `${target.full} ${fact}: the cookie (${cookie.origin}) is not the node's; \`Node.get_cookie()\` on the node shows the right one`,
    );
  }

  #notAllowed(): DistError {
    const { target, localNode } = this.#options;
    return new DistError(
      "not_allowed",
      `${target.full} does not let ${localNode} in; allow that name there (\`net_kernel:allow/1\`), or connect with an allowed --name`,
    );
  }

  #tooOld(): DistError {
    const text = `${this.#options.target.full} runs an Erlang/OTP before 25 (DFLAG_MANDATORY_25_DIGEST is missing); OTP 25 is the oldest supported`;
    return new DistError("otp_too_old", text);
  }

  #otherNode(node: string): DistError {
    const { target } = this.#options;
    const host = node.slice(node.indexOf("@") + 1);
    const kind = host.includes(".") ? "long" : "short";
    if (kind !== target.kind) {
      const text = `${target.full} is a ${target.kind} name, but the node uses ${kind} names: connect to ${node}`;
      return new DistError("name_type_mismatch", text);
    }
    const text = `the node that listens as ${target.full} calls itself ${node}: connect to that name`;
    return new DistError("node_unknown", text);
  }
}
