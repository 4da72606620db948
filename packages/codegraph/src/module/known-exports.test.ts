import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { knownExport } from "./known-exports.ts";

const script = resolve(import.meta.dirname, "../../../../scripts/known-exports.exs");
const elixir = spawnSync("elixir", [script], { encoding: "utf8" });

describe("what is known of Elixir's own modules", () => {
  it.skipIf(elixir.status !== 0)("holds all that the Elixir on this machine exports", () => {
    const unknown: string[] = [];
    for (const line of elixir.stdout.trim().split("\n")) {
      const [module = "", ...kinds] = line.split("\t");
      kinds.forEach((text, at) => {
        for (const entry of text.split(" ").filter((part) => part !== "")) {
          const slash = entry.lastIndexOf("/");
          for (const arity of entry.slice(slash + 1).split(",")) {
            const kind = knownExport(module, entry.slice(0, slash), Number(arity));
            if (kind !== (at === 0 ? "function" : "macro")) unknown.push(`${module}.${entry}`);
          }
        }
      });
    }
    expect(unknown).toEqual([]);
  });

  it("tells functions, macros, what is not there, and modules of which nothing is known", () => {
    expect(knownExport("Kernel", "+", 2)).toBe("function");
    expect(knownExport("Kernel", "..//", 3)).toBe("macro");
    expect(knownExport("Kernel", "/", 2)).toBe("function");
    expect(knownExport("Enum", "map", 2)).toBe("function");
    expect(knownExport("Enum", "map", 3)).toBeNull();
    expect(knownExport("Ecto.Query", "from", 2)).toBe("macro");
    expect(knownExport("Shop.Cart", "add", 1)).toBeUndefined();
  });

  it("holds what newer releases brought", () => {
    expect(knownExport("Kernel", "to_timeout", 1)).toBe("function");
    expect(knownExport("JSON", "encode!", 1)).toBe("function");
  });
});
