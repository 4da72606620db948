// A selector that was refused becomes this package's error, with its place marked; the cause says it in numbers.

import type { Result } from "@elixirscope/base";
import { CaptureError } from "../capture-error.ts";
import { formatSelectorError, type SelectorError } from "../selector/selector-error.ts";

export function accepted<T>(result: Result<T, SelectorError>): T {
  if (result.ok) return result.value;
  throw new CaptureError("bad_selector", formatSelectorError(result.error), {
    cause: result.error,
  });
}
