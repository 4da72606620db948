// A real analysis beside a recording with known content: what one SQL statement can ask of both.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Repository } from "@elixirscope/codegraph";
import { CodeStore, RecordingReader } from "@elixirscope/store";
import { CODE_TABLES } from "@elixirscope/trace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Story } from "../support/story.ts";
import { TemporaryProject } from "../../packages/codegraph/testing/temporary-project.ts";

const TARIFF = `defmodule Shop.Tariff do
  @moduledoc "What things cost."

  @doc "Cents for an item."
  @spec price(atom, integer) :: integer
  def price(item, count \\\\ 1) do
    case item do
      :apple -> 10 * count
      :pear -> 20 * count
      :plum -> 30 * count
      :cherry -> 40 * count
      :grape -> 50 * count
      :melon -> 60 * count
      :lemon -> 70 * count
      :lime -> 80 * count
      :fig -> 90 * count
      :date -> 100 * count
      :kiwi -> 110 * count
      _ -> raise ArgumentError, "no price"
    end
  end

  def free(_item), do: 0
end
`;

const CART = `defmodule Shop.Cart do
  use GenServer

  def add(cart, item), do: GenServer.call(cart, {:add, item})

  def later(cart, name), do: spawn(fn -> add(cart, String.to_atom(name)) end)

  @impl true
  def init(items), do: {:ok, items}

  @impl true
  def handle_call({:add, item}, _from, items) do
    total = Shop.Tariff.price(item)
    {:reply, total, [item | items]}
  end
end
`;

const SUPERVISOR = `defmodule Shop.Supervisor do
  use Supervisor

  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg)

  @impl true
  def init(_arg), do: Supervisor.init([{Shop.Cart, []}], strategy: :one_for_one)
end
`;

let project: TemporaryProject;
let folder: string;
let recording: RecordingReader;
let repository: Repository;

beforeAll(async () => {
  project = new TemporaryProject({
    "lib/tariff.ex": TARIFF,
    "lib/cart.ex": CART,
    "lib/supervisor.ex": SUPERVISOR,
    "lib/page.html.heex": "<p><%= Shop.Tariff.free(@item) %></p>\n",
    "lib/broken.ex": "defmodule Broken do\n  def half(\nend\n",
  });
  folder = mkdtempSync(path.join(tmpdir(), "elixirscope-code-"));
  repository = await Repository.open(project.root);
  const target = path.join(folder, "shop.escope");
  await record(target);
  await CodeStore.write(target, repository.codeTables());
  recording = await RecordingReader.open(target);
});

