// Causes and effects: told worlds whose edges are known.

import { causesOf, crashes, effectsOf, why, type CauseEdge } from "@elixirscope/query";
import { atom, list, tuple } from "@elixirscope/etf";
import { expect, it } from "vitest";
import { tell } from "./told.ts";

const CLIENT = "<0.100.0>";
const SERVER = "<0.200.0>";
const CHILD = "<0.300.0>";
const LINKED = "<0.400.0>";
const SUPERVISOR = "<0.500.0>";
const raised = tuple(atom("error"), atom("function_clause"));
const reason = tuple(atom("function_clause"), list([]));

function lines(edges: readonly CauseEdge[]): string[] {
  return edges.map(
    ({ source, target, type, confidence }) => `${source} ${type} ${target} ${confidence}`,
  );
}

it("leads from a reply through the server's callback back to the request and its caller", async () => {
  const known: Record<string, number> = {};
  const recording = await tell((story) => {
    known["caller"] = story.enter(CLIENT, 10, ["Shop", "visit", 0]);
    known["first"] = story.state(SERVER, 5, { left: 3 });
    known["request"] = story.message([CLIENT, 20], [SERVER, 30], "reserve", { kind: "call" });
    known["taken"] = story.handle(SERVER, 31, known["request"]);
    known["callback"] = story.call(SERVER, 32, 33, ["Shop.Inventory", "handle_call", 3]);
    const reply = story.message([SERVER, 40], [CLIENT, 50], "ok", { kind: "reply" });
    known["reply"] = reply;
    story.link(known["request"], reply, "reply");
    known["after"] = story.call(CLIENT, 60, 70, ["Shop", "pay", 1]);
    known["end"] = story.leave(CLIENT, 80);
  });
  const { caller, first, request, taken, callback, reply, after, end } = known as Record<
    "caller" | "first" | "request" | "taken" | "callback" | "reply" | "after" | "end",
    number
  >;
  expect(lines(await causesOf(recording, Object.values(known)))).toEqual([
    `${caller} call ${request} exact`,
    `${first} state_read ${taken} exact`,
    `${request + 1} handle ${taken} exact`,
    `${taken} handle ${callback} exact`,
    `${request} reply ${reply} exact`,
    `${taken} handle ${reply} exact`,
    `${caller} call ${after} exact`,
    `${reply + 1} program_order ${after} ordered`,
    `${caller} return ${end} exact`,
    `${reply + 1} program_order ${end} ordered`,
  ]);
  expect(lines(await effectsOf(recording, [request, taken]))).toEqual([
    `${request} message ${request + 1} exact`,
    `${taken} handle ${callback} exact`,
    `${request} reply ${reply} exact`,
    `${taken} handle ${reply} exact`,
  ]);
});

it("leads from the end of a process to the exception, through its callers, and on to who was linked", async () => {
  const known: number[] = [];
  const recording = await tell((story) => {
    const spawn = story.event("spawn", SERVER, 10, ":child");
    story.process(CHILD, { parent: SERVER, spawned: 10 });
    const outer = story.enter(CHILD, 20, ["Shop.Courier", "handle_cast", 2]);
    const inner = story.enter(CHILD, 21, ["Shop.Courier", "carry", 1]);
    const thrown = story.leave(CHILD, 22, raised, "raised");
    const through = story.leave(CHILD, 23, raised, "raised");
    const exit = story.exit(CHILD, 30, reason);
    const other = story.exit(SERVER, 31, reason);
    story.link(spawn, outer, "spawn");
    story.link(exit, other, "exit");
    known.push(spawn, outer, inner, thrown, through, exit, other);
  });
  const [spawn, outer, inner, thrown, through, exit, other] = known;
  expect(lines(await causesOf(recording, known))).toEqual([
    `${spawn} spawn ${outer} exact`,
    `${outer} call ${inner} exact`,
    `${inner} return ${thrown} exact`,
    `${outer} return ${through} exact`,
    `${thrown} raise ${through} ordered`,
    `${outer} program_order ${exit} ordered`,
    `${through} exit ${exit} ordered`,
    `${exit} exit ${other} exact`,
  ]);
  expect(lines(await effectsOf(recording, [thrown ?? 0, through ?? 0, exit ?? 0]))).toEqual([
    `${thrown} raise ${through} ordered`,
    `${through} exit ${exit} ordered`,
    `${exit} exit ${other} exact`,
  ]);
});

it("knows ETS keys, timers and telemetry spans by the arguments of traced calls", async () => {
  const known: number[] = [];
  const reference = tuple(atom("ref"), atom("1"));
  const recording = await tell((story) => {
    const name = [":start", ":stop"].map((phase) => [":shop", ":pay", phase]);
    const other = story.call(
      CLIENT,
      1,
      2,
      ["ets", "insert", 2],
      [":stock", tuple(atom("pear"), atom("a"))],
    );
    const write = story.call(
      CLIENT,
      3,
      4,
      ["ets", "insert", 2],
      [":stock", tuple(atom("apple"), atom("a"))],
    );
    const timer = story.call(
      CLIENT,
      5,
      6,
      ["erlang", "start_timer", 3],
      [0, ":me", ":tick"],
      reference,
    );
    const start = story.call(CLIENT, 7, 8, ["telemetry", "execute", 3], [name[0] ?? [], {}, {}]);
    const read = story.call(SERVER, 9, 10, ["ets", "lookup", 2], [":stock", ":apple"], []);
    const tick = story.message(
      [null, null],
      [CLIENT, 11],
      tuple(atom("timeout"), reference, atom("tick")),
      { match: "none" },
    );
    const stop = story.call(CLIENT, 12, 13, ["telemetry", "execute", 3], [name[1] ?? [], {}, {}]);
    known.push(other, write, timer, start, read, tick, stop);
  });
  const [other = 0, write = 0, timer = 0, start = 0, read = 0, tick = 0, stop = 0] = known;
  const edges = await causesOf(recording, [read, tick, stop]);
  const telling = edges.filter(({ type }) => ["ets", "timer", "telemetry"].includes(type));
  expect(lines(telling)).toEqual([
    `${write} ets ${read} ordered`,
    `${timer} timer ${tick} exact`,
    `${start} telemetry ${stop} ordered`,
  ]);
  expect(lines(await effectsOf(recording, [other]))).toEqual([
    `${other} return ${other + 1} exact`,
  ]);
  expect(lines(await effectsOf(recording, [write, timer]))).toEqual([
    `${write} return ${write + 1} exact`,
    `${timer} return ${timer + 1} exact`,
    `${write} ets ${read} ordered`,
    `${timer} timer ${tick} exact`,
  ]);
});

