// `name@host`, as Erlang reads it: a dot in the host makes it a long name, and the two kinds do not mix.

import { err, ok, type Result } from "@elixirscope/base";
import { DistError } from "./dist-error.ts";

export interface NodeName {
  readonly full: string;
  /** What stands before the `@`; EPMD knows nodes by it. */
  readonly name: string;
  readonly host: string;
  readonly kind: "short" | "long";
}

// What net_kernel accepts; a node name is an atom of at most 255 characters.
const PATTERN = /^([a-zA-Z0-9_-]+)@([a-zA-Z0-9._-]+)$/u;

export function parseNodeName(text: string): Result<NodeName, DistError> {
  const [, name, host] = PATTERN.exec(text) ?? [];
  if (name === undefined || host === undefined || text.length > 255) {
    const message = `"${text.slice(0, 255)}" is not a node name; write name@host, as \`node()\` prints it on the node`;
    return err(new DistError("bad_name", message));
  }
  return ok({ full: text, name, host, kind: host.includes(".") ? "long" : "short" });
}