afterAll(async () => {
  await recording.close();
  await repository.close();
  project[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

async function record(target: string): Promise<void> {
  const story = await Story.begin(target);
  const cart = "<0.200.0>";
  story.process(cart, { name: "Shop.Cart" });
  for (const [n, item] of [":apple", ":durian", ":pear", ":durian"].entries()) {
    const t = n * 1_000_000;
    story.enter(cart, t, ["Shop.Cart", "handle_call", 3], [{ add: item }, ":from", []]);
    story.enter(cart, t + 1_000, ["Shop.Tariff", "price", 1], [item]);
    const fails = item === ":durian";
    const outcome = fails ? "raised" : "returned";
    story.leave(cart, t + 2_000, fails ? [":error", ":no_price"] : 10, outcome);
    story.leave(cart, t + 3_000, fails ? [":error", ":no_price"] : 10, outcome);
  }
  story.enter(cart, 9_000_000, ["Shop.Tariff", "free", 1], [":apple"]);
  story.leave(cart, 9_001_000, [":error", ":never"], "raised");
  const fn = story.writer.functions.intern("Shop.Tariff", "price", 2);
  const nodeId = repository
    .facts("lib/tariff.ex")
    ?.cfgs[0]?.nodes.find(({ kind }) => kind === "dispatch")?.nodeId;
  story.writer.add("sites", { site: 7, function: fn, kind: "case", line: 7, node_id: nodeId });
  await story.end();
}

async function rows(sql: string): Promise<unknown[][]> {
  return (await recording.query(sql)).rows.map((row) => [...row]);
}

describe("both sides in one statement", () => {
  it("functions with a cyclomatic complexity above 10 that raised", async () => {
    const found = await rows(`
      SELECT module, function, arity, m.value, f.file, f.line, count(*) AS raised
      FROM calls c JOIN functions f USING (module, function, arity)
        JOIN metrics m USING (module, function, arity)
      WHERE c.outcome = 'raised' AND m.name = 'cyclomatic' AND m.value > 10 GROUP BY ALL`);
    expect(found).toEqual([["Shop.Tariff", "price", 1, 12, "lib/tariff.ex", 6, 2]]);
  });

  it("sites with the syntax nodes that they are, and the text there", async () => {
    const found = await rows(`
      SELECT s.site, a.kind, a.name, a.function, a.line, a.file
      FROM sites s JOIN ast_nodes a USING (node_id)`);
    expect(found).toEqual([[7, "call", "case", "price", 7, "lib/tariff.ex"]]);
    const text = readFileSync(project.path("lib/tariff.ex"), "utf8");
    const [place] = await rows(`
      SELECT a.start_byte, a.end_byte FROM sites s JOIN ast_nodes a USING (node_id)`);
    expect(text.slice(Number(place?.[0]), Number(place?.[1]))).toMatch(/^case item do.*end$/s);
  });

  it("who calls what raised", async () => {
    const found = await rows(`
      SELECT DISTINCT e.module, e.function, e.line
      FROM call_edges e JOIN functions f ON f.module = e.callee_module AND f.function = e.callee_function
      JOIN calls c ON c.module = f.module AND c.function = f.function
      WHERE c.outcome = 'raised' AND e.module IS NOT NULL ORDER BY ALL`);
    expect(found).toContainEqual(["Shop.Cart", "handle_call", 13]);
  });

  it("functions that the project has and the recording never saw", async () => {
    const found = await rows(`
      SELECT module, function FROM functions f ANTI JOIN calls c USING (module, function)
      WHERE f.file = 'lib/cart.ex' ORDER BY ALL`);
    expect(found).toEqual([
      ["Shop.Cart", "add"],
      ["Shop.Cart", "init"],
      ["Shop.Cart", "later"],
    ]);
  });
});

describe("the code's own tables", () => {
  it("have rows, all of them", async () => {
    const empty = [];
    for (const table of Object.keys(CODE_TABLES)) {
      const [[count] = []] = await rows(`SELECT count(*) FROM ${table}`);
      if (count === 0) empty.push(table);
    }
    expect(empty).toEqual([]);
  });

  it("lead from a message's send to the clause that takes it", async () => {
    const found = await rows(`
      SELECT module, function, kind, shape, to_module, handler_function, handler_clause
      FROM message_edges WHERE kind = 'call'`);
    expect(found).toEqual([
      ["Shop.Cart", "add", "call", "{:add, _}", "Shop.Cart", "handle_call", 0],
    ]);
  });

  it("know the supervision tree", async () => {
    const found = await rows(
      "SELECT supervisor, strategy, child_module, position, file FROM supervision_edges",
    );
    expect(found).toEqual([
      ["Shop.Supervisor", "one_for_one", "Shop.Cart", 0, "lib/supervisor.ex"],
    ]);
  });

  it("hold graphs whose edges lead to nodes, and definitions with their place in the control flow", async () => {
    const lost = await rows(`
      SELECT count(*) FROM cfg_edges e
      WHERE NOT EXISTS (FROM cfg_nodes n WHERE n.file = e.file AND n.module = e.module
        AND n.function = e.function AND n.arity = e.arity AND n.graph = e.graph AND n.node = e.to_node)`);
    expect(lost).toEqual([[0]]);
    const flows = await rows(`
      SELECT count(*) FROM dfg_edges e
      WHERE NOT EXISTS (FROM dfg_nodes n WHERE n.file = e.file AND n.module = e.module
        AND n.function = e.function AND n.arity = e.arity AND n.node = e.from_node)`);
    expect(flows).toEqual([[0]]);
    const placed = await rows(`
      SELECT d.name, c.kind, c.line FROM dfg_nodes d JOIN cfg_nodes c
        ON c.module = d.module AND c.function = d.function AND c.arity = d.arity
        AND c.graph = d.graph AND c.node = d.cfg_node
      WHERE d.function = 'handle_call' AND d.name = 'total'`);
    expect(placed).toEqual([["total", "pattern", 13]]);
  });

  it("have the same node ids in every table", async () => {
    const [[strangers] = []] = await rows(`
      SELECT count(*) FROM (
        SELECT node_id FROM cfg_nodes UNION SELECT node_id FROM call_edges
        UNION SELECT node_id FROM functions UNION SELECT node_id FROM message_edges
        UNION SELECT node_id FROM dfg_nodes)
      WHERE node_id IS NOT NULL AND node_id NOT IN (SELECT node_id FROM ast_nodes WHERE node_id IS NOT NULL)`);
    expect(strangers).toBe(0);
  });

  it("keep docs, specs, uses and diagnostics", async () => {
    expect(
      await rows(
        "SELECT doc, specs FROM functions WHERE module = 'Shop.Tariff' AND function = 'price' AND arity = 2",
      ),
    ).toEqual([["Cents for an item.", ["price(atom, integer) :: integer"]]]);
    expect(await rows("SELECT uses, behaviours FROM modules WHERE module = 'Shop.Cart'")).toEqual([
      [["GenServer"], ["GenServer"]],
    ]);
    const [diagnostic] = await rows("SELECT file, line, severity FROM diagnostics");
    expect(diagnostic?.[0]).toBe("lib/broken.ex");
    expect(await rows("SELECT role FROM files WHERE path = 'lib/page.html.heex'")).toEqual([
      ["template"],
    ]);
  });

  it("keep the text as it was analysed", async () => {
    project.write("lib/tariff.ex", "# all new\n");
    const [[text] = []] = await rows("SELECT text FROM sources WHERE path = 'lib/tariff.ex'");
    expect(text).toBe(TARIFF);
  });
});

it("leaves out rows of a file that changed since it was analysed, and says so", async () => {
  const target = path.join(folder, "changed.escope");
  project.write("lib/cart.ex", "defmodule Shop.Cart do\nend\n");
  await CodeStore.write(target, repository.codeTables());
  const reader = await RecordingReader.open(target);
  const { rows: found } = await reader.query(`
    SELECT d.code, (SELECT count(*) FROM ast_nodes WHERE file = d.file)
    FROM diagnostics d WHERE d.file = 'lib/cart.ex'`);
  await reader.close();
  expect(found).toEqual([["file_changed", 0]]);
});
