import type { ProcessAtView } from "@elixirscope/query";
import { expect, it } from "vitest";
import { processTree } from "./process-tree.ts";

function process(pid: string, parent: string | null): ProcessAtView {
  return {
    pid,
    parent,
    name: null,
    label: null,
    initialCall: null,
    behaviour: null,
    application: null,
    tSpawned: null,
    tExited: null,
    doing: { kind: "waiting" },
    mailbox: null,
    links: [],
  };
}

it("puts each process below the one that started it, and keeps those whose parent is gone", () => {
  const rows = processTree([
    process("a", null),
    process("c", "b"),
    process("b", "a"),
    process("d", "gone"),
    process("e", "a"),
    process("self", "self"),
  ]);
  expect(rows.map(({ process: { pid }, depth }) => `${depth} ${pid}`)).toEqual([
    "0 a",
    "1 b",
    "2 c",
    "1 e",
    "0 d",
    "0 self",
  ]);
});
