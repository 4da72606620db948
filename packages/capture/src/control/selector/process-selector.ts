// Whose messages, life and state are recorded: `Shop.Cart` or `:name` (registered names), `<0.123.0>`,
// `app:shop`, or `all`.

import { err, ok, type Result } from "@elixirscope/base";
import type { SelectorError } from "./selector-error.ts";

export type ProcessSelector =
  | { readonly kind: "all" }
  | { readonly kind: "application"; readonly name: string }
  | { readonly kind: "name"; readonly name: string }
  /** as the target prints it, `<0.123.0>` */
  | { readonly kind: "pid"; readonly text: string };

export function parseProcessSelector(text: string): Result<ProcessSelector, SelectorError> {
  const trimmed = text.trim();
  if (trimmed === "all" || trimmed === "*") return ok({ kind: "all" });
  const [, application] = /^app:([a-z_][\w@]*)$/.exec(trimmed) ?? [];
  if (application !== undefined) return ok({ kind: "application", name: application });
  const [, pid] = /^(?:#PID)?<?(\d+\.\d+\.\d+)>?$/.exec(trimmed) ?? [];
  if (pid !== undefined) return ok({ kind: "pid", text: `<${pid}>` });
  if (/^\p{Lu}[\p{L}\p{N}_]*(?:\.\p{Lu}[\p{L}\p{N}_]*)*$/u.test(trimmed)) {
    return ok({ kind: "name", name: `Elixir.${trimmed}` });
  }
  const [, name, quoted] = /^:(?:([\p{L}_][\p{L}\p{N}_@.]*[?!]?)|"([^"]+)")$/u.exec(trimmed) ?? [];
  const atom = name ?? quoted;
  if (atom !== undefined) return ok({ kind: "name", name: atom });
  return err({
    code: "bad_selector",
    message:
      "a process is a registered name (Shop.Cart, :name), a pid (<0.123.0>), app:NAME or all",
    text,
    start: 0,
    end: text.length,
  });
}
