import { describe, expect, it } from "vitest";
import { otpReleases, startNode } from "./beam-node.ts";

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("startNode", () => {
  for (const { release, root } of otpReleases()) {
    it(`starts erl and elixir of the ${release} release and ends them`, async () => {
      for (const program of ["erl", "elixir"] as const) {
        const node = await startNode({ program, ...(root === undefined ? {} : { root }) });
        expect(isRunning(node.pid)).toBe(true);
        await node.stop();
        expect(isRunning(node.pid)).toBe(false);
      }
    });
  }

  it("runs the code first and keeps what it prints", async () => {
    const node = await startNode({ code: 'io:format("hello ~p~n", [node()]).' });
    expect(node.output()).toContain(`hello '${node.name}'`);
    await node.stop();
    await node.stop();
  });

  it("fails with the node's own words when the code crashes", async () => {
    await expect(startNode({ code: "exit(planted)." })).rejects.toThrow(/planted/);
  });

  it("starts with short names", async () => {
    await using node = await startNode({
      name: `es_short_${String(process.pid)}`,
      longNames: false,
    });
    expect(node.name).toMatch(/@localhost$/);
  });
});
