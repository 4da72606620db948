import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readModuleCode, type TailCall } from "../../packages/capture/src/index.ts";

const script = join(import.meta.dirname, "tail_calls.escript");
const cache = join(import.meta.dirname, "../../.cache/otp");

type Release = { readonly name: string; readonly erl: string; readonly escript: string };

function releases(): readonly Release[] {
  const found: Release[] = [{ name: "25", erl: "erl", escript: "escript" }];
  const unpacked = existsSync(cache) ? readdirSync(cache).toSorted() : [];
  // of those in between only with ES_ALL=1
  for (const name of process.env["ES_ALL"] === "1" ? unpacked : unpacked.slice(-1)) {
    const erl = join(cache, name, "bin/erl");
    if (existsSync(erl)) found.push({ name, erl, escript: "" });
  }
  return found;
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
function reference(release: Release, folders: readonly string[]): string {
  const dirs = folders.map((dir) => JSON.stringify(dir)).join(",");
  const body = readFileSync(script, "utf8").split("\n").slice(1).join("\n");
  const forms = `-module(tail_calls).\n-export([main/1]).\n${body}`;
  const dir = mkdtempSync(join(tmpdir(), "elixirscope-beam-"));
  try {
    return evaluate(
      release.erl,
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

describe.each(releases())("compiled modules of OTP $name", (release) => {
  let folders: readonly string[] = [];
  let work = "";

  beforeAll(() => {
    folders = ebinFolders(release.erl);
    work = mkdtempSync(join(tmpdir(), "elixirscope-beam-"));
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test("have the functions and tail calls that the VM's own tools see", () => {
    const expected = reference(release, folders)
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
      release.erl,
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
