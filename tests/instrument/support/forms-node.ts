// A real node that gives the forms of modules, compiles transformed ones and runs them.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect, type Connection } from "@elixirscope/dist";
import { atom, binary, charlist, inspect, integer, list, type Term } from "@elixirscope/etf";
import { startNode, type BeamNode } from "../../support/beam-node.ts";

const ELIXIR_APPS = ["elixir", "eex", "ex_unit", "iex", "logger", "mix"];
const APPS = [...ELIXIR_APPS, "stdlib", "kernel"];

export type FormsNodeOptions = {
  readonly root?: string | undefined;
  /** also load the recording capture module of the tests */
  readonly recorder?: boolean;
};

export class FormsNode {
  readonly node: BeamNode;
  readonly connection: Connection;
  /** a folder of this node's own */
  readonly folder: string;

  private constructor(node: BeamNode, connection: Connection, folder: string) {
    this.node = node;
    this.connection = connection;
    this.folder = folder;
  }

  static async start(options: FormsNodeOptions = {}): Promise<FormsNode> {
    const folder = mkdtempSync(join(tmpdir(), "es-forms-"));
    const sources = ["es_forms.erl", ...(options.recorder === true ? ["recorder/*.erl"] : [])];
    for (const source of sources) {
      execFileSync("sh", ["-c", `erlc -o ${folder} ${resolve(import.meta.dirname, source)}`]);
    }
    const ebins = ELIXIR_APPS.flatMap((app) => [
      "-pa",
      `${options.root ?? ""}/usr/lib/elixir/lib/${app}/ebin`,
    ]);
    const node = await startNode({
      ...(options.root === undefined ? {} : { root: options.root }),
      args: ["+S", "2", "-pa", folder, ...ebins],
      code: "{ok, _} = application:ensure_all_started(elixir).",
    });
    const connection = await connect({ target: node.name, cookie: node.cookie });
    return new FormsNode(node, connection, folder);
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await this.node.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async call(name: string, args: readonly Term[], timeoutMs = 120_000): Promise<Term> {
    return await this.connection.call("es_forms", name, [...args], { timeoutMs });
  }

  /** Writes the forms of all modules of Elixir, stdlib and kernel into the folder; gives their names. */
  async dump(): Promise<string[]> {
    const modules = await this.call("modules", [list(APPS.map(atom))]);
    const dumped = await this.call("dump", [charlist(this.folder), modules]);
    if (dumped.kind !== "list") throw new Error(inspect(dumped));
    return dumped.items.flatMap((item) => {
      const [module, has] = item.kind === "tuple" ? item.items : [];
      return module?.kind === "atom" && has !== undefined && inspect(has) === "true"
        ? [module.name]
        : [];
    });
  }

  /** Compiles all forms in a folder; gives how many there were and what failed. */
  async compileAll(folder: string): Promise<{ readonly count: number; readonly failed: string }> {
    const answer = await this.call("compile_all", [charlist(folder), integer(2)], 600_000);
    const [count, failed] = answer.kind === "tuple" ? answer.items : [];
    if (count?.kind !== "integer" || failed === undefined) throw new Error(inspect(answer));
    return { count: Number(count.value), failed: inspect(failed) };
  }

  /** Compiles Elixir or Erlang source; gives the forms of the one module in it. */
  async compiled(source: string): Promise<Term> {
    return await this.call("compiled", [binary(source)]);
  }

  async load(module: string, forms: Term): Promise<void> {
    const answer = await this.call("load", [atom(module), forms]);
    if (inspect(answer) !== ":ok") throw new Error(inspect(answer, { limit: 500 }));
  }

  /** Calls a function under the recorder: `{Outcome, Events}`. */
  async recorded(module: string, name: string, args: readonly Term[]): Promise<Term> {
    return await this.call("recorded", [atom(module), atom(name), list(args)]);
  }

  async apply(module: string, name: string, args: readonly Term[]): Promise<Term> {
    return await this.connection.call(module, name, [...args], { timeoutMs: 120_000 });
  }
}
