// Data flow where the code was analysed and instrumented: a told run of real code, joined with its real graph.

import { Repository } from "@elixirscope/codegraph";
import { dag } from "@elixirscope/query";
import { CodeStore, RecordingReader } from "@elixirscope/store";
import { expect, it } from "vitest";
import { mixExs, TemporaryProject } from "../../packages/codegraph/testing/temporary-project.ts";
import { Story } from "../support/story.ts";
import { recordingFolder } from "./told.ts";

const STOCK = `defmodule Shop.Stock do
  def level(_sku), do: 7

  def take(sku, quantity) do
    left = level(sku)
    rest = left - quantity
    unused = sku
    store(sku, rest)
    {unused, rest}
  end

  def store(_sku, _rest), do: :ok
end
`;
const FILE = "lib/stock.ex";
const PID = "<0.1.0>";

it("follows variables and results as the code says, through values that are common", async () => {
  using project = new TemporaryProject({ "mix.exs": mixExs("shop"), [FILE]: STOCK });
  const repository = await Repository.open(project.root);
  const folder = recordingFolder("flow");
  try {
    const dfg = repository.facts(FILE)?.dfgs.find(({ function: key }) => key.includes("take"));
    const nodeOf = (variable: string): string =>
      dfg?.definitions.find(({ name }) => name === variable)?.nodeId ?? "";
    const clause = nodeOf("sku").replace(/:arg0$/, "");
    const story = await Story.begin(folder);
    const site = (
      name: string,
      kind: "function_clause" | "match" | "return",
      nodeId: string,
    ): number => story.site(["Shop.Stock", "take", 2], kind, [FILE, 4], [name], { nodeId });
    const entry = story.site(
      ["Shop.Stock", "take", 2],
      "function_clause",
      [FILE, 4],
      ["sku", "quantity"],
      {
        nodeId: clause,
      },
    );
    const [left, rest] = [
      site("left", "match", nodeOf("left")),
      site("rest", "match", nodeOf("rest")),
    ];

    const take = story.enter(PID, 10, ["Shop.Stock", "take", 2], [1, 2], entry);
    const level = story.enter(PID, 20, ["Shop.Stock", "level", 1], [1]);
    const levelEnd = story.leave(PID, 30, 7);
    const leftBound = story.at(PID, 40, left, [7]);
    const restBound = story.at(PID, 50, rest, [5]);
    const stored = story.enter(PID, 60, ["Shop.Stock", "store", 2], [1, 5]);
    story.leave(PID, 70, ":ok");
    story.leave(PID, 80, [1, 5]);
    await story.end();
    await CodeStore.write(folder, repository.codeTables());

    const recording = await RecordingReader.open(folder);
    try {
      const { edges } = await dag(recording, { kind: "dataflow", limit: 100 });
      expect(
        edges.map(({ source, target, type, confidence, label }) => [
          source,
          target,
          type,
          confidence,
          label,
        ]),
      ).toEqual([
        [`e${take}`, `e${level}`, "flow", "exact", "sku"],
        [`e${levelEnd}`, `e${leftBound}`, "flow", "exact", "result"],
        [`e${take}`, `e${restBound}`, "flow", "exact", "quantity"],
        [`e${leftBound}`, `e${restBound}`, "flow", "exact", "left"],
        [`e${take}`, `e${stored}`, "flow", "exact", "sku"],
        [`e${restBound}`, `e${stored}`, "flow", "exact", "rest"],
      ]);
    } finally {
      await recording.close();
    }
  } finally {
    await repository.close();
  }
});
