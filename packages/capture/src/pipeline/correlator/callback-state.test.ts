import { describe, expect, it } from "vitest";
import { atom, encode, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import { isServerCallback, machineState, serverState } from "./callback-state.ts";
import { spawnFacts } from "./spawn-facts.ts";

const state = map([[atom("n"), integer(1)]]);
const bytes = (term: Term): Buffer => Buffer.from(encode(term));

const spawned = (inner: readonly Term[]): Term =>
  tuple(atom("proc_lib"), atom("init_p"), list([atom("parent"), list([]), ...inner]));

describe("serverState", () => {
  it.each([
    ["init", tuple(atom("ok"), state)],
    ["a reply", tuple(atom("reply"), list([integer(9)]), state)],
    ["a reply with a time-out", tuple(atom("reply"), atom("ok"), state, integer(5))],
    ["no reply", tuple(atom("noreply"), state)],
    ["a stop with a reply", tuple(atom("stop"), atom("normal"), atom("ok"), state)],
    ["a stop", tuple(atom("stop"), atom("normal"), state)],
  ])("finds the state in the result of %s", (_, result) => {
    expect(serverState(bytes(result))).toEqual(bytes(state));
  });

  it.each([
    ["no tuple", atom("ignore")],
    ["no state", tuple(atom("stop"), atom("normal"))],
    ["another tuple", tuple(integer(1), state)],
  ])("finds none in %s", (_, result) => {
    expect(serverState(bytes(result))).toBeNull();
  });

  it("does not read beyond cut bytes", () => {
    const whole = bytes(tuple(atom("noreply"), state));
    for (let n = 0; n < whole.length; n += 1) expect(serverState(whole.subarray(0, n))).toBeNull();
  });
});

describe("machineState", () => {
  const before = bytes(tuple(atom("placed"), integer(0)));

  it("takes the new state and data", () => {
    const result = bytes(tuple(atom("next_state"), atom("paid"), state, list([])));
    expect(machineState(result, before)).toEqual(bytes(tuple(atom("paid"), state)));
  });

  it("keeps the state's name when only the data changes", () => {
    const result = bytes(tuple(atom("keep_state"), state));
    expect(machineState(result, before)).toEqual(bytes(tuple(atom("placed"), state)));
    expect(machineState(result, null)).toBeNull();
  });

  it.each([
    ["alone", atom("keep_state_and_data")],
    ["with actions", tuple(atom("keep_state_and_data"), list([]))],
    ["for another try", tuple(atom("repeat_state_and_data"), list([]))],
  ])("stays when nothing changes: %s", (_, result) => {
    expect(machineState(bytes(result), before)).toEqual(before);
    expect(machineState(bytes(result), null)).toBeNull();
  });

  it.each([
    ["a stop", tuple(atom("stop"), atom("normal"), state)],
    ["a stop with replies", tuple(atom("stop_and_reply"), atom("normal"), list([]), state)],
  ])("takes the last data of %s", (_, result) => {
    expect(machineState(bytes(result), before)).toEqual(bytes(tuple(atom("placed"), state)));
  });

  it("says nothing of what is no result", () => {
    expect(machineState(bytes(tuple(atom("stop"), atom("normal"))), before)).toBeNull();
    expect(machineState(bytes(atom("ignore")), before)).toBeNull();
  });
});

describe("isServerCallback", () => {
  it("goes by name and arity", () => {
    expect(isServerCallback("handle_call", 3)).toBe(true);
    expect(isServerCallback("handle_call", 2)).toBe(false);
  });
});

describe("spawnFacts", () => {
  it("names the callback module of a gen_server, named or not", () => {
    const args = [
      atom("gen_server"),
      atom("p"),
      atom("p"),
      atom("Elixir.Shop.Cart"),
      list([]),
      list([]),
    ];
    const named = args.toSpliced(3, 0, atom("name"));
    for (const each of [args, named]) {
      expect(spawnFacts(encode(spawned([atom("gen"), atom("init_it"), list(each)])))).toEqual({
        initialCall: "Shop.Cart.init/1",
        behaviour: "gen_server",
        callbackModule: "Shop.Cart",
      });
    }
  });

  it("names what a task runs", () => {
    const run = tuple(atom("Elixir.Shop.Reports"), atom("value"), list([integer(1)]));
    const task = [atom("Elixir.Task.Supervised"), atom("reply"), list([atom("o"), list([]), run])];
    expect(spawnFacts(encode(spawned(task)))).toEqual({
      initialCall: "Shop.Reports.value/1",
      behaviour: "task",
      callbackModule: null,
    });
  });

  it("names the function of a plain spawn", () => {
    const plain = tuple(atom("lists"), atom("seq"), list([integer(1), integer(2)]));
    expect(spawnFacts(encode(plain)).initialCall).toBe("lists.seq/2");
  });

  it("guesses nothing from what it does not know", () => {
    expect(spawnFacts(encode(integer(1))).initialCall).toBeUndefined();
  });
});
