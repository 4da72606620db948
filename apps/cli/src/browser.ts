// Opens a URL in the user's browser where there is a screen; otherwise they open the printed one.

import { spawn } from "node:child_process";

export function openBrowser(url: string): void {
  const command = openCommand();
  if (command === null) return;
  const child = spawn(command, [url], { detached: true, stdio: "ignore" });
  // no browser is no failure: the URL is printed as well
  child.once("error", () => undefined);
  child.unref();
}

function openCommand(): string | null {
  if (process.platform === "darwin") return "open";
  const screen = process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"] ?? "";
  return process.platform === "linux" && screen !== "" ? "xdg-open" : null;
}