it("guesses the send of a message that was not matched, in order, and says that it is a guess", async () => {
  const sends: number[] = [];
  const recording = await tell((story) => {
    for (const t of [1, 2]) {
      sends.push(story.message([CLIENT, t], [null, null], "tick", { match: "none" }));
    }
    story.message([CLIENT, 3], [null, null], "tock", { match: "none" });
    sends.push(
      story.received(CLIENT, SERVER, 5, "tick"),
      story.received(CLIENT, SERVER, 6, "tick"),
    );
    sends.push(story.received(CLIENT, SERVER, 7, "never sent"));
  });
  const [first = 0, second = 0, one = 0, two = 0, none = 0] = sends;
  expect(lines(await causesOf(recording, [one, two, none]))).toEqual([
    `${first} message ${one} inferred`,
    `${second} message ${two} inferred`,
  ]);
  expect(lines(await effectsOf(recording, [second]))).toEqual([
    `${second} message ${two} inferred`,
  ]);
});

it("tells a crash: what failed, on which message, in which state, where that came from, what followed", async () => {
  let exit = 0;
  const recording = await tell((story) => {
    story.process(SUPERVISOR, { name: "Shop.Supervisor", spawned: 1 });
    story.process(SERVER, { name: "Shop.Courier", parent: SUPERVISOR, spawned: 2 });
    story.process(CLIENT, { name: "Shop.Load" });
    story.enter(CLIENT, 10, ["Shop", "ship", 1], ["parcel"]);
    story.state(SERVER, 11, { delivered: 7 });
    const cast = story.message([CLIENT, 20], [SERVER, 30], tuple(atom("$gen_cast"), atom("go")), {
      kind: "cast",
    });
    story.handle(SERVER, 31, cast);
    story.enter(SERVER, 32, ["Shop.Courier", "handle_cast", 2], [":go", { delivered: 7 }]);
    story.enter(SERVER, 33, ["Shop.Courier", "carry", 1], [":go"]);
    story.leave(SERVER, 34, raised, "raised");
    story.leave(SERVER, 35, raised, "raised");
    exit = story.exit(SERVER, 40, reason);
    const linked = story.exit(LINKED, 41, reason);
    story.link(exit, linked, "exit");
    const told = story.received(
      SERVER,
      SUPERVISOR,
      42,
      tuple(atom("EXIT"), atom("pid"), reason),
      "exit",
    );
    story.link(exit, told, "exit");
    story.event("spawn", SUPERVISOR, 50, ":child");
    story.process(CHILD, { name: "Shop.Courier", parent: SUPERVISOR, spawned: 50 });
    story.exit(CHILD, 60, ":normal");
  });
  const listed = await crashes(recording);
  expect(listed.crashes.map(({ event, process }) => [event, process.name])).toEqual([
    [exit, "Shop.Courier"],
  ]);
  const told = await why(recording, exit);
  expect(told).toMatchObject({
    kind: "crash",
    process: { pid: SERVER, name: "Shop.Courier" },
    failure: {
      error: "** (FunctionClauseError) no function clause matching in Shop.Courier.carry/1",
      mfa: "Shop.Courier.carry/1",
      arguments: ":go",
      callers: ["Shop.Courier.handle_cast/2"],
    },
    message: { text: ":go", from: { name: "Shop.Load" }, confidence: "exact" },
    state: { text: "%{delivered: 7}", version: 1 },
    deaths: [
      { process: { pid: LINKED }, fate: "died" },
      { process: { name: "Shop.Supervisor" }, fate: "told over a link" },
    ],
    restart: { process: { pid: CHILD }, by: { name: "Shop.Supervisor" }, confidence: "ordered" },
  });
  const steps = told?.story.steps.map(({ process, text }) => `${process.name}: ${text}`);
  expect(steps?.[0]).toBe('Shop.Load: calls Shop.ship("parcel")');
  expect(steps?.at(-1)).toContain("raises in Shop.Courier.carry/1");
});

it("does not tell as a crash what ended well, and says when nothing of an exception was recorded", async () => {
  const ends: number[] = [];
  const recording = await tell((story) => {
    ends.push(story.exit(CLIENT, 1, ":normal"), story.exit(SERVER, 2, ":killed"));
  });
  const [normal = 0, killed = 0] = ends;
  expect((await crashes(recording)).crashes.map(({ event }) => event)).toEqual([killed]);
  expect(await why(recording, normal)).toMatchObject({ kind: "event" });
  const told = await why(recording, killed);
  expect(told?.kind).toBe("crash");
  expect(told?.limits.join()).toContain("no exception of this process was recorded");
  expect(await why(recording, 1_000)).toBeNull();
});
