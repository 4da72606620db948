// Makers of what processes do: dictionary, messages to itself and to others, children that end in every
// way, links, exits, output; and of stack traces as values.

import {
  call,
  enclosed,
  indented,
  line,
  operand,
  tagged,
  type Text,
} from "../../../codegraph/generate/text.ts";
import { clauses } from "../../../codegraph/generate/branches.ts";
import type { Maker, Scope, StatementMaker, Writer } from "../../../codegraph/generate/writer.ts";

export const processes: readonly Maker[] = [
  { name: "dictionary", weight: 2, make: (w, s, d) => dictionary(w, s, d) },
  { name: "send", weight: 2, make: (w, s, d) => call("send", line("self()"), w.expression(s, d)) },
  {
    name: "tell",
    weight: 2,
    make: (w, s, d) => call("send", line("Around.peer()"), w.expression(s, d)),
  },
  { name: "ask", weight: 3, make: (w, s, d) => asked(w, s, d) },
  { name: "child", weight: 3, make: (w, s, d) => child(w, s, d) },
  { name: "child.waiting", weight: 1, make: (w, s) => waiting(w, s) },
  { name: "hibernate", weight: 1, make: (w, s) => hibernating(w, s) },
  { name: "task", weight: 1, make: (w, s, d) => task(w, s, d) },
  { name: "trap", weight: 1, make: (w, s, d) => trapped(w, s, d) },
  { name: "exit", weight: 1, make: (w, s, d) => exits(w, s, d) },
  {
    name: "output",
    weight: 2,
    make: (w, s) =>
      line(`IO.${w.random.pick(["puts", "write"])}(inspect(Some.id(${w.variable(s) ?? "1"})))`),
  },
  { name: "stacktrace", weight: 5, make: (w, s, d) => stacktrace(w, s, d) },
  {
    name: "protocol",
    weight: 2,
    make: (w, s, d) => call("Speaks.speak", call("Around.thing", w.expression(s, d))),
  },
  {
    name: "server",
    weight: 1,
    make: (w, s) => line(`Around.serve(Program.Server, ${w.variable(s) ?? "1"})`),
  },
  {
    name: "for.binary",
    weight: 2,
    make: (w, s, d) => [
      ...line(
        `for <<byte <- Some.text(${w.variable(s) ?? "1"})>>, into: ${w.random.pick(['""', "[]", "MapSet.new()"])} do`,
      ),
      ...indented(w.expression(s, d - 1)),
      ...indented(line(w.random.chance(80) ? "<<byte + 1>>" : "Some.risky(<<byte>>)")),
      ...line("end"),
    ],
  },
  {
    name: "receive.none",
    weight: 1,
    make: (w, s, d) => [
      ...line("receive do"),
      ...indented(clauses(w, s, d, "receive.clause", { total: 20 })),
      ...line("after"),
      ...indented(line("0 ->")),
      ...indented(w.expression(s, d), 2),
      ...line("end"),
    ],
  },
];

/** The value of a variable as the program sees it, for the recording to be held against. */
export const seen: StatementMaker = {
  name: "seen",
  weight: 12,
  make: (w, s) => {
    const name = w.variable(s);
    return { text: line(name === null ? "Some.fresh()" : `seen(:${name}, ${name})`), scope: s };
  },
};

function dictionary(w: Writer, s: Scope, d: number): Text {
  const key = w.random.pick([":a", ":b", `{:c, ${w.variable(s) ?? "1"}}`]);
  return w.random.pick<() => Text>([
    () => call("Process.put", line(key), w.expression(s, d)),
    () => line(`Process.get(${key})`),
    () => line(`Process.delete(${key})`),
    () => line("Enum.sort(Process.get())"),
    () => line("Enum.sort(Process.get_keys())"),
    () => line("Enum.sort(:erlang.get())"),
    () => line(`Enum.sort(:erlang.get_keys(${w.variable(s) ?? "nil"}))`),
    () =>
      w.random.chance(20) ? line("Enum.sort(:erlang.erase())") : line(`:erlang.erase(${key})`),
  ])();
}

/** A question to another process, and its answer. */
function asked(w: Writer, s: Scope, d: number): Text {
  return [
    ...line("("),
    ...indented(line("ref = make_ref()")),
    ...indented(
      enclosed(
        "send(Around.peer(), ",
        [enclosed("{", [line(":ask"), line("self()"), line("ref"), w.expression(s, d)], "}")],
        ")",
      ),
    ),
    ...indented(line("receive do")),
    ...indented(line("{^ref, {:ok, answer}} ->"), 2),
    ...indented(line(w.random.chance(50) ? "answer" : "Some.risky(answer)"), 3),
    ...indented(line("{^ref, answer} -> {:other, answer}"), 2),
    ...indented(line("end")),
    ...line(")"),
  ];
}

