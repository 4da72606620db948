// Causes and effects: told worlds whose edges are known.

import { causesOf, effectsOf, type CauseEdge } from "@elixirscope/query";
import { atom, list, tuple } from "@elixirscope/etf";
import { expect, it } from "vitest";
import { tell } from "./told.ts";

const CLIENT = "<0.100.0>";
const SERVER = "<0.200.0>";
const CHILD = "<0.300.0>";
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
