// What turns an option's text into its value, as commander wants it.

import type { Result } from "@elixirscope/base";
import { InvalidArgumentError } from "commander";

export function parse<T>(parser: (text: string) => Result<T, string>): (text: string) => T {
  return (text) => {
    const result = parser(text);
    if (!result.ok) throw new InvalidArgumentError(result.error);
    return result.value;
  };
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("a port is a number from 0 to 65535");
  }
  return port;
}
