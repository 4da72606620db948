// The list of files and modules, by name.

import type { Params, SourcesView } from "@elixirscope/wire";
import type { Source } from "../sql.ts";
import { codeFiles } from "./code-files.ts";

export async function sources(
  source: Source,
  { filter = "", offset, limit }: Params<"sources">,
): Promise<SourcesView> {
  const { files, texts } = await codeFiles(source);
  const wanted = filter.toLowerCase();
  const chosen = files.filter(({ name, modules }) =>
    [name, ...modules].some((one) => one.toLowerCase().includes(wanted)),
  );
  return {
    total: chosen.length,
    texts,
    files: chosen.slice(offset, offset + limit).map(({ name, modules, hasText, functions }) => ({
      name,
      modules,
      hasText,
      isInstrumented: functions.some(({ isInstrumented }) => isInstrumented),
      calls: functions.reduce((sum, { calls }) => sum + calls, 0),
    })),
  };
}
