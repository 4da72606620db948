// All commands of the page. The palette, the keyboard and the help overlay are made of this one list.

import type { App } from "./app-context.ts";
import type { Command } from "./command.ts";
import { copyCommands } from "./copy-commands.ts";
import { moveCommands } from "./move-commands.ts";
import { pageCommands, panelCommands, playCommands, viewCommands } from "./page-commands.ts";

const made = new WeakMap<App, readonly Command[]>();

export function commandsOf(app: App): readonly Command[] {
  const known = made.get(app);
  if (known !== undefined) return known;
  const lists = [
    viewCommands,
    moveCommands,
    playCommands,
    panelCommands,
    copyCommands,
    pageCommands,
  ];
  const commands = lists.flatMap((list) => list(app));
  made.set(app, commands);
  return commands;
}
