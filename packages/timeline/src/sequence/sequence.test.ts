import type { SequenceColumn, SequenceMessage, SequenceView } from "@elixirscope/wire";
import { describe, expect, it } from "vitest";
import {
  hitSequence,
  layoutSequence,
  LIGHT,
  orderAxis,
  paintSequence,
  placeColumns,
  SEQUENCE_METRICS,
  timeAt,
  timeAxis,
  yAt,
  type SequenceLayout,
  type Surface,
} from "../index.ts";
import { barX } from "./sequence-hit.ts";

const US = 1_000;
const A = "<0.1.0>";
const B = "<0.2.0>";
const RANGE = { t0: 0, t1: 1_000 * US };
const WIDTH = SEQUENCE_METRICS.gutter + 400;

function column(pid: string, patch: Partial<SequenceColumn> = {}): SequenceColumn {
  const life = { tSpawned: null, tExited: null, exitReason: null, crashed: false } as const;
  return { pid, name: null, behaviour: null, parent: null, known: true, ...life, ...patch };
}

let ids = 0;
function message(
  from: string | null,
  to: string | null,
  [tSent, tReceived, tHandled = null]: readonly [number | null, number | null, (number | null)?],
  patch: Partial<SequenceMessage> = {},
): SequenceMessage {
  ids += 1;
  const events = { sendEvent: ids, receiveEvent: ids + 0.5 };
  const ends = { from, to, tSent, tReceived, tHandled };
  return {
    message: ids,
    ...ends,
    kind: "call",
    text: `m${ids}`,
    replyTo: null,
    match: "exact",
    ...events,
    ...patch,
  };
}

function view(patch: Partial<SequenceView>): SequenceView {
  const none = { messages: [], merged: [], activations: [], marks: [], gaps: [], limits: [] };
  return { ...RANGE, columns: [column(A), column(B)], total: 0, hidden: 0, ...none, ...patch };
}

function laidOut(shown: SequenceView, heightPx = 1_000): SequenceLayout {
  return layoutSequence(shown, placeColumns(shown.columns, WIDTH), timeAxis(RANGE, heightPx));
}

describe("the axis", () => {
  it("is even by time", () => {
    const axis = timeAxis({ t0: 100, t1: 300 }, 400);
    expect(yAt(axis, 150)).toBe(100);
    expect(timeAt(axis, 100)).toBe(150);
    expect(yAt(axis, 350)).toBe(500);
  });

  it("by order gives every message a row, keeps their order and names long waits between", () => {
    // a burst of three within 2 µs, then 900 µs of nothing
    const burst = [10, 11, 12, 912].map((t) => message(A, B, [t * US, t * US + 100]));
    const axis = orderAxis(view({ messages: burst }), RANGE, 100);
    const rows = burst.map(({ tSent }) => yAt(axis, tSent ?? 0));
    const apart = rows.slice(1).map((y, i) => y - (rows[i] ?? 0));
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(17);
    expect(Math.max(...apart)).toBeLessThan(70);
    expect(axis.breaks).toMatchObject([{ t0: 12 * US + 100, t1: 912 * US }]);
    for (const y of rows) expect(yAt(axis, timeAt(axis, y))).toBeCloseTo(y, 6);
    expect(yAt(axis, RANGE.t0)).toBe(0);
    expect(yAt(axis, RANGE.t1)).toBe(axis.heightPx);
  });

  it("is even when nothing happens", () => {
    expect(orderAxis(view({}), RANGE, 100).kind).toBe("time");
  });
});

describe("the layout", () => {
  it("draws a message level at its send, and a bar at its receiver until it was taken", () => {
    const { arrows, columns } = laidOut(
      view({ messages: [message(A, B, [100 * US, 120 * US, 300 * US])] }),
    );
    const [from, to] = columns.map(({ x }) => x);
    expect(arrows).toMatchObject([{ y: 100, yTaken: 300, x0: from, x1: to, lane: 0 }]);
  });

  it("puts bars of messages that wait together side by side", () => {
    const waits = [
      message(A, B, [100 * US, 100 * US, 300 * US]),
      message(A, B, [150 * US, 150 * US, 350 * US]),
      message(A, B, [310 * US, 310 * US, 400 * US]),
    ];
    const { arrows } = laidOut(view({ messages: waits }));
    expect(arrows.map(({ lane }) => lane)).toEqual([0, 1, 0]);
  });

  it("tells ends that were not recorded from those that are not shown", () => {
    const { arrows } = laidOut(
      view({
        messages: [
          message(null, B, [null, 100 * US], { match: "none" }),
          message(A, null, [200 * US, null], { match: "none" }),
          message(A, "<0.9.0>", [300 * US, 310 * US]),
          message("<0.8.0>", "<0.9.0>", [400 * US, 410 * US]),
        ],
      }),
    );
    expect(arrows.map(({ from, to, yTaken }) => [from, to, yTaken])).toEqual([
      ["unknown", "shown", 100],
      ["shown", "unknown", null],
      ["shown", "elsewhere", null],
    ]);
  });
});

