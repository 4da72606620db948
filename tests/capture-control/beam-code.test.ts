import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readModuleCode, type TailCall } from "../../packages/capture/src/index.ts";
import { outerReleases, type OtpRelease } from "../support/beam-node.ts";

const script = join(import.meta.dirname, "tail_calls.escript");

function erlOf({ root }: OtpRelease): string {
  return root === undefined ? "erl" : join(root, "bin/erl");
}

function evaluate(erl: string, expression: string): string {
  return execFileSync(erl, ["-noshell", "-eval", `${expression}, init:stop().`], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
}

function ebinFolders(erl: string): readonly string[] {
  return evaluate(
    erl,
    'code:add_path("/usr/lib/elixir/lib/elixir/ebin"), [io:format("~ts~n", [D]) || A <- [kernel, stdlib, compiler, elixir], D <- [code:lib_dir(A, ebin)], is_list(D)]',
  )
    .split("\n")
    .filter((dir) => dir !== "");
}

/** The reference, run as plain source so that every release's own beam_disasm is asked. */
function reference(erl: string, folders: readonly string[]): string {
  const dirs = folders.map((dir) => JSON.stringify(dir)).join(",");
  const body = readFileSync(script, "utf8").split("\n").slice(1).join("\n");
  const forms = `-module(tail_calls).\n-export([main/1]).\n${body}`;
  const dir = mkdtempSync(join(tmpdir(), "elixirscope-beam-"));
  try {
    return evaluate(
      erl,
      `ok = file:write_file("${dir}/tail_calls.erl", <<${JSON.stringify(forms)}/utf8>>), {ok, M, B} = compile:file("${dir}/tail_calls", [binary]), code:load_binary(M, "x", B), M:main([${dirs}])`,
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function show(module: string, call: TailCall): string {
  if (call.kind === "apply" || call.kind === "fun") return `${call.kind}/${call.arity}`;
  const target = call.kind === "local" ? module : call.module;
  return `${target}:${call.function}/${call.arity}`;
}

function describeModule(path: string): readonly string[] {
  const read = readModuleCode(readFileSync(path));
  if (!read.ok) return [`module\t${path}`, read.error.message];
  const { module, functions } = read.value;
  return [
    `module\t${path}`,
    ...functions.map(
      ({ name, arity, tailCalls }) =>
        `${name}/${arity}\t${tailCalls.map((call) => show(module, call)).join(" ")}`,
    ),
  ];
}

describe.each(outerReleases())("compiled modules of OTP $release", (release) => {
  const erl = erlOf(release);
  let folders: readonly string[] = [];
  let work = "";

  beforeAll(() => {
    folders = ebinFolders(erl);
    work = mkdtempSync(join(tmpdir(), "elixirscope-beam-"));
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test("have the functions and tail calls that the VM's own tools see", () => {
    const expected = reference(erl, folders)
      .split("\n")
      .filter((line) => line !== "");
    const ours = expected
      .filter((line) => line.startsWith("module\t"))
      .flatMap((line) => describeModule(line.split("\t")[1] ?? ""));
    expect(ours.length).toBeGreaterThan(5000);
    expect(firstDifference(ours, expected)).toBeNull();
  });

  test("read the same when stripped and compressed", () => {
    const [, stdlib = ""] = folders;
    const file = join(stdlib, "gen_server.beam");
    evaluate(
      erl,
      `{ok, Whole} = file:read_file("${file}"), {ok, {_, Small}} = beam_lib:strip(Whole), Plain = case Small of <<31, 139, _/binary>> -> zlib:gunzip(Small); _ -> Small end, ok = file:write_file("${work}/small.beam", Plain), ok = file:write_file("${work}/packed.beam", zlib:gzip(Plain))`,
    );
    const whole = readModuleCode(readFileSync(file));
    expect(whole.ok).toBe(true);
    expect(readModuleCode(readFileSync(join(work, "small.beam")))).toEqual(whole);
    expect(readModuleCode(readFileSync(join(work, "packed.beam")))).toEqual(whole);
  });
});

function firstDifference(ours: readonly string[], expected: readonly string[]): unknown {
  for (let i = 0; i < Math.max(ours.length, expected.length); i++) {
    if (ours[i] !== expected[i]) return { line: i, ours: ours[i], expected: expected[i] };
  }
  return null;
}
