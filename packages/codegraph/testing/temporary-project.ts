// A project on disk that goes away: for tests of what reads, watches and saves.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export class TemporaryProject implements Disposable {
  readonly root: string = realpathSync(mkdtempSync(path.join(tmpdir(), "elixirscope-project-")));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  path(name: string): string {
    return path.join(this.root, name);
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function mixExs(app: string, settings = ""): string {
  return `defmodule ${app[0]?.toUpperCase()}${app.slice(1)}.MixProject do
  use Mix.Project

  def project do
    [
      app: :${app},
      version: "0.1.0"${settings === "" ? "" : `,\n      ${settings}`}
    ]
  end
end
`;
}
