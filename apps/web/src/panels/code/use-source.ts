// One source with its counts, kept up to date; null stands for no name.

import { useSignal } from "@preact/signals";
import type { TimeRange } from "@elixirscope/wire";
import { useLoader } from "../../frame/use-loader.ts";
import type { Loaded } from "../../model/loader.ts";

export function useSource(name: string | null, range: TimeRange | null = null): Loaded<"source"> {
  // what a loader depends on are signals
  const asked = useSignal(name);
  const within = useSignal(range);
  asked.value = name;
  within.value = range;
  return useLoader("source", () => {
    if (asked.value === null || asked.value === "") return null;
    const limited = within.value === null ? {} : { range: within.value };
    return { subject: asked.value, params: { name: asked.value, ...limited } };
  });
}
