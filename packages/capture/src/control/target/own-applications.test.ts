import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { ownApplications, ownCode } from "./own-applications.ts";
import type { TargetApplication, TargetSurvey } from "./survey.ts";

type Given = Partial<TargetApplication> & { readonly name: string };

function application(given: Given): TargetApplication {
  return { version: "1.0.0", libDir: null, needs: [], modules: [], source: null, ...given };
}

function own(...given: readonly Given[]): readonly string[] {
  return ownApplications(given.map(application)).map(({ name }) => name);
}

const SYSTEM = [
  { name: "kernel" },
  { name: "stdlib", needs: ["kernel"] },
  { name: "crypto" },
  { name: "elixir", needs: ["stdlib"] },
  { name: "logger", needs: ["elixir"] },
  { name: "mix" },
];

test("OTP and Elixir are nobody's own", () => {
  expect(own(...SYSTEM)).toEqual([]);
});

test("a dependency is what another application needs", () => {
  expect(
    own(
      ...SYSTEM,
      { name: "shop", needs: ["elixir", "jason"] },
      { name: "jason", needs: ["elixir"] },
    ),
  ).toEqual(["shop"]);
});

test("umbrella siblings were compiled in the same project, dependencies under deps", () => {
  const root = path.join(tmpdir(), "big");
  expect(
    own(
      { name: "big_web", needs: ["core", "phoenix"], source: `${root}/apps/big_web/lib/web.ex` },
      { name: "core", needs: ["ecto"], source: `${root}/apps/core/lib/core.ex` },
      { name: "phoenix", source: `${root}/deps/phoenix/lib/phoenix.ex` },
      { name: "ecto", source: `${root}/deps/ecto/lib/ecto.ex` },
      { name: "observer_cli", source: `${root}/deps/observer_cli/src/observer_cli.erl` },
    ),
  ).toEqual(["big_web", "core"]);
});

test("an application with its web part beside it, in one project", () => {
  expect(
    own(
      { name: "shop", needs: ["phoenix"], source: "/srv/shop/lib/shop.ex" },
      { name: "phoenix", source: "/srv/shop/deps/phoenix/lib/phoenix.ex" },
    ),
  ).toEqual(["shop"]);
});

test("a stripped release leaves the names", () => {
  expect(
    own(
      ...SYSTEM,
      { name: "shop_web", needs: ["shop", "phoenix"] },
      { name: "shop", needs: ["ecto"] },
      { name: "phoenix", needs: ["plug"] },
      { name: "plug" },
      { name: "ecto" },
    ),
  ).toEqual(["shop_web", "shop"]);
});

test("archives of Mix are tools", () => {
  expect(
    own(
      { name: "shop" },
      { name: "hex", libDir: "/root/.mix/archives/hex-2.0.6/hex-2.0.6" },
      { name: "phx_new", libDir: "/root/.mix/archives/phx_new-1.7/phx_new" },
    ),
  ).toEqual(["shop"]);
});

test("without own applications, the modules of no application are meant", () => {
  const survey: TargetSurvey = {
    node: "a@b",
    otpRelease: 25,
    elixir: "1.14.0",
    system: "",
    rootDir: "/usr/lib/erlang",
    schedulers: 1,
    applications: [application({ name: "elixir", libDir: "/usr/lib/elixir/lib/elixir" })],
    strays: [
      { module: "erlang", file: "/usr/lib/erlang/preloaded" },
      { module: "compile", file: "/usr/lib/erlang/lib/compiler/ebin/compile.beam" },
      { module: "Elixir.IEx", file: "/usr/lib/elixir/lib/iex/ebin/Elixir.IEx.beam" },
      { module: "elixir_scope_probe", file: "elixir_scope_probe.beam" },
      { module: "Elixir.Script", file: null },
      { module: "mine", file: "/srv/mine.beam" },
    ],
    tracers: [],
    traceSessions: false,
    probe: "absent",
    compiler: true,
    tickSeconds: 60,
  };
  expect(ownCode(survey)).toEqual({ applications: [], modules: ["Elixir.Script", "mine"] });
});
