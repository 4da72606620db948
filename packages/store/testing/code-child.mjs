// Writes code tables in a process of its own, to be killed or starved: many syntax nodes, slowly.
// `code-child.mjs FOLDER BATCHES`: prints `batch N` for each and `written` at the end.
import { CodeStore } from "../dist/index.js";

const [folder, batches] = process.argv.slice(2);
const ROWS = 20_000;

try {
  await CodeStore.write(folder, { facts: { product: "child", root: "/child" }, batches: rows() });
  print("written");
} catch (error) {
  print(`failed ${error.code} ${error.message.replaceAll("\n", " ")}`);
}

async function* rows() {
  for (let n = 0; n < Number(batches); n++) {
    print(`batch ${n}`);
    const ints = Int32Array.from({ length: ROWS }, (_, i) => i);
    // incompressible, so that a small disk fills quickly
    const values = Array.from({ length: ROWS }, () => Math.random().toString(36).repeat(4));
    const codes = ints.map((i) => i + 1);
    const name = { codes, values };
    const none = { codes: new Int32Array(ROWS), values: [] };
    yield {
      table: "ast_nodes",
      rows: ROWS,
      columns: {
        file: none,
        node: ints,
        parent: ints,
        depth: ints,
        node_id: { heads: codes, paths: codes, values },
        module: none,
        function: none,
        arity: ints,
        kind: none,
        name,
        line: ints,
        column: ints,
        end_line: ints,
        end_column: ints,
        start_byte: ints,
        end_byte: ints,
      },
    };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
