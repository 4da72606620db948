// The shared secret of a cluster. It lives in a private field and only digests leave the object, so
// that no log line, inspection or JSON can show it.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { DistError } from "./dist-error.ts";

export class Cookie {
  readonly #value: string;
  /** Where it came from, in words that may be shown. */
  readonly origin: string;

  constructor(value: string, origin = "given directly") {
    this.#value = value;
    this.origin = origin;
  }

  /** The answer to a challenge: MD5 of the cookie and the challenge in decimal. */
  digest(challenge: number): Uint8Array {
    return createHash("md5")
      .update(`${this.#value}${String(challenge)}`, "latin1")
      .digest();
  }
}

export interface CookieSources {
  /** The cookie itself, from the command line. */
  readonly flag?: string | undefined;
  /** A file that holds it. */
  readonly file?: string | undefined;
  /** Where the usual places are looked for; default the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The cookie from the flag, else the file, else where `erl` keeps it. */
export async function findCookie(sources: CookieSources = {}): Promise<Cookie> {
  if (sources.flag !== undefined) return fromText(sources.flag, "the --cookie flag");
  if (sources.file !== undefined) {
    const text = await read(sources.file);
    if (text === null) throw missing(`there is no cookie file ${sources.file}`);
    return fromText(text, sources.file);
  }
  const env = sources.env ?? process.env;
  const home = env["HOME"] ?? homedir();
  const config = env["XDG_CONFIG_HOME"] ?? join(home, ".config");
  const usual = [join(home, ".erlang.cookie"), join(config, "erlang", ".erlang.cookie")];
  for (const path of usual) {
    const text = await read(path);
    if (text !== null) return fromText(text, path);
  }
  throw missing(`no cookie was given and there is none in ${usual.join(" or ")}`);
}

function fromText(text: string, origin: string): Cookie {
  const value = text.trim();
  if (value === "") throw missing(`the cookie from ${origin} is empty`);
  return new Cookie(value, origin);
}

function missing(fact: string): DistError {
  return new DistError(
    "cookie_missing",
    `${fact}; give the node's cookie (\`Node.get_cookie()\` on the node shows it) with --cookie or --cookie-file`,
  );
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new DistError(
      "cookie_missing",
      `the cookie file ${path} cannot be read; make it readable for this user`,
      { cause: error },
    );
  }
}
