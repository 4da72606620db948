// Sites of real modules against their sources: how many are placed, and whether lines alone give the same
// places as the columns of newer compilers. A part of Elixir's modules, or with ES_ALL=1 all of them.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type FunctionLevel, functionLevel, placeSites } from "@elixirscope/instrument";
import type { SiteManifest } from "@elixirscope/trace";
import { describe, expect, it } from "vitest";
import { otpReleases, outerReleases } from "../../support/beam-node.ts";
import { type CompiledModule, compiledModules, elixirFiles, sitesOf } from "./compiled-modules.ts";
import {
  compareWithoutColumns,
  type Comparison,
  countPlaced,
  type Shares,
  sharesText,
  totalOf,
} from "./placing.ts";

const root = resolve(import.meta.dirname, "../../..");
const shop = join(root, "examples/shop");
const elixirSource = join(root, ".cache/elixir-source/lib");
const installed = "/usr/lib/elixir/lib";
/** Modules of ten thousands of clauses that loops over Unicode's tables make. */
const TABLES = /^Elixir\.String\.(Unicode|Tokenizer|Break)/;
const isAll = process.env["ES_ALL"] === "1";
/** Of the installed modules. */
const EVERY = isAll ? 1 : 3;
/** Applications of Elixir by release; compiling the others again would replace what compiles them. */
const RECOMPILED: Readonly<Record<string, readonly string[]>> = {
  "27": ["eex"],
  "29": ["logger"],
};
const ALL_RECOMPILED = ["eex", "ex_unit", "iex", "logger"];

describe.each(outerReleases())("the example shop on OTP $release", ({ release, root: otp }) => {
  it("has a place for every site that somebody wrote", () => {
    const shares: Shares = new Map();
    const files = elixirFiles(join(shop, "lib")).map((file) => join("lib", file));
    for (const manifest of manifests(compiledModules(otp, shop, files))) {
      countPlaced(shares, placeSites(manifest, sourcesOf(manifest, [shop])));
    }
    console.log(sharesText(`the shop on OTP ${release}`, shares));
    const { placed, sites } = totalOf(shares);
    expect(sites).toBeGreaterThan(300);
    expect(placed).toBe(sites);
  });
});

describe.skipIf(!existsSync(elixirSource))("Elixir's own sources", () => {
  it("have places for nearly all sites of the installed release, which has no columns", () => {
    const shares: Shares = new Map();
    for (const application of readdirSync(installed)) {
      const ebin = join(installed, application, "ebin");
      const beams = readdirSync(ebin)
        .filter((file) => /^Elixir\..*\.beam$/.test(file) && !TABLES.test(file))
        .toSorted()
        .filter((_, i) => i % EVERY === 0)
        .map((file) => join(ebin, file));
      const folders = [join(elixirSource, application), resolve(elixirSource, "..")];
      for (const manifest of manifests(compiledModules(undefined, "/", beams))) {
        countPlaced(shares, placeSites(manifest, sourcesOf(manifest, folders)));
      }
    }
    console.log(sharesText("Elixir 1.14's own modules", shares));
    const { placed, sites } = totalOf(shares);
    expect(sites).toBeGreaterThan(25_000 / EVERY / 2);
    expect(placed / sites).toBeGreaterThan(isAll ? 0.95 : 0.92);
  });

  describe.each(otpReleases().filter(({ release }) => release !== "system"))(
    "compiled on OTP $release, with columns",
    ({ release, root: otp }) => {
      it.each(isAll ? ALL_RECOMPILED : (RECOMPILED[release] ?? []))(
        "have the same places without them: %s",
        (application) => {
          const files = elixirFiles(join(elixirSource, application, "lib")).map((file) =>
            join(application, "lib", file),
          );
          const compared: Comparison = { told: 0, found: 0, wrong: [], invented: [] };
          const fine: Comparison = { told: 0, found: 0, wrong: [], invented: [] };
          for (const module of compiledModules(otp, elixirSource, files)) {
            const manifest = sitesOf(module);
            const everything = sitesOf(module, EXPRESSIONS);
            if (manifest === null || everything === null) continue;
            const sources = sourcesOf(manifest, [elixirSource]);
            compareWithoutColumns(compared, manifest, sources);
            compareWithoutColumns(fine, everything, sources);
          }
          const { told, found, wrong, invented } = compared;
          console.log(
            `${application} on OTP ${release}: ${String(told)} places, ${String(found)} found by lines, ` +
              `${String(wrong.length)} wrong, ${String(invented.length)} without a place by columns`,
          );
          expect(wrong).toEqual([]);
          expect(fine.wrong).toEqual([]);
          expect(told).toBeGreaterThan(400);
          expect(found / told).toBeGreaterThan(0.99);
          expect(invented.length / told).toBeLessThan(0.002);
        },
      );
    },
  );
});

const EXPRESSIONS: FunctionLevel = functionLevel("full", "expressions");

function manifests(modules: readonly CompiledModule[]): readonly SiteManifest[] {
  return modules.flatMap((module) => sitesOf(module) ?? []);
}

function sourcesOf(
  { sites }: SiteManifest,
  folders: readonly string[],
): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const file of new Set(sites.map((site) => site.file))) {
    const path = folders.map((folder) => join(folder, file)).find((each) => existsSync(each));
    if (path !== undefined && file !== "") sources.set(file, readFileSync(path, "utf8"));
  }
  return sources;
}
