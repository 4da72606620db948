// What function boundaries cost loops with an empty body, against the same loops as they were compiled:
// the worst case there is. All modes by turns in one node; prints the ratio of medians. A process that is
// over its budget of events (50,000 in a second unless a session says otherwise) is muted: that is what
// such a loop meets.
//
//   node bench/tail-calls.mjs [rounds]

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { atom, binary, decode, encode, integer, list, tuple } from "@elixirscope/etf";
import { instrumentForms } from "@elixirscope/instrument";

const LIMIT = 25;
// a receive flushes what was recorded before it waits: that costs more each time
const ITERATIONS = { self: 5_000_000, even: 5_000_000, received: 300_000 };
const MODES = ["plain", "open", "muted", "closed"];
const rounds = Number(process.argv[2] ?? 5);
const root = resolve(import.meta.dirname, "..");

const server = createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
spawn(
  "elixir",
  [
    "-pa",
    join(root, "probe/prebuilt"),
    join(root, "tests/instrument/equality/beam/loops.exs"),
    String(server.address().port),
  ],
  { stdio: ["ignore", "inherit", "inherit"] },
);
const socket = await new Promise((done) => server.once("connection", done));
server.close();
const frames = framesOf(socket);

const level = { level: "boundaries", captures: ["arguments", "result", "exception"] };
await answerForms({ levelOf: () => ({ ...level, detail: "bindings" }) });

let slow = false;
for (const loop of Object.keys(ITERATIONS)) {
  const ns = Object.fromEntries(MODES.map((mode) => [mode, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const mode of MODES) ns[mode].push((await run(loop, mode)) / ITERATIONS[loop]);
  }
  const [plain, open, muted, closed] = MODES.map((mode) => median(ns[mode]));
  const times = (of) => `${of.toFixed(1)} (${(of / plain).toFixed(1)}x)`;
  console.log(
    `${loop}: ns per round: plain ${plain.toFixed(1)}, every event recorded ${times(open)}, ` +
      `within a session's budget ${times(muted)} (limit ${LIMIT}x), gate closed ${times(closed)}`,
  );
  slow ||= muted / plain > LIMIT;
}
socket.end();
process.exitCode = slow ? 1 : 0;

async function answerForms(plan) {
  const asked = (await hear()).items[1].items;
  let firstSite = 1;
  const answers = asked.map(({ items: [, md5, , forms] }) => {
    const made = instrumentForms(forms, {
      plan,
      firstSite,
      md5: Buffer.from(md5.bytes).toString(),
      vsn: null,
    });
    if (!made.ok) return tuple(atom("skip"), binary(made.error.message));
    firstSite += made.value.manifest.sites.length;
    return tuple(atom("forms"), made.value.forms, list([]));
  });
  tell(tuple(atom("code"), list(answers)));
}

async function run(loop, mode) {
  tell(tuple(atom("run"), atom(loop), integer(ITERATIONS[loop]), atom(mode)));
  const told = (await hear()).items[1];
  return Number(told.entries.find(([key]) => key.name === "ns")[1].value);
}

function tell(term) {
  const bytes = encode(term);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  socket.write(Buffer.concat([length, bytes]));
}

async function hear() {
  const { value } = await frames.next();
  const term = decode(value);
  if (!term.ok) throw new Error(term.error.code);
  return term.value;
}

async function* framesOf(from) {
  let input = Buffer.alloc(0);
  for await (const chunk of from) {
    input = Buffer.concat([input, chunk]);
    while (input.length >= 4 && input.length >= 4 + input.readUInt32BE(0)) {
      const end = 4 + input.readUInt32BE(0);
      yield input.subarray(4, end);
      input = input.subarray(end);
    }
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