/** A child process, how it ended, with which stack trace. */
function child(w: Writer, s: Scope, d: number): Text {
  const way = w.random.pick([
    "spawn_monitor(",
    "Process.spawn(",
    "spawn_monitor(Program, :child, [",
  ]);
  const body = tagged(w.block(s, d), "child");
  const started =
    way === "spawn_monitor(Program, :child, ["
      ? [...line(way), ...indented(body.length === 1 ? body : w.small(s)), ...line("])")]
      : [
          ...line(way),
          ...indented(line("fn ->")),
          ...indented([...line("Some.seed(7)"), ...body], 2),
          ...indented(line(way === "Process.spawn(" ? "end, [:monitor]" : "end")),
          ...line(")"),
        ];
  return [
    ...line("("),
    ...indented(line("{pid, ref} =")),
    ...indented(started, 2),
    ...indented(line("receive do")),
    ...indented(line("{:DOWN, ^ref, :process, ^pid, reason} -> reason"), 2),
    ...indented(line("end")),
    ...line(")"),
  ];
}

/** A child that waits until it is told to end. */
function waiting(w: Writer, s: Scope): Text {
  const value = w.variable(s) ?? "1";
  const reason = w.random.pick([":kill", ":shutdown", `{:ended, ${value}}`]);
  const told = w.random.chance(50) ? `Process.exit(pid, ${reason})` : `send(pid, ${value})`;
  return [
    ...line("("),
    ...indented(line("{pid, ref} =")),
    ...indented(line("spawn_monitor(fn ->"), 2),
    ...indented(line("Some.seed(10)"), 3),
    ...indented(line("receive do"), 3),
    ...indented(line("got -> Some.risky(got)"), 4),
    ...indented(line("end"), 3),
    ...indented(line("end)"), 2),
    ...indented(line(told)),
    ...indented(line("receive do")),
    ...indented(line("{:DOWN, ^ref, :process, ^pid, reason} -> reason"), 2),
    ...indented(line("end")),
    ...line(")"),
  ];
}

function task(w: Writer, s: Scope, d: number): Text {
  return [
    ...line("Task.await("),
    ...indented(line("Task.async(fn ->")),
    ...indented([...line("Some.seed(8)"), ...w.block(s, d)], 2),
    ...indented(line("end)")),
    ...line(")"),
  ];
}

/** Its stack is thrown away, and it goes on in another function when a message comes. */
function hibernating(w: Writer, s: Scope): Text {
  const value = w.variable(s) ?? "1";
  const way = w.random.pick([":erlang.hibernate", ":proc_lib.hibernate"]);
  return [
    ...line("("),
    ...indented(line("{pid, ref} =")),
    ...indented(line("spawn_monitor(fn ->"), 2),
    ...indented(line(`${way}(Program, :child, [${value}])`), 3),
    ...indented(line("end)"), 2),
    ...indented(line("send(pid, :wake)")),
    ...indented(line("receive do")),
    ...indented(line("{:DOWN, ^ref, :process, ^pid, reason} -> reason"), 2),
    ...indented(line("end")),
    ...line(")"),
  ];
}

function trapped(w: Writer, s: Scope, d: number): Text {
  return [
    ...line("("),
    ...indented(line("was = Process.flag(:trap_exit, true)")),
    ...indented(line("pid =")),
    ...indented(line("spawn_link(fn ->"), 2),
    ...indented([...line("Some.seed(9)"), ...w.block(s, d)], 3),
    ...indented(line("end)"), 2),
    ...indented(line("receive do")),
    ...indented(line("{:EXIT, ^pid, reason} ->"), 2),
    ...indented(line("Process.flag(:trap_exit, was)"), 3),
    ...indented(line("reason"), 3),
    ...indented(line("end")),
    ...line(")"),
  ];
}

function exits(w: Writer, s: Scope, d: number): Text {
  return [
    ...line("if Some.fuel() do"),
    ...indented(w.expression(s, d)),
    ...line("else"),
    ...indented(
      line(
        w.random.pick([
          "exit(:normal)",
          "Process.exit(self(), :kill)",
          `Process.exit(self(), {:own, ${w.variable(s) ?? "1"}})`,
          "throw(:uncaught)",
        ]),
      ),
    ),
    ...line("end"),
  ];
}

/** Whatever it raises, with where it came from. */
function stacktrace(w: Writer, s: Scope, d: number): Text {
  const inside = [...w.block(s, d), ...call("Some.risky", operand(w.expression(s, d)))];
  return [
    ...line("try do"),
    ...indented(w.random.chance(50) ? inside : [...w.block(s, d), ...line("ping(3, 1)")]),
    ...(w.random.chance(50)
      ? [...line("rescue"), ...indented(line("error -> {error, Around.trace(__STACKTRACE__)}"))]
      : []),
    ...line("catch"),
    ...indented(line(`kind, reason -> {kind, reason, Around.trace(__STACKTRACE__)}`)),
    ...(w.random.chance(30) ? [...line("after"), ...indented(w.small(s))] : []),
    ...line("end"),
  ];
}
