// Traces that a real node writes with dbg, and one that ttb wrote, as recordings: the calls, messages and times are
// those that the node itself tells.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { importTrace, type ImportResult } from "@elixirscope/capture";
import { limitsOf, recordingRange } from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startNode } from "../support/beam-node.ts";

const FIXTURE = resolve(import.meta.dirname, "../../fixtures/ttb/ttb@127.0.0.1-doubling");
const CLIENTS = 4;
const REQUESTS = 25;

let folder: string;
let node: string;
/** the process that answers, and wall clock around all of it in ns */
let truth: { readonly server: string; readonly from: bigint; readonly to: bigint };
let imports = 0;

/**
 * Each client sends its tagged requests one after another; the server sums each one's list with a function that is
 * traced. Of stdlib, so that nothing has to be compiled.
 */
function program(): string {
  return `
    Wall = fun() -> erlang:system_time(nanosecond) end,
    Serve = fun(Self) -> receive {From, Tag, List} -> From ! {Tag, lists:sum(List)}, Self(Self); stop -> ok end end,
    Ask = fun(Server, Client) -> [begin Server ! {self(), {Client, N}, [Client, N, 300]},
      receive {{Client, N}, _} -> ok end end || N <- lists:seq(1, ${REQUESTS})] end,
    Run = fun(File, Flags, Spec) ->
      {ok, _} = dbg:tracer(port, dbg:trace_port(file, File)),
      Server = spawn(fun() -> receive go -> Serve(Serve) end end),
      Main = self(),
      Clients = [spawn(fun() -> receive go -> Ask(Server, C), Main ! done end end) || C <- lists:seq(1, ${CLIENTS})],
      [{ok, _} = dbg:p(P, Flags) || P <- [Server | Clients]],
      {ok, _} = dbg:tpl(lists, sum, 1, Spec),
      From = Wall(),
      [P ! go || P <- [Server | Clients]],
      [receive done -> ok end || _ <- Clients],
      To = Wall(),
      Server ! stop,
      Monitor = monitor(process, Server),
      receive {'DOWN', Monitor, process, _, _} -> ok end,
      Delivered = erlang:trace_delivered(all),
      receive {trace_delivered, all, Delivered} -> ok end,
      dbg:stop(), dbg:ctp(),
      {Server, From, To} end,
    Returns = [{'_', [], [{return_trace}]}],
    {Server, From, To} = Run("${folder}/timed.trace", [c, m, p, timestamp], Returns),
    io:format("truth ~p ~w ~w~n", [Server, From, To]),
    Run("${folder}/untimed.trace", [c, m, p], []),
    Run({"${folder}/wrap", wrap, ".log", 4000, 4}, [c, m, monotonic_timestamp, arity], Returns)`;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "escope-import-"));
  const beam = await startNode({ code: `${program()}, ok` });
  try {
    node = beam.name;
    const [, server, from, to] = /truth (<[\d.]+>) (\d+) (\d+)/.exec(beam.output()) ?? [];
    if (server === undefined || from === undefined || to === undefined) {
      throw new Error(`the node told no truth: ${beam.output()}`);
    }
    truth = { server, from: BigInt(from), to: BigInt(to) };
  } finally {
    await beam.stop();
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

type Imported = ImportResult & {
  readonly path: string;
  readonly rows: (sql: string) => Promise<readonly (readonly unknown[])[]>;
  readonly limits: readonly string[];
};

async function imported(
  files: readonly string[],
  look: (one: Imported) => Promise<void>,
): Promise<void> {
  imports += 1;
  const path = join(folder, `${imports}.escope`);
  const result = await importTrace(files, path);
  const reader = await RecordingReader.open(path);
  try {
    const { t0, t1 } = await recordingRange(reader);
    const limits = await limitsOf(reader, { pids: null, from: t0, to: t1 }, ["calls", "messages"]);
    const rows: Imported["rows"] = async (sql) => (await reader.query(sql)).rows;
    await look({ ...result, path, rows, limits });
  } finally {
    await reader.close();
  }
}

const file = (name: string): string => join(folder, name);

it("has every call with its arguments and its result", async () => {
  await imported([file("timed.trace")], async ({ rows, manifest }) => {
    expect(manifest.target.node).toBe(node);
    const calls = await rows(
      `SELECT DISTINCT pid, module, function, arity, outcome, term(args), term(result) FROM calls
        WHERE function = 'sum' ORDER BY term(args)`,
    );
    const wanted = [];
    for (let client = 1; client <= CLIENTS; client++) {
      for (let n = 1; n <= REQUESTS; n++) {
        const args = `[[${client}, ${n}, 300]]`;
        wanted.push([truth.server, "lists", "sum", 1, "returned", args, String(client + n + 300)]);
      }
    }
    expect(calls).toHaveLength(CLIENTS * REQUESTS);
    expect(new Set(calls.map(String))).toEqual(new Set(wanted.map(String)));
  });
});

it("pairs every message with its send, and says that the VM did not tell the sender", async () => {
  await imported([file("timed.trace")], async ({ rows, limits }) => {
    const pairs = await rows(
      `SELECT from_pid, to_pid, match, t_sent <= t_received, term(body) FROM messages
        WHERE from_pid IS NOT NULL AND t_received IS NOT NULL`,
    );
    expect(pairs).toHaveLength(2 * CLIENTS * REQUESTS);
    for (const [from, to, match, isInOrder, body] of pairs) {
      expect({ body, match, isInOrder }).toEqual({ body, match: "ordered", isInOrder: true });
      // the body of a request names its sender; replies are from the server
      const said = /^\{#PID(<[\d.]+>)/.exec(String(body))?.[1];
      expect([from, to]).toEqual(said === undefined ? [truth.server, to] : [said, truth.server]);
    }
    expect(limits.join()).toContain("does not say who sent");
  });
});

it("has the times of the trace", async () => {
  await imported([file("timed.trace")], async ({ rows, manifest }) => {
    const [row] = await rows("SELECT min(t_enter), max(t_exit) FROM calls");
    const startedAt = BigInt(manifest.startedAtNs);
    const first = startedAt + BigInt(Number(row?.[0]));
    const last = startedAt + BigInt(Number(row?.[1]));
    // the trace has microseconds
    expect(first >= truth.from - 1_000n && last <= truth.to + 1_000n).toBe(true);
    expect(first < last).toBe(true);
  });
});

it("knows the order only where the trace has no times, and says so", async () => {
  await imported([file("untimed.trace")], async ({ rows, limits }) => {
    const [row] = await rows(
      "SELECT count(*), count(t_exit), count(DISTINCT t_enter) FROM calls WHERE function = 'sum'",
    );
    const all = CLIENTS * REQUESTS;
    expect(row?.[0]).toBe(all);
    expect(row?.[2]).toBe(all);
    expect(limits.join()).toContain("no times");
    expect(limits.join()).toContain("without their returns");
    const [received] = await rows("SELECT count(*) FROM messages WHERE match = 'ordered'");
    expect(received).toEqual([2 * all]);
  });
});

it("puts the files of a wrap set in their order, whatever the order they are named in", async () => {
  const files = readdirSync(folder).filter((name) => name.startsWith("wrap"));
  expect(files).toHaveLength(4);
  await imported(files.toReversed().map(file), async ({ rows, limits, files: used }) => {
    const [out] = await rows(
      "SELECT count(*) FROM (SELECT t, lag(t) OVER (PARTITION BY pid ORDER BY id) AS before FROM events) WHERE t < before",
    );
    expect(out).toEqual([0]);
    expect(used.map((name) => name.slice(folder.length))).not.toEqual(files.map((f) => `/${f}`));
    const [args] = await rows("SELECT count(args) FROM calls");
    expect(args).toEqual([0]);
    expect(limits.join()).toMatch(/overwritten|overwrote|expired/);
  });
});

it("keeps what came before a truncated end, and says where that is", async () => {
  const bytes = readFileSync(file("timed.trace"));
  writeFileSync(file("cut.trace"), bytes.subarray(0, (bytes.length >> 1) + 3));
  await imported([file("cut.trace")], async ({ rows, fault, limits }) => {
    expect(fault?.message).toContain("cut off");
    const [calls] = await rows("SELECT count(*) FROM calls WHERE outcome = 'returned'");
    expect(Number(calls?.[0])).toBeGreaterThan(10);
    expect(Number(calls?.[0])).toBeLessThan(CLIENTS * REQUESTS);
    expect(limits.join()).toContain(`damaged at byte ${fault?.offset}`);
  });
});

it("counts what the trace port dropped as missing", async () => {
  const dropped = Buffer.from([1, 0, 0, 0, 7]);
  writeFileSync(file("dropped.trace"), Buffer.concat([readFileSync(file("timed.trace")), dropped]));
  await imported([file("dropped.trace")], async ({ manifest, limits }) => {
    expect(manifest.loss).toEqual({ dropped: 7 });
    expect(limits.join()).toContain("dropped (7 events)");
  });
});

it("refuses what is no trace, and leaves nothing behind", async () => {
  const out = join(folder, "none.escope");
  writeFileSync(file("text.trace"), "this is no trace at all, only text\n");
  writeFileSync(file("term.trace"), Buffer.from([0, 0, 0, 0, 3, 131, 97, 1]));
  writeFileSync(file("empty.trace"), "");
  for (const name of ["text.trace", "term.trace", "empty.trace"]) {
    await expect(importTrace([file(name)], out), name).rejects.toMatchObject({ code: "bad_trace" });
  }
  await expect(importTrace([file("nowhere")], out)).rejects.toMatchObject({ code: "unreadable" });
  const signal = AbortSignal.abort();
  const aborted = importTrace([file("timed.trace")], out, { signal });
  await expect(aborted).rejects.toMatchObject({ code: "cancelled" });
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.includes(".new-"))).toEqual([]);
});

