import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readModuleCode } from "./module-code.ts";

/** Any real module will do. */
const beam = readFileSync(
  new URL("../../../../../probe/prebuilt/elixir_scope_probe.beam", import.meta.url),
);

test("a module has its functions, exported and local", () => {
  const read = readModuleCode(beam);
  if (!read.ok) throw new Error(read.error.message);
  expect(read.value.module).toBe("elixir_scope_probe");
  const names = read.value.functions.map(({ name, arity }) => `${name}/${arity}`);
  expect(names).toContain("start/1");
  expect(names).toContain("module_info/0");
  expect(readModuleCode(gzipSync(beam))).toEqual(read);
});

test("what is no module is refused", () => {
  for (const bytes of [
    new Uint8Array(0),
    new Uint8Array(12),
    gzipSync("no"),
    Buffer.from("FOR1"),
  ]) {
    expect(readModuleCode(bytes)).toMatchObject({ ok: false, error: { code: "bad_beam" } });
  }
});

test("damaged modules are read or refused, nothing else", () => {
  const damage = fc.array(
    fc.record({ at: fc.nat(beam.length - 1), byte: fc.nat(255), cut: fc.boolean() }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(damage, (changes) => {
      let bytes = Uint8Array.from(beam);
      for (const { at, byte, cut } of changes) {
        if (cut && at > 2_000) bytes = bytes.slice(0, at);
        else if (at < bytes.length) bytes[at] = byte;
      }
      const read = readModuleCode(bytes);
      expect(read.ok ? read.value.functions : read.error.code).toBeDefined();
    }),
    { numRuns: 3_000 },
  );
});
