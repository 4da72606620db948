import { mkdir, readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { expiry } from "./keep-rule.ts";
import type { ListedRecording } from "./list.ts";
import { listRecordings, removeRecording, setPinned } from "./index.ts";
import { StoreError } from "./store-error.ts";
import { TemporaryFolder } from "../testing/support.ts";

const DAY = 24 * 3_600_000;
const NOW = 100 * DAY;

function recording(
  name: string,
  ageDays: number,
  bytes: number,
  more: Partial<ListedRecording> = {},
): ListedRecording {
  return {
    name,
    path: `/r/${name}`,
    bytes,
    modifiedMs: NOW - ageDays * DAY,
    pinned: false,
    packed: false,
    manifest: null,
    error: new StoreError("corrupt_recording", "broken"),
    ...more,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test's recording in short
  } as ListedRecording;
}

const names = (all: ReturnType<typeof expiry>): readonly string[] =>
  all.expired.map(({ recording: { name }, why }) => `${name} ${why}`);

it("lets go of what is too old, then of the oldest while all are too large", () => {
  const listed = [recording("c", 1, 50), recording("b", 5, 30), recording("a", 20, 10)];
  const none = { maxAgeMs: null, maxBytes: null };
  expect(names(expiry(listed, none, NOW))).toEqual([]);
  expect(names(expiry(listed, { ...none, maxAgeMs: 10 * DAY }, NOW))).toEqual(["a too_old"]);
  expect(names(expiry(listed, { maxAgeMs: 10 * DAY, maxBytes: 60 }, NOW))).toEqual([
    "a too_old",
    "b too_large",
  ]);
  expect(expiry(listed, { ...none, maxBytes: 0 }, NOW)).toMatchObject({
    bytesBefore: 90,
    bytesAfter: 0,
  });
});

it("never lets go of what is pinned or being made", () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test's recording in short
  const manifest = { state: "recording" } as ListedRecording["manifest"];
  const listed = [
    recording("live", 1, 50, { manifest }),
    recording("kept", 50, 30, { pinned: true }),
    recording("gone", 50, 10),
  ];
  const all = expiry(listed, { maxAgeMs: DAY, maxBytes: 0 }, NOW);
  expect(names(all)).toEqual(["gone too_old"]);
  expect(all.bytesAfter).toBe(80);
});

it("deletes a damaged recording, but not while it is pinned", async () => {
  using folder = new TemporaryFolder();
  const broken = folder.join("broken.escope");
  await mkdir(broken);
  await setPinned(broken, true);
  expect((await listRecordings(folder.path)).map(({ pinned }) => pinned)).toEqual([true]);
  await expect(removeRecording(broken)).rejects.toMatchObject({ code: "pinned" });
  await setPinned(broken, false);
  await removeRecording(broken);
  expect(await readdir(folder.path)).toEqual([]);
});