it("does not write over a recording", async () => {
  const out = join(folder, "mine.escope");
  copyFileSync(file("timed.trace"), out);
  await expect(importTrace([file("timed.trace")], out)).rejects.toMatchObject({ code: "exists" });
});

it("finds the trace in the folder that ttb fetched it to, in one file or in a wrap set", async () => {
  for (const suffix of ["", ".0.wrp"]) {
    const fetched = file(`fetched${suffix}`);
    mkdirSync(fetched);
    copyFileSync(FIXTURE, join(fetched, `ttb-doubling${suffix}`));
    copyFileSync(`${FIXTURE}.ti`, join(fetched, "ttb-doubling.ti"));
    await imported([fetched], async ({ rows }) => {
      const [named] = await rows(
        "SELECT count(*) FROM calls JOIN processes USING (pid) WHERE name = 'doubler'",
      );
      expect(named).toEqual([2]);
    });
  }
});

it("reads a trace of ttb with what its .ti file knows of processes", async () => {
  await imported([FIXTURE], async ({ rows, manifest }) => {
    expect(manifest.target.node).toBe("ttb@127.0.0.1");
    const calls = await rows(
      "SELECT p.name, c.module, c.function, c.outcome, term(c.args), term(c.result) FROM calls c JOIN processes p USING (pid) ORDER BY c.call",
    );
    expect(calls).toEqual([
      ["doubler", "make", "double", "returned", "[21]", "42"],
      ["doubler", "make", "double", "raised", "[:not_a_number]", "{:error, :badarith}"],
    ]);
    const messages = await rows(
      `SELECT f.name, t.name, term(m.body) FROM messages m JOIN processes f ON f.pid = m.from_pid
        JOIN processes t ON t.pid = m.to_pid WHERE m.t_received IS NOT NULL ORDER BY m.message`,
    );
    expect(messages).toEqual([
      ["client", "doubler", ":go"],
      ["client", "doubler", "{:client, 21}"],
      ["doubler", "client", "{:doubled, 42}"],
      ["client", "doubler", "{:client, :not_a_number}"],
    ]);
    const [exit] = await rows("SELECT term(exit_reason) FROM processes WHERE name = 'doubler'");
    expect(String(exit)).toContain(":badarith");
  });
});
