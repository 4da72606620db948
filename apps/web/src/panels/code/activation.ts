// The call that code views look at: of the selected process's stack at the cursor the innermost one, or the one that
// was chosen (`code.frame` in the address).

import type { FrameView } from "@elixirscope/wire";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import type { Loaded } from "../../model/loader.ts";
import { askedAt } from "../../model/place.ts";

export type Activation = {
  readonly loaded: Loaded<"stack">;
  readonly frame: FrameView | null;
  readonly choose: (frame: FrameView) => void;
};

export function useActivation(): Activation {
  const { cinema } = useApp();
  const chosen = cinema.param("code.frame");
  const loaded = useLoader("stack", () => {
    const pid = cinema.pid.value;
    const cursor = cinema.cursor.value;
    if (pid === null || cursor === null) return null;
    return { subject: pid, params: { pid, ...askedAt(cursor) } };
  });
  const frames = loaded.value?.frames ?? [];
  const frame = frames.find(({ call }) => String(call) === chosen.value) ?? frames.at(-1) ?? null;
  return { loaded, frame, choose: ({ call }) => (chosen.value = String(call)) };
}

/** What `source` is to be asked for, so that the call's code is shown. */
export function sourceOf(frame: FrameView | null): string | null {
  return frame === null ? null : (frame.place?.file ?? frame.module);
}
