// Which requests may reach the server at all. A web page elsewhere can make a browser send requests to
// loopback: directly (its Origin tells) or through a name that it points at 127.0.0.1 (the Host tells).

import { isIP } from "node:net";
import { ServerError } from "./server-error.ts";

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Listening where other machines reach it is a decision of its own. */
export function checkListenHost(host: string, allowRemote: boolean): void {
  if (isLoopback(host) || allowRemote) return;
  throw new ServerError(
    "remote_refused",
    `refusing to listen on ${host}: others on the network could reach the recording; use 127.0.0.1, or allow remote access explicitly`,
  );
}

export type Headers = { readonly host?: string | undefined; readonly origin?: string | undefined };

/** Null when the request may pass, else why not. */
export function accessProblem(
  { host, origin }: Headers,
  listening: { host: string; remote: boolean },
): string | null {
  const name = hostName(host);
  if (name === null) return "the request has no valid Host";
  // an address cannot be rebound; a name can, so only our own counts
  const known =
    isLoopback(name) || name === listening.host || (listening.remote && isIP(name) !== 0);
  if (!known) return "the Host of the request is not this server";
  if (origin !== undefined && origin !== `http://${host}`)
    return "requests of other pages are refused";
  return null;
}

function hostName(host: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(host ?? "");
  return match === null ? null : (match[1] ?? match[2] ?? "").toLowerCase();
}
