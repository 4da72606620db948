// `elixirscope run -- mix test`: the command is what it is without us, and every value is in the recording.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elixirReleases, PLAIN, Project, type Ran, rowsOf, steady } from "./projects.ts";

const TEST = ["mix", "test", "--seed", "0"];

describe.each(elixirReleases())("mix test with $name", (release) => {
  let project: Project;
  let alone: Ran;
  let built: Readonly<Record<string, string>>;
  let sources: Readonly<Record<string, string>>;
  let cold: Ran & { readonly out: string };
  let warm: Ran & { readonly out: string };

  beforeAll(async () => {
    project = new Project(PLAIN);
    sources = project.hashes();
    alone = await project.run(TEST, { release });
    built = project.hashes("_build");
    project.remove("_build");
    cold = await project.record(TEST, { release });
  });
  afterAll(() => project[Symbol.dispose]());

  it("prints what it prints without us, and ends as it does", () => {
    expect(alone.code).not.toBe(0);
    expect([cold.code, cold.signal]).toEqual([alone.code, null]);
    expect(steady(cold.stdout)).toBe(steady(alone.stdout));
    expect(steady(cold.stderr)).toBe(steady(alone.stderr));
    expect(cold.stderr).toMatch(/^elixirscope: recorded \d+ calls, .* 4 modules instrumented: /m);
  });

  it("leaves the sources and the build as they are without us", async () => {
    const now = project.hashes();
    for (const [name, hash] of Object.entries(sources)) expect(now[name], name).toBe(hash);
    expect(beams(project.hashes("_build"))).toEqual(beams(built));
    expect(Object.keys(project.hashes("_build"))).toEqual(Object.keys(built));
    const before = project.hashes("_build");
    warm = await project.record(TEST, { release });
    expect(project.hashes("_build")).toEqual(before);
    const compiled = await project.run(["mix", "compile", "--verbose"], {
      release,
      env: { MIX_ENV: "test" },
    });
    expect([compiled.code, compiled.stdout]).toEqual([0, ""]);
    expect(steady(warm.stdout)).toBe(
      steady(alone.stdout).replace(/^Compiling .*\nGenerated .*\n/, ""),
    );
  });

  it("records each test with its outcome, in the process that ran it", async () => {
    const sql = `select t.name, t.outcome, c.function, c.pid = t.pid, t.failing_line
      from tests t left join calls c on c.call = t.call order by t.name`;
    const expected = [
      ["test adds", "passed", "test adds", true, null],
      ["test fails", "failed", "test fails", true, 12],
      ["test is skipped", "skipped", null, null, null],
      ["test sizes", "passed", "test sizes", true, null],
    ];
    expect(await rowsOf(cold.out, sql)).toEqual(expected);
    expect(await rowsOf(warm.out, sql)).toEqual(expected);
  });

  it("records the values of a failing test's variables", async () => {
    const sql = `select b.name, term(b.value) from bindings b join tests t on b.call = t.call
      where t.outcome = 'failed' order by b.event, b.name`;
    expect(await rowsOf(cold.out, sql)).toEqual([
      ["expected", "5"],
      ["actual", "4"],
    ]);
  });

  it("records what an implementation of a protocol does", async () => {
    const sql = `select module, term(args), term(result) from calls where function = 'size' order by call`;
    expect(await rowsOf(cold.out, sql)).toEqual([
      ["Plain", "[[1, 2, 3]]", "3"],
      ["Plain.Sized.List", "[[1, 2, 3]]", "3"],
    ]);
  });

  it("does not record what runs while code is compiled", async () => {
    const sql = "select count(*) from calls where module = 'Plain.Macros'";
    expect(await rowsOf(cold.out, sql)).toEqual([[0]]);
  });

  it("loses nothing, and says how the command ended", async () => {
    expect(await rowsOf(cold.out, "select reason, detail from gaps")).toEqual([]);
    expect(await rowsOf(cold.out, "select count(*) from calls where outcome = 'lost'")).toEqual([
      [0],
    ]);
  });
});

/** Mix's manifests hold the times at which files were written. */
function beams(hashes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(hashes).filter(([name]) => !name.includes(".mix/")));
}
