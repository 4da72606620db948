import { atom, binary, float, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import { expect, it } from "vitest";
import { isCommon } from "./common-values.ts";

it("takes for common what is equal by chance in any recording", () => {
  const common: readonly Term[] = [
    integer(0),
    integer(-498),
    float(2),
    atom("undefined"),
    binary(""),
    binary("a"),
    list([]),
    map([]),
    tuple(atom("error"), atom("timeout")),
    list([integer(1), integer(2)]),
  ];
  expect(common.filter((one) => !isCommon(one))).toEqual([]);
});

it("takes for telling what names one thing among many", () => {
  const telling: readonly Term[] = [
    integer(1_700_000_000),
    float(0.1),
    binary("apple"),
    tuple(atom("ok"), binary("customer-1")),
    map([
      [atom("score"), integer(34)],
      [atom("vip"), atom("false")],
    ]),
    list([atom("alias")], binary("tail")),
  ];
  expect(telling.filter(isCommon)).toEqual([]);
});
