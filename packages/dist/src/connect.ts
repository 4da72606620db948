// From a node's name to a live connection: port mapper, socket, handshake, and a name for our side
// that the node does not know yet.

import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { messageOf } from "@elixirscope/base";
import { Connection } from "./connection.ts";
import { Cookie } from "./cookie.ts";
import { DistError } from "./dist-error.ts";
import { lookUp } from "./epmd.ts";
import { localNames, noNameLeft, type LocalName } from "./local-names.ts";
import { parseNodeName, type NodeName } from "./node-name.ts";
import { shakeHands } from "./shake-hands.ts";
import { openTcp, openTls, type Address, type TlsOptions } from "./socket-transport.ts";
import type { Transport } from "./transport.ts";

export interface ConnectOptions {
  /** `shop@127.0.0.1` or `shop@host`, as the node calls itself. */
  readonly target: string;
  readonly cookie: Cookie | string;
  /** What stands before the `@` in our own name; default one of elixirscope1 to elixirscope8. */
  readonly name?: string | undefined;
  /** For nodes started with `-proto_dist inet_tls`. */
  readonly tls?: TlsOptions | undefined;
  /** For all of connecting; default 7 s, as `net_setuptime`. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The port on which the node listens, for nodes that use no EPMD. */
  readonly port?: number | undefined;
  /** Default `ERL_EPMD_PORT`, else 4369. */
  readonly epmdPort?: number | undefined;
  /** Silence after which the node counts as gone; default 60 s. */
  readonly netTickMs?: number | undefined;
  /** Default 256 MiB. */
  readonly maxFrameBytes?: number | undefined;
  /** Other nodes of the cluster never hear of us; there is no other kind. */
  readonly hidden?: true;
}

const DEFAULT_TIMEOUT_MS = 7_000;
const DEFAULT_NET_TICK_MS = 60_000;
const MAX_RACES = 3;
const RACE_DELAY_MS = 50;
const DEFAULT_MAX_FRAME_BYTES = 268_435_456;

export async function connect(options: ConnectOptions): Promise<Connection> {
  const target = parseNodeName(options.target);
  if (!target.ok) throw target.error;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal =
    options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    return await establish(target.value, options, signal);
  } catch (error) {
    if (error instanceof DistError) throw error;
    if (options.signal?.aborted === true) {
      const text = `connecting to ${target.value.full} was aborted`;
      throw new DistError("aborted", text, { cause: error });
    }
    if (timeout.aborted) {
      const text = `${target.value.full} did not answer within ${String(timeoutMs)} ms; it hangs, a firewall drops the packets, or it expects TLS`;
      throw new DistError("timeout", text, { cause: error });
    }
    throw error;
  }
}

async function establish(
  target: NodeName,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  const { epmdPort, port } = options;
  const address =
    port === undefined ? await lookUp(target, { epmdPort, signal }) : { host: target.host, port };
  const races: DistError[] = [];
  for (const name of localNames(target, options.name)) {
    let connection: Connection | null = null;
    try {
      connection = await tryName(name, target, address, options, signal);
    } catch (error) {
      if (!mayBeRace(error, races, target, name)) throw error;
      races.push(error);
      // The others move to the next name too: not all at once.
      await setTimeout(Math.random() * RACE_DELAY_MS, undefined, { signal });
    } finally {
      if (connection === null) name.release();
    }
    if (connection === null) continue;
    void connection.closed.finally(() => name.release());
    return connection;
  }
  throw races.at(-1) ?? noNameLeft(target, options.name);
}

/**
 * When two processes knock under one name at once, a node hangs up on one of them without a word: on
 * the later one, or, when its own name sorts first, on the earlier one even after our proof.
 */
function mayBeRace(
  error: unknown,
  earlier: readonly DistError[],
  target: NodeName,
  name: LocalName,
): error is DistError {
  if (!(error instanceof DistError) || earlier.length === MAX_RACES) return false;
  if (error.code === "closed") return true;
  const seen = earlier.some(({ code }) => code === "cookie_rejected");
  return error.code === "cookie_rejected" && !seen && target.full < name.full;
}

/** Null when the node knows that name already. */
async function tryName(
  name: LocalName,
  target: NodeName,
  address: Address,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection | null> {
  const transport = await open(target, address, options.tls, signal);
  const { cookie } = options;
  const handshake = {
    target,
    localNode: name.full,
    creation: randomCreation(),
    challenge: randomBytes(4).readUInt32BE(),
    cookie: typeof cookie === "string" ? new Cookie(cookie) : cookie,
  };
  const lengthBytes = options.tls === undefined ? 2 : 4;
  const outcome = await shakeHands(transport, handshake, lengthBytes, signal);
  if (outcome.kind === "taken") return null;
  return new Connection(transport, outcome.splitter, outcome.peer, {
    netTickMs: options.netTickMs ?? DEFAULT_NET_TICK_MS,
    maxFrameBytes: options.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES,
  });
}

async function open(
  target: NodeName,
  address: Address,
  tls: TlsOptions | undefined,
  signal: AbortSignal,
): Promise<Transport> {
  try {
    return tls === undefined ? await openTcp(address, signal) : await openTls(address, tls, signal);
  } catch (error) {
    if (signal.aborted || error instanceof DistError) throw error;
    throw new DistError(
      "connection_refused",
      `${target.full} does not take connections on port ${String(address.port)} (${messageOf(error)}); it may just have ended, or a firewall is between`,
      { cause: error },
    );
  }
}

/** Tells this life of our node from every other; 0 to 3 are reserved for nodes before OTP 23. */
function randomCreation(): number {
  return (randomBytes(4).readUInt32BE() | 4) >>> 0;
}
