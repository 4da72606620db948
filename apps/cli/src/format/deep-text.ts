// What came of recording modules from inside, as a person reads it.

import { type DeepReport, moduleText } from "@elixirscope/capture";
import { visible } from "./visible.ts";

/** None when nothing was asked for. */
export function deepLines({ modules, refused }: DeepReport): readonly string[] {
  const done = modules.map(({ module, functions, sites, placed }) => {
    const places = placed === sites ? "" : `, ${placed} of ${sites} places known in the source`;
    return `deep        ${moduleText(module)}: ${counted(functions.size, "function")}${places}`;
  });
  const left = refused.map(
    ({ module, message }) => `not deep    ${moduleText(module)}: ${message}`,
  );
  const none =
    modules.length === 0 && refused.length > 0
      ? ["deep        nothing could be instrumented; the recording goes on without"]
      : [];
  return [...done, ...left, ...none].map(visible);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