describe("hit testing", () => {
  const call = message(A, B, [100 * US, 120 * US, 300 * US]);
  const mark = { pid: B, t: 500 * US, kind: "state", count: 1, event: 7 } as const;
  const activation = { pid: B, t0: 600 * US, t1: 700 * US, call: 1, reply: 2 };
  const gaps = [
    { t0: 800 * US, t1: 801 * US, pid: null, reason: "dropped", count: 3, detail: null },
    { t0: 850 * US, t1: 900 * US, pid: A, reason: "rate_limited", count: 3, detail: null },
  ];
  const shown = view({ messages: [call], marks: [mark], activations: [activation], gaps });
  const layout = laidOut(shown);
  const [a = 0, b = 0] = layout.columns.map(({ x }) => x);
  const at = (x: number, y: number): ReturnType<typeof hitSequence> =>
    hitSequence(layout, gaps, { x, y });

  it("finds the arrow within a few pixels, and its wait", () => {
    expect(at((a + b) / 2, 103)).toMatchObject({ kind: "message", part: "arrow" });
    expect(at((a + b) / 2, 108)).toBeNull();
    const [arrow] = layout.arrows;
    const bar = arrow === undefined ? 0 : barX(arrow) + 1;
    expect(at(bar, 200)).toMatchObject({ kind: "message", part: "wait" });
    expect(at(bar, 320)).toBeNull();
  });

  it("finds marks before lifelines, requests at work, mailboxes and gaps", () => {
    expect(at(b, 502)).toMatchObject({ kind: "mark", placed: { mark } });
    expect(at(b, 650)).toMatchObject({ kind: "active" });
    expect(at(b + 15, 650)).toMatchObject({ kind: "depth" });
    // a gap of a microsecond is three pixels high; one of a process is where its column is
    expect(at(b - 60, 802)).toMatchObject({ kind: "gap", gap: { reason: "dropped" } });
    expect(at(a - 60, 870)).toMatchObject({ kind: "gap", gap: { reason: "rate_limited" } });
    expect(at(b - 60, 870)).toBeNull();
  });
});

describe("painting", () => {
  const scene = {
    top: 0,
    widthPx: WIDTH,
    heightPx: 1_000,
    depths: [],
    depthRange: RANGE,
    cursor: null,
    startedAtNs: null,
    selectedPid: null,
    current: null,
    hovered: new Set<number>(),
  };

  it("writes the bodies that have room, cut to fit, and names what is missing", () => {
    const long = message(A, B, [300 * US, 310 * US], { text: "x".repeat(200) });
    const near = [message(A, B, [100 * US, 110 * US]), message(A, B, [102 * US, 112 * US])];
    const gaps = [
      { t0: 600 * US, t1: 700 * US, pid: null, reason: "dropped", count: 3, detail: null },
    ];
    const { texts } = painted({ messages: [...near, long], gaps });
    const [first, second] = near.map(({ text }) => text);
    expect(texts).toContain(first);
    expect(texts).not.toContain(second);
    expect(texts.find((text) => /^x+…$/.test(text))?.length).toBeLessThan(60);
    expect(texts).toContain("3 not recorded: dropped");
  });

  it("shows how many messages a merged arrow stands for", () => {
    const merged = [{ from: A, to: B, t0: 0, t1: 9 * US, t: 500 * US, count: 1_234, event: 1 }];
    expect(painted({ merged }).texts).toContain("× 1,234");
  });

  it("draws whole, dashed and dotted lines, a dot and a ring for ends that are not known", () => {
    const lines = (match: SequenceMessage["match"]): number =>
      painted({ messages: [message(A, B, [500 * US, 500 * US], { match })] }).moves;
    expect(lines("ordered")).toBeGreaterThan(lines("exact"));
    expect(lines("none")).toBeGreaterThan(lines("ordered"));
    const dot = painted({ messages: [message(null, B, [null, 500 * US])] });
    const ring = painted({ messages: [message(A, B, [500 * US, null])] });
    const both = painted({ messages: [message(A, B, [500 * US, 510 * US])] });
    expect([dot.arcs, ring.arcs, both.arcs]).toEqual([1, 1, 0]);
  });

  function painted(patch: Partial<SequenceView>): Paper {
    const shown = view(patch);
    const paper = new Paper();
    const layout = laidOut(shown);
    paintSequence(
      paper.surface,
      { ...scene, layout, gaps: shown.gaps },
      LIGHT,
      (text) => text.length * 6,
    );
    return paper;
  }
});

function nothing(): void {}

/** Counts what is drawn. */
class Paper {
  readonly texts: string[] = [];
  moves = 0;
  arcs = 0;
  readonly surface: Surface;

  constructor() {
    this.surface = {
      fillStyle: "",
      strokeStyle: "",
      lineWidth: 1,
      globalAlpha: 1,
      font: "",
      textBaseline: "",
      textAlign: "",
      save: nothing,
      restore: nothing,
      beginPath: nothing,
      closePath: nothing,
      moveTo: () => (this.moves += 1),
      lineTo: nothing,
      arc: () => (this.arcs += 1),
      rect: nothing,
      clip: nothing,
      fill: nothing,
      stroke: nothing,
      fillRect: nothing,
      strokeRect: nothing,
      clearRect: nothing,
      fillText: (text) => void this.texts.push(text),
      measureText: (text) => ({ width: text.length * 6 }),
      setTransform: nothing,
    };
  }
}
