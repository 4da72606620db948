// The value of a variable of the selected call in full, asked for when the pointer rests on it.

import type { FrameView } from "@elixirscope/wire";
import { useApp } from "../../frame/app-context.ts";

export function useValueText(frame: FrameView | null): (name: string) => Promise<string | null> {
  const { cinema } = useApp();
  return async (name) => {
    const local = frame?.locals.find((one) => one.name === name);
    if (local === undefined) return null;
    const found = await cinema.connection
      .request("variable", { event: local.event, name })
      .catch(() => null);
    return found?.text ?? local.text;
  };
}
