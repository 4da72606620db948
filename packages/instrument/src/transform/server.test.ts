import { atom, integer, list, tuple, type Term } from "@elixirscope/etf";
import { describe, expect, it } from "vitest";
import type { FunctionLevel } from "../module-plan.ts";
import { atomName, node } from "./forms.ts";
import { instrumentForms } from "./module.ts";

const at = integer(3);
const FULL: FunctionLevel = {
  level: "full",
  captures: ["arguments", "result", "exception"],
  detail: "bindings",
};
const attribute = (name: string, value: Term): Term => node("attribute", at, atom(name), value);
const MODULE = attribute("module", atom("Elixir.Shop.Cart"));
const GEN_SERVER = attribute("behaviour", atom("Elixir.GenServer"));
const GEN_STATEM = attribute("behavior", atom("gen_statem"));

function definition(key: string, anno: Term = at): Term {
  const [name = "", arity = "0"] = key.split("/");
  const args = Array.from({ length: Number(arity) }, (_, i) => node("var", at, atom(`_a@${i}`)));
  const clause = node("clause", anno, list(args), list([]), list([node("nil", at)]));
  return node("function", anno, atom(name), integer(Number(arity)), list([clause]));
}

const exported = (...keys: readonly string[]): Term =>
  attribute(
    "export",
    list(
      keys.map((key) => {
        const [name = "", arity] = key.split("/");
        return tuple(atom(name), integer(Number(arity)));
      }),
    ),
  );

/** Names of the capture module's functions that the instrumented module calls. */
function calls(forms: readonly Term[], levels: Readonly<Record<string, FunctionLevel>> = {}) {
  const levelOf = (name: string, arity: number): FunctionLevel =>
    levels[`${name}/${String(arity)}`] ?? FULL;
  const options = { plan: { levelOf }, firstSite: 1, md5: "00ff", vsn: null };
  const done = instrumentForms(list([MODULE, ...forms]), options);
  if (!done.ok) throw new Error(done.error.message);
  const found = new Set<string>();
  collect(done.value.forms, found);
  return found;
}

function collect(term: Term, found: Set<string>): void {
  if (term.kind !== "tuple" && term.kind !== "list") return;
  if (term.kind === "tuple" && atomName(term.items[0] ?? atom("")) === "remote") {
    const [module, name] = term.items
      .slice(2)
      .map((item) => (item.kind === "tuple" ? atomName(item.items[2] ?? atom("")) : null));
    if (module === "elixir_scope_capture") found.add(name ?? "");
  }
  for (const item of term.items) collect(item, found);
}

const saysItTells = (
  forms: readonly Term[],
  levels?: Readonly<Record<string, FunctionLevel>>,
): boolean => calls(forms, levels).has("enter_init");

const CALLBACKS = ["init/1", "handle_call/3", "handle_info/2"].map((key) => definition(key));

describe("a server", () => {
  it("whose callbacks are all recorded says so as its processes begin", () => {
    expect(saysItTells([GEN_SERVER, ...CALLBACKS])).toBe(true);
    expect(saysItTells([...CALLBACKS])).toBe(false);
  });

  it.each([
    ["a callback is left out", { level: "off", captures: [], detail: "bindings" }],
    ["a result is", { level: "boundaries", captures: ["arguments"], detail: "bindings" }],
    ["arguments are", { level: "boundaries", captures: ["result"], detail: "bindings" }],
    ["only states are wanted", { level: "minimal", captures: ["state"], detail: "bindings" }],
  ] as const)("does not when %s", (_, level) => {
    expect(saysItTells([GEN_SERVER, ...CALLBACKS], { "handle_info/2": level })).toBe(false);
  });

  it("does whatever becomes of its other functions", () => {
    const off: FunctionLevel = { level: "off", captures: [], detail: "bindings" };
    const add = definition("add/2");
    expect(saysItTells([GEN_SERVER, add, ...CALLBACKS], { "add/2": off })).toBe(true);
  });

  it("has callbacks recorded that a macro made, for these handle messages, too", () => {
    const generated = list([tuple(atom("generated"), atom("true"))]);
    const made = definition("handle_cast/2", generated);
    const other = definition("child_spec/1", generated);
    const forms = list([MODULE, GEN_SERVER, made, other, ...CALLBACKS]);
    const options = { plan: { levelOf: () => FULL }, firstSite: 1, md5: "00ff", vsn: null };
    const done = instrumentForms(forms, options);
    expect(done.ok && done.value.skipped).toEqual([
      { function: "child_spec/1", reason: "a macro made all of it" },
    ]);
    expect(saysItTells([GEN_SERVER, made, ...CALLBACKS])).toBe(true);
  });

  it("of another kind as well is none", () => {
    expect(saysItTells([GEN_SERVER, GEN_STATEM, ...CALLBACKS])).toBe(false);
  });
});

describe("a state machine", () => {
  const states = ["placed/3", "paid/3"];
  const forms = [
    GEN_STATEM,
    exported("init/1", "terminate/3", "start/3", ...states),
    ...["init/1", "terminate/3", "helper/3", ...states].map((key) => definition(key)),
  ];
  const off: FunctionLevel = { level: "off", captures: [], detail: "bindings" };

  it("tells its states by the exported functions that may be one", () => {
    expect(saysItTells(forms)).toBe(true);
    expect(saysItTells(forms, { "paid/3": off })).toBe(false);
    expect(saysItTells(forms, { "helper/3": off, "terminate/3": off })).toBe(true);
  });

  it("or by handle_event", () => {
    const one = [GEN_STATEM, definition("init/1"), definition("handle_event/4")];
    expect(saysItTells(one)).toBe(true);
    expect(saysItTells(one, { "handle_event/4": off })).toBe(false);
  });
});
