// Which module a template file belongs to, by Phoenix' conventions: `embed_templates "page_html/*"`, a
// live view's file beside it, and the folders of `Phoenix.View`.

import type { ModuleData } from "./module-data.ts";

/** Template module's name to the name of the module that embeds it; absent when none is found. */
export function templateOwners(modules: Iterable<ModuleData>): ReadonlyMap<string, string> {
  const all = [...modules];
  const owners = new Map<string, string>();
  const elixir = all.filter(({ kind }) => kind === "module");
  const embedding = elixir.flatMap((module) =>
    module.embeds.map((pattern) => ({ module, matches: matcher(module.file, pattern) })),
  );
  const byFile = new Map(elixir.filter(({ parent }) => parent === null).map((m) => [m.file, m]));
  const views = new Map<string, string>();
  for (const { name } of elixir) views.set(name.slice(name.lastIndexOf(".") + 1), name);
  for (const { kind, name, file } of all) {
    if (kind !== "template") continue;
    const embeds = embedding.find(({ matches }) => matches(file))?.module.name;
    const beside = byFile.get(file.replace(/(?:\.\w+)?\.(?:heex|eex|leex)$/, ".ex"))?.name;
    const folder = /\/templates\/(?:.*\/)?(\w+)\/[^/]+$/.exec(file)?.[1];
    const view = folder === undefined ? undefined : views.get(`${camelized(folder)}View`);
    const owner = embeds ?? beside ?? view;
    if (owner !== undefined) owners.set(name, owner);
  }
  return owners;
}

/** `page_html/*` from `lib/shop_web/page_html.ex`: `*` is part of a name, `**` any folders. */
function matcher(file: string, pattern: string): (template: string) => boolean {
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  const source = (folder + pattern).split(/(\*\*\/|\*)/).map((part) => {
    if (part === "**/") return "(?:.*/)?";
    return part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  const regex = new RegExp(`^${source.join("")}(?:\\.\\w+)*$`);
  return (template) => regex.test(template);
}

function camelized(name: string): string {
  return name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
