// The options of every command that talks to a node: cookie and TLS.

import { readFile } from "node:fs/promises";
import { messageOf } from "@elixirscope/base";
import type { CookieSources, TlsOptions } from "@elixirscope/dist";
import { UsageError } from "../exit-codes.ts";

export type TargetOptions = {
  readonly cookie?: string;
  readonly cookieFile?: string;
  readonly tls?: true;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
};

export function cookieSources(options: TargetOptions): CookieSources {
  return { flag: options.cookie ?? process.env["ELIXIRSCOPE_COOKIE"], file: options.cookieFile };
}

/** Undefined: plain distribution. Any `--tls-…` means TLS. */
export async function tlsOptions(options: TargetOptions): Promise<TlsOptions | undefined> {
  const { tls, tlsCa, tlsCert, tlsKey } = options;
  const [ca, cert, key] = await Promise.all([tlsCa, tlsCert, tlsKey].map(readGiven));
  if (tls === undefined && [ca, cert, key].every((file) => file === undefined)) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function readGiven(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${messageOf(cause)}`);
  }
}
