// The version that the one at the cursor is compared with, as the address has it: `v12`, or an instant in ns.

import type { Params } from "@elixirscope/wire";
import type { Signal } from "@preact/signals";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import type { Loaded } from "../../model/loader.ts";

type Against = Params<"stateCompare">["against"];

export type Comparison = {
  readonly param: Signal<string>;
  /** null: with the version before */
  readonly against: Against | null;
  readonly loaded: Loaded<"stateCompare">;
};

export function readAgainst(text: string): Against | null {
  const [, kind, digits] = /^(v?)(\d{1,15})$/.exec(text) ?? [];
  if (digits === undefined) return null;
  return kind === "v" ? { version: Number(digits) } : { t: Number(digits) };
}

export function useComparison(): Comparison {
  const { cinema } = useApp();
  const param = cinema.param("state.against");
  const loaded = useLoader("stateCompare", () => {
    const pid = cinema.pid.value;
    const against = readAgainst(param.value);
    const t = cinema.cursor.value?.t ?? cinema.bounds.value.t1;
    if (pid === null || against === null) return null;
    return { subject: `${pid} ${param.value}`, params: { pid, t, against } };
  });
  return { param, against: readAgainst(param.value), loaded };
}
