import { atom, charlist, integer, list, tuple, type Term } from "@elixirscope/etf";
import { describe, expect, it } from "vitest";
import type { FunctionLevel } from "../module-plan.ts";
import { placeOf } from "./annotations.ts";
import { builtIn } from "./builtins.ts";
import { atomName, itemsOf, kindOf, node, part } from "./forms.ts";
import { instrumentForms } from "./module.ts";
import { patternVariables, sourceName } from "./variables.ts";

const at = integer(3);
const BOUNDARIES: FunctionLevel = {
  level: "boundaries",
  captures: ["arguments", "result", "exception"],
  detail: "bindings",
};
const attribute = (name: string, value: Term): Term => node("attribute", at, atom(name), value);
const variable = (name: string): Term => node("var", at, atom(name));

/** `Name(X) -> Body.` */
function functionForm(name: string, body: Term): Term {
  const clause = node("clause", at, list([variable("_x@1")]), list([]), list([body]));
  return node("function", at, atom(name), integer(1), list([clause]));
}

function remoteCall(module: string, name: string, args: readonly Term[]): Term {
  const callee = node("remote", at, node("atom", at, atom(module)), node("atom", at, atom(name)));
  return node("call", at, callee, list(args));
}

const MODULE = attribute("module", atom("Elixir.Shop"));
const FILE = attribute("file", tuple(charlist("lib/shop.ex"), integer(1)));
const identity = functionForm("f", variable("_x@1"));

function instrument(
  forms: readonly Term[],
  level = BOUNDARIES,
): ReturnType<typeof instrumentForms> {
  const plan = { levelOf: () => level };
  return instrumentForms(list([FILE, MODULE, ...forms]), {
    plan,
    firstSite: 100,
    md5: "00ff",
    vsn: list([integer(7)]),
  });
}

function refusalOf(forms: readonly Term[], level?: FunctionLevel): string {
  const result = instrument(forms, level);
  return result.ok ? "" : result.error.code;
}

describe("a module", () => {
  it("gets sites from the given number on, in the file and on the line of their forms", () => {
    const result = instrument([identity, functionForm("__info__", variable("_x@1"))]);
    if (!result.ok) throw new Error(result.error.message);
    const { manifest, functions, skipped } = result.value;
    expect(manifest).toMatchObject({ module: "Shop", md5: "00ff", file: "lib/shop.ex" });
    expect(manifest.sites.map(({ site, kind, line }) => [site, kind, line])).toEqual([
      [100, "return", 3],
      [101, "function_clause", 3],
    ]);
    expect(manifest.sites[1]).toMatchObject({ names: ["x"], file: "lib/shop.ex", function: "f" });
    expect(functions).toBe(1);
    expect(skipped).toEqual([{ function: "__info__/1", reason: "the compiler makes it" }]);
  });

  it("has functions that a macro made recorded when the plan names them", () => {
    const generated = list([tuple(atom("generated"), atom("true"))]);
    const clause = node("clause", generated, list([]), list([]), list([node("nil", at)]));
    const made = node("function", at, atom("made"), integer(0), list([clause]));
    expect(refusalOf([made])).toBe("nothing_to_do");
    expect(refusalOf([made], { ...BOUNDARIES, named: true })).toBe("");
  });

  it("counts the closures of each function", () => {
    const closure = (): Term => {
      const clause = node(
        "clause",
        at,
        list([variable("_a@1")]),
        list([]),
        list([variable("_a@1")]),
      );
      return node("fun", at, tuple(atom("clauses"), list([clause])));
    };
    const pair = node("tuple", at, list([closure(), closure()]));
    const result = instrument([functionForm("f", pair), functionForm("g", closure())]);
    const sites = result.ok ? result.value.manifest.sites : [];
    const closures = sites.filter(({ kind }) => kind === "fn_clause");
    expect(closures.map((site) => [site.function, site.closure])).toEqual([
      ["f", { index: 0, arity: 1 }],
      ["f", { index: 1, arity: 1 }],
      ["g", { index: 0, arity: 1 }],
    ]);
  });

  it("keeps the version of the code it is made of", () => {
    const result = instrument([identity]);
    const forms = result.ok ? itemsOf(result.value.forms) : [];
    const vsn = forms.filter(
      (form) => kindOf(form) === "attribute" && atomName(part(form, 2)) === "vsn",
    );
    expect(vsn.map((form) => part(form, 3))).toEqual([list([integer(7)])]);
  });

  it("is left alone, and says why", () => {
    expect(refusalOf([])).toBe("no_forms");
    expect(refusalOf([attribute("on_load", atom("f")), identity])).toBe("on_load");
    expect(refusalOf([functionForm("__protocol__", variable("_x@1"))])).toBe("protocol");
    expect(refusalOf([functionForm("f", remoteCall("erlang", "load_nif", []))])).toBe("nif");
    expect(refusalOf([identity], { ...BOUNDARIES, level: "off" })).toBe("nothing_to_do");
  });
});

describe("names and places", () => {
  it("knows what the author called a variable", () => {
    expect(["_x@1", "__x@2", "_@1", "_1"].map((name) => sourceName(name, true))).toEqual([
      "x",
      "_x",
      null,
      null,
    ]);
    expect(sourceName("_Rest", false)).toBe("_Rest");
  });

  it("takes sizes and keys for uses", () => {
    const size = node("bin_element", at, variable("B"), variable("N"), atom("default"));
    const field = node("map_field_exact", at, variable("K"), variable("V"));
    const pattern = list([node("bin", at, list([size])), node("map", at, list([field]))]);
    expect(patternVariables(pattern)).toEqual(["B", "V"]);
  });

  it("reads each shape of an annotation", () => {
    const location = tuple(integer(4), integer(9));
    const all = list([
      tuple(atom("generated"), atom("true")),
      tuple(atom("location"), location),
      tuple(atom("file"), charlist("deps/a.ex")),
    ]);
    expect(placeOf(integer(4))).toMatchObject({ line: 4, column: null, generated: false });
    expect(placeOf(location)).toMatchObject({ line: 4, column: 9 });
    expect(placeOf(all)).toEqual({ line: 4, column: 9, generated: true, file: "deps/a.ex" });
  });

  it("tells built-in functions from those that only some releases have", () => {
    expect(builtIn("erlang", "atom_to_list", 1)).toBe("always");
    expect(builtIn("erlang", "binary_to_integer", 1)).toBe("sometimes");
    expect(builtIn("lists", "map", 2)).toBe("never");
  });
});
