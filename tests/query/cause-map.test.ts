// The drawing of causes and effects holds the main line, what is opened, and counts of the rest; nothing that hangs on nothing.

import { causeMap, causesOf, crashContext, why } from "@elixirscope/query";
import { RecordingReader } from "@elixirscope/store";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COURIERS, makeTroubleRecording, type Trouble } from "../web/trouble-recording.ts";
import { recordingFolder } from "./told.ts";

let recording: RecordingReader;
let trouble: Trouble;

beforeAll(async () => {
  const folder = recordingFolder("trouble");
  trouble = await makeTroubleRecording(folder);
  recording = await RecordingReader.open(folder);
});

afterAll(async () => await recording.close());

const PLAIN = { causes: 30, effects: 10, causesOf: [], effectsOf: [] } as const;

it("draws the line that why tells, thick from its root on, and counts the other causes", async () => {
  const [event = 0] = trouble.crashes;
  const map = await causeMap(recording, { event, ...PLAIN });
  const told = await why(recording, event);
  const line = told?.story.steps.map((step) => step.event) ?? [];
  const main = map?.nodes.filter(({ isMain }) => isMain).map((node) => node.event);
  // why ends at the exception, the drawing at the end of the process
  expect(main?.filter((id) => line.includes(id))).toEqual(line.filter((id) => main?.includes(id)));
  expect(main).toContain(trouble.cast);
  expect(main?.at(-1)).toBe(event);
  expect(map?.edges.every(({ source, target }) => source < target)).toBe(true);
  for (const node of map?.nodes ?? []) {
    const into = await causesOf(recording, [node.event]);
    const drawn = new Set(map?.nodes.map((one) => one.event));
    const others = new Set(into.flatMap(({ source }) => (drawn.has(source) ? [] : [source])));
    expect(node.causes).toBe(others.size);
  }
  expect(await causeMap(recording, { event: 1_000_000, ...PLAIN })).toBeNull();
});

it("opens what is in the drawing, leaves out what is not, and says how many steps it skips", async () => {
  const [event = 0] = trouble.crashes;
  const plain = await causeMap(recording, { event, ...PLAIN });
  const folded = plain?.nodes.find(({ causes }) => causes > 0);
  const opened = await causeMap(recording, {
    event,
    ...PLAIN,
    causesOf: [folded?.event ?? 0, trouble.write],
  });
  expect(opened?.nodes).toHaveLength((plain?.nodes.length ?? 0) + (folded?.causes ?? 0));
  expect(opened?.nodes.find((one) => one.event === folded?.event)?.causes).toBe(0);
  const short = await causeMap(recording, { event, ...PLAIN, causes: 2, effects: 0 });
  const line = plain?.nodes.filter(({ isMain }) => isMain) ?? [];
  // the root, two steps and the event itself
  expect(short?.nodes.map((node) => node.event)).toEqual(
    [line[0], ...line.slice(-3)].map((node) => node?.event),
  );
  expect(short?.omitted).toBe(line.length - 4);
  expect(short?.moreEffects).toBe(true);
});

it("gives a crash the last messages and states of its process, and the chain of restarts", async () => {
  const [first = 0, second = 0] = trouble.crashes;
  const around = await crashContext(recording, first);
  expect(around?.messages.map(({ text }) => text)).toEqual([
    expect.stringContaining("receives {:deliver,"),
  ]);
  expect(around?.states.map(({ version, text }) => [version, text])).toEqual([
    [1, "%{delivered: 5}"],
  ]);
  expect(
    around?.restarts.map(({ process, ended }) => [process.pid, ended?.reason ?? null]),
  ).toEqual([
    [COURIERS[1], expect.stringContaining("FunctionClauseError")],
    [COURIERS[2], null],
  ]);
  expect((await crashContext(recording, second))?.restarts).toHaveLength(1);
});
