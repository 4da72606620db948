// Calls that name what they call by module, function and arguments: `apply(Mod, :fun, [x])`.

import type { CallNode, Node } from "@elixirscope/syntax";
import { addSite, type Target } from "./call-target.ts";
import { collectDispatch } from "./injections.ts";
import type { FileWalk } from "./file-walk.ts";

/** Function → position of the module among its arguments; function name and list of arguments follow. */
const MFA_AT: ReadonlyMap<string, number> = new Map([
  ["Kernel.apply/3", 0],
  ["Kernel.spawn/3", 0],
  ["Kernel.spawn_link/3", 0],
  ["Kernel.spawn_monitor/3", 0],
  [":erlang.apply/3", 0],
  [":erlang.spawn/3", 0],
  [":erlang.spawn/4", 1],
  [":erlang.spawn_link/3", 0],
  [":erlang.spawn_link/4", 1],
  [":erlang.spawn_monitor/3", 0],
  [":erlang.spawn_opt/4", 0],
  [":proc_lib.spawn/3", 0],
  [":proc_lib.spawn_link/3", 0],
  [":proc_lib.start/3", 0],
  [":proc_lib.start_link/3", 0],
  [":timer.tc/3", 0],
  [":timer.apply_after/4", 1],
  [":timer.apply_interval/4", 1],
  [":rpc.call/4", 1],
  [":rpc.call/5", 1],
  [":rpc.cast/4", 1],
  [":erpc.call/4", 1],
  [":erpc.call/5", 1],
  [":erpc.cast/4", 1],
  ["Process.spawn/4", 0],
  ["Node.spawn/4", 1],
  ["Node.spawn_link/4", 1],
  ["Task.async/3", 0],
  ["Task.start/3", 0],
  ["Task.start_link/3", 0],
  ["Task.Supervisor.async/4", 1],
  ["Task.Supervisor.async/5", 1],
  ["Task.Supervisor.async_nolink/4", 1],
  ["Task.Supervisor.async_nolink/5", 1],
  ["Task.Supervisor.start_child/4", 1],
  ["Task.Supervisor.start_child/5", 1],
  ["Agent.start/3", 0],
  ["Agent.start_link/3", 0],
  ["Agent.start_link/4", 0],
  ["Agent.get/4", 1],
  ["Agent.update/4", 1],
  ["Agent.get_and_update/4", 1],
  ["Agent.cast/4", 1],
]);

const NAMES: ReadonlySet<string> = new Set(
  [...MFA_AT.keys()].map((key) => /([^.]+)\/\d+$/.exec(key)?.[1] ?? ""),
);

/** Adds the site of what is called so: told by the node of its name; for `apply` also by the call. */
export function mfaCall(
  walk: FileWalk,
  node: CallNode,
  { target }: Target,
  called: string,
  args: readonly Node[],
): void {
  if (!NAMES.has(called)) return;
  const at = target === null ? undefined : MFA_AT.get(target);
  if (at === undefined) return;
  const [moduleNode, name, list] = args.slice(at, at + 3);
  if (target === "Kernel.apply/3") collectDispatch(walk, args);
  const module = walk.moduleNamed(moduleNode);
  if (module === null || name?.kind !== "atom" || list?.kind !== "list") return;
  const meant: Target = {
    target: `${module}.${name.name}/${list.items.length}`,
    resolution: "exact",
    macro: false,
  };
  addSite(walk, node, meant, 0, "apply", name);
  const site = walk.module?.siteAt.get(name);
  const applies = target === "Kernel.apply/3" || target === ":erlang.apply/3";
  if (applies && site !== undefined) walk.module?.siteAt.set(node, site);
}
