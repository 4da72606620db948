import { atom, encode, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import { describe, expect, it } from "vitest";
import { callbackArguments } from "./callback-arguments.ts";

const state = map([[atom("n"), integer(1)]]);
const from = tuple(atom("pid"), atom("tag"));
const message = tuple(atom("add"), integer(300));

function read(name: string, args: readonly Term[], behaviour = "gen_server", oldAtoms = false) {
  const bytes = encode(list(args));
  const callback = { module: "M", name, arity: args.length };
  return callbackArguments(callback, behaviour, bytes, 1, bytes.length, oldAtoms);
}

const term = (value: Term): Buffer => Buffer.from(encode(value));

describe("callbackArguments", () => {
  it.each([
    ["handle_call", [message, from, state], tuple(atom("$gen_call"), from, message)],
    ["handle_cast", [message, state], tuple(atom("$gen_cast"), message)],
    ["handle_info", [message, state], message],
  ])(
    "give the message of a gen_server's %s as it was received, and the state",
    (name, args, sent) => {
      expect(read(name, args)).toEqual({ message: term(sent), state: term(state) });
    },
  );

  it("give the state of what no message caused", () => {
    expect(read("handle_continue", [atom("load"), state])).toEqual({
      message: null,
      state: term(state),
    });
  });

  it.each([
    ["a state's function", "placed", [tuple(atom("call"), from), message, state]],
    ["handle_event", "handle_event", [tuple(atom("call"), from), message, atom("placed"), state]],
  ])("give the message of a gen_statem's %s", (_, name, args) => {
    const sent = tuple(atom("$gen_call"), from, message);
    expect(read(name, args, "gen_statem")).toEqual({ message: term(sent), state: null });
  });

  it.each([
    ["cast", tuple(atom("$gen_cast"), message)],
    ["info", message],
  ])("give that of a gen_statem's %s", (type, sent) => {
    const args = [atom(type), message, state];
    expect(read("placed", args, "gen_statem").message).toEqual(term(sent));
  });

  it.each([
    ["a time-out of the machine itself", "placed", [atom("state_timeout"), message, state]],
    ["what it does as a state is entered", "placed", [atom("enter"), atom("new"), state]],
    ["its beginning", "init", [message]],
  ])("give none for %s", (_, name, args) => {
    expect(read(name, args, "gen_statem").message).toBeNull();
  });

  it.each([
    ["init", [message]],
    ["add", [message, state]],
    ["handle_call", [message, state]],
  ])("say nothing of %s, which handles no message", (name, args) => {
    expect(read(name, args)).toEqual({ message: null, state: null });
  });

  it("are read from bytes when all of them are small numbers, which are written as a string", () => {
    expect(read("handle_info", [integer(5), integer(7)])).toEqual({
      message: term(integer(5)),
      state: term(integer(7)),
    });
  });

  it("wrap calls in atoms as the target writes them", () => {
    const { message: sent } = read("handle_cast", [integer(300), integer(1)], "gen_server", true);
    const body = term(integer(300)).subarray(1);
    const tag = Buffer.concat([Buffer.of(100, 0, 9), Buffer.from("$gen_cast")]);
    expect(sent).toEqual(Buffer.concat([Buffer.of(131, 104, 2), tag, body]));
  });

  it("do not read beyond cut bytes", () => {
    const bytes = encode(list([message, from, state]));
    const callback = { module: "M", name: "handle_call", arity: 3 };
    for (let n = 1; n < bytes.length; n += 1) {
      const cut = bytes.subarray(0, n);
      expect(callbackArguments(callback, "gen_server", cut, 1, n, false).message).toBeNull();
    }
  });
});
