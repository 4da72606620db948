// The Erlang port mapper: a small service per host that knows on which port each node listens.

import { messageOf } from "@elixirscope/base";
import { ByteCursor } from "./byte-cursor.ts";
import { DistError } from "./dist-error.ts";
import type { NodeName } from "./node-name.ts";
import { openTcp, type Address } from "./socket-transport.ts";

const PORT_PLEASE2_REQ = 122;
const PORT2_RESP = 119;
const NAMES_REQ = 110;
/** A host with thousands of nodes answers less; more is not an EPMD. */
const MAX_RESPONSE_BYTES = 1_048_576;
const DEFAULT_TIMEOUT_MS = 5_000;
/** The handshake that OTP 23 brought; nodes below it end at 5. */
const HANDSHAKE_VERSION = 6;

export interface RegisteredNode {
  readonly name: string;
  readonly port: number;
}

export interface EpmdOptions {
  /** Default `ERL_EPMD_PORT`, else 4369, as the nodes themselves do. */
  readonly epmdPort?: number | undefined;
  /** Default: 5 s. */
  readonly signal?: AbortSignal | undefined;
}

/** The nodes that are registered on a host. */
export async function epmdNames(
  host: string,
  options: EpmdOptions = {},
): Promise<RegisteredNode[]> {
  const signal = options.signal ?? AbortSignal.timeout(DEFAULT_TIMEOUT_MS);
  try {
    return await names(host, { ...options, signal });
  } catch (error) {
    if (error instanceof DistError) throw error;
    const code = options.signal === undefined ? "timeout" : "aborted";
    const text = `the Erlang port mapper (EPMD) of ${host} did not answer in time; check the host and its firewall`;
    throw new DistError(code, text, { cause: error });
  }
}

type Asking = EpmdOptions & { readonly signal: AbortSignal };

async function names(host: string, options: Asking): Promise<RegisteredNode[]> {
  const response = await ask(host, Uint8Array.of(NAMES_REQ), options);
  const text = new TextDecoder().decode(response.subarray(4));
  return text.split("\n").flatMap((line) => {
    const [, name, port] = /^name (\S+) at port (\d+)$/u.exec(line) ?? [];
    return name === undefined ? [] : [{ name, port: Number(port) }];
  });
}

/** Where a node listens. */
export async function lookUp(target: NodeName, options: Asking): Promise<Address> {
  const name = new TextEncoder().encode(target.name);
  const response = await ask(target.host, Uint8Array.of(PORT_PLEASE2_REQ, ...name), options);
  if (response[0] !== PORT2_RESP || response.length < 2) throw notEpmd(target.host, options);
  if (response[1] !== 0) throw await unknownNode(target, options);
  // port, node type, protocol (a byte each), highest version
  const port = new ByteCursor(response, 2).u16();
  const highest = new ByteCursor(response, 6).u16();
  if (port === null || highest === null) throw notEpmd(target.host, options);
  if (highest < HANDSHAKE_VERSION) {
    const text = `${target.full} speaks version ${String(highest)} of the distribution protocol; OTP 25 is the oldest supported`;
    throw new DistError("otp_too_old", text);
  }
  return { host: target.host, port };
}

async function unknownNode(target: NodeName, options: Asking): Promise<DistError> {
  const known = (await names(target.host, options)).map(({ name }) => name).toSorted();
  const others = known.length === 0 ? "no node at all" : `only ${known.join(", ")}`;
  return new DistError(
    "node_unknown",
    `no node "${target.name}" is registered on ${target.host}: EPMD there knows ${others}; check the name, and that the node was started with --name or --sname`,
  );
}

async function ask(host: string, request: Uint8Array, options: Asking): Promise<Uint8Array> {
  const port = portOf(options);
  const { signal } = options;
  const message = new Uint8Array(2 + request.length);
  new DataView(message.buffer).setUint16(0, request.length);
  message.set(request, 2);
  try {
    const transport = await openTcp({ host, port }, signal);
    return await new Promise<Uint8Array>((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      let received = 0;
      const abort = (): void => {
        transport.destroy();
        reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
      };
      signal.addEventListener("abort", abort, { once: true });
      transport.listen({
        data: (chunk) => {
          chunks.push(chunk);
          received += chunk.length;
          if (received > MAX_RESPONSE_BYTES) {
            transport.destroy();
            reject(notEpmd(host, options));
          }
        },
        drain: () => undefined,
        closed: (error) => {
          signal.removeEventListener("abort", abort);
          if (error === null) resolve(Buffer.concat(chunks));
          else reject(error);
        },
      });
      transport.write(message);
    });
  } catch (error) {
    if (signal.aborted || error instanceof DistError) throw error;
    throw new DistError(
      "epmd_unreachable",
      `the Erlang port mapper (EPMD) of ${host} does not answer on port ${String(port)} (${messageOf(error)}); check the host, that a named node runs there (\`epmd -names\`), and ERL_EPMD_PORT`,
      { cause: error },
    );
  }
}

function portOf(options: EpmdOptions): number {
  return options.epmdPort ?? Number(process.env["ERL_EPMD_PORT"] ?? 4369);
}

function notEpmd(host: string, options: EpmdOptions): DistError {
  const text = `what answers on ${host}:${String(portOf(options))} is not the Erlang port mapper (EPMD); check ERL_EPMD_PORT`;
  return new DistError("epmd_unreachable", text);
}
