// The example in README.md.

import { expect, it } from "vitest";
import { TemporaryProject } from "../testing/temporary-project.ts";
import { codeQuery, Repository } from "./index.ts";

it("does what the README says", async () => {
  using project = new TemporaryProject({
    "lib/cart.ex":
      "defmodule Shop.Cart do\n  def add(cart, item), do: Shop.Stock.take(item, cart)\nend\n",
    "lib/stock.ex": "defmodule Shop.Stock do\n  def take(item, cart), do: {item, cart}\nend\n",
  });
  const repository = await Repository.open(project.root, { cache: "project", threads: 1 });
  const { files, diagnostics } = repository.analysis;
  expect(files.map(({ path }) => path)).toEqual(["lib/cart.ex", "lib/stock.ex"]);
  expect(diagnostics).toEqual([]);

  const callers = codeQuery(repository.analysis)
    .functions()
    .named("Shop.Stock.take/2")
    .callers()
    .toArray()
    .map(({ data }) => data.key);
  expect(callers).toEqual(["Shop.Cart.add/2"]);

  repository.watch();
  const updated = new Promise<readonly string[]>((resolve) => {
    repository.events.on("updated", ({ changed }) => resolve(changed));
  });
  project.write("lib/stock.ex", "defmodule Shop.Stock do\nend\n");
  expect(await updated).toEqual(["lib/stock.ex"]);

  await repository.save();
  const tables = new Set<string>();
  for await (const { table } of repository.codeTables().batches) tables.add(table);
  expect(tables).toContain("ast_nodes");
  await repository.close();
});
