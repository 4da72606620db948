// The committed probe is what its sources say, and every supported release takes it.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { otpReleases } from "../support/beam-node.ts";
import { ProbeTarget, probeManifest } from "./support/probe-target.ts";

const PROBE = resolve(import.meta.dirname, "../../probe");

function sha256(parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

describe("the prebuilt probe", () => {
  const manifest = probeManifest();

  it("was built from the sources that are here; else run: node probe/build.mjs", () => {
    const names = readdirSync(join(PROBE, "src"), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.[eh]rl$/u.test(name))
      .toSorted();
    const parts = names.flatMap((name) => [
      name,
      "\0",
      readFileSync(join(PROBE, "src", name)),
      "\0",
    ]);
    expect(manifest.sources).toBe(sha256(parts));
    expect(manifest.otp).toBe("25");
  });

  it("has the files that its manifest lists, and no other", () => {
    const listed = [...manifest.modules, ...manifest.run];
    for (const { file, sha256: sum } of listed) {
      expect(sha256([readFileSync(join(PROBE, "prebuilt", file))]), file).toBe(sum);
    }
    const files = [...listed.map((m) => m.file), "manifest.json"].toSorted();
    expect(readdirSync(join(PROBE, "prebuilt")).toSorted()).toEqual(files);
  });

  it("unloads every module that it loads", () => {
    const header = readFileSync(join(PROBE, "src/elixir_scope.hrl"), "utf8");
    const listed = /MODULES, \[([^\]]*)\]/u.exec(header)?.[1]?.match(/\w+/gu) ?? [];
    expect(listed.toSorted()).toEqual(manifest.modules.map((m) => m.name).toSorted());
  });

  it.each(otpReleases())("loads on OTP $release and surveys it", async ({ root }) => {
    const target = await ProbeTarget.start({ root });
    try {
      await target.load();
      const survey = await target.eval(
        "maps:without([applications], elixir_scope_probe:survey()).",
      );
      expect(survey).toContain(`node: :"${target.node.name}"`);
      expect(survey).toMatch(/otp: "\d+"/u);
      expect(survey).toContain("traced_by_others: []");
      const kernel = await target.eval(
        "hd([maps:with([name, modules], A) || #{name := kernel} = A <- maps:get(applications, elixir_scope_probe:survey())]).",
      );
      expect(kernel).toContain(":gen_tcp");
    } finally {
      await target.end();
    }
  });
});
