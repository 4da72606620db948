import type { SystemNode } from "@elixirscope/wire";
import { describe, expect, it } from "vitest";
import type { Surface } from "../surface.ts";
import { LIGHT } from "../palette.ts";
import { edgeLine, emptyLine } from "./edge-line.ts";
import { hitConstellation, hitHull, neighbour } from "./hit-constellation.ts";
import { Occupied } from "../occupied.ts";
import { contains, outlines } from "./outline.ts";
import { paintConstellation } from "./paint-constellation.ts";
import {
  cameraFor,
  radiusOf,
  screenX,
  screenY,
  zoomed,
  type Camera,
  type Constellation,
  type Star,
} from "./star.ts";

const SCREEN = { widthPx: 800, heightPx: 400 };
const CAMERA: Camera = { x: 0, y: 0, scale: 1 };

function node(id: string, facts: Partial<SystemNode> = {}): SystemNode {
  return {
    id,
    label: id,
    hull: "pool",
    parent: null,
    process: null,
    count: 1,
    dead: 0,
    crashed: 0,
    spawned: 0,
    received: 0,
    sent: 0,
    mailbox: null,
    reductions: null,
    ...facts,
  };
}

function star(id: string, x: number, y: number, facts: Partial<SystemNode> = {}): Star {
  return { node: node(id, facts), x, y, radius: 8, alpha: 1, birth: 0 };
}

function scene(stars: readonly Star[], edges: Constellation["edges"] = []): Constellation {
  const hull = { kind: "supervisor", pid: null } as const;
  return {
    stars,
    edges,
    byId: new Map(stars.map((one) => [one.node.id, one])),
    hulls: [
      { ...hull, id: "top", label: "Top", parent: null },
      { ...hull, id: "pool", label: "Pool", parent: "top" },
    ],
  };
}

const edge = (from: string, to: string, messages = 5) => ({ from, to, messages, size: null });

describe("what is hit", () => {
  const sky = scene([star("a", -100, 0), star("b", 100, 0)], [edge("a", "b"), edge("b", "a")]);

  it("is a node, else the edge of that direction, else the innermost hull", () => {
    expect(hitConstellation(sky, CAMERA, SCREEN, { x: 301, y: 202 })).toMatchObject({
      kind: "node",
      star: { node: { id: "a" } },
    });
    for (const one of sky.edges) {
      const line = emptyLine();
      expect(edgeLine(one, sky, CAMERA, SCREEN, line)).toBe(true);
      const middle = { x: (line.x0 + line.x1) / 2, y: (line.y0 + line.y1) / 2 };
      expect(hitConstellation(sky, CAMERA, SCREEN, middle)).toEqual({ kind: "edge", edge: one });
    }
    expect(hitConstellation(sky, CAMERA, SCREEN, { x: 400, y: 60 })).toBe(null);
    expect(hitHull(sky, CAMERA, SCREEN, { x: 300, y: 212 })?.id).toBe("pool");
    expect(hitHull(sky, CAMERA, SCREEN, { x: 400, y: 60 })).toBe(null);
  });

  it("is no edge to a node that is not here", () => {
    const alone = scene([star("a", 0, 0)], [edge("a", "gone")]);
    expect(edgeLine(edge("a", "gone"), alone, CAMERA, SCREEN, emptyLine())).toBe(false);
  });
});

it("lays each hull around all of its nodes and around the hulls inside", () => {
  const sky = scene([
    star("a", -150, -40),
    star("b", 120, 60),
    star("boss", 0, 130, { hull: "top" }),
  ]);
  const [top, pool] = outlines(sky, CAMERA, SCREEN);
  for (const one of sky.stars) {
    const at = { x: screenX(CAMERA, 800, one.x), y: screenY(CAMERA, 400, one.y) };
    expect(contains(top?.points ?? [], at)).toBe(true);
    expect(contains(pool?.points ?? [], at)).toBe(one.node.id !== "boss");
  }
  for (const corner of pool?.points ?? []) expect(contains(top?.points ?? [], corner)).toBe(true);
});

it("goes to the neighbour in a direction, and stays where there is none", () => {
  const [a, b, c] = [star("a", 0, 0), star("b", 60, 10), star("c", 20, 80)];
  const stars = [a, b, c];
  expect(neighbour(stars, a, "right")).toBe(b);
  expect(neighbour(stars, a, "down")).toBe(c);
  expect(neighbour(stars, a, "left")).toBe(null);
  expect(neighbour(stars, c, "up")).toBe(a);
});

it("keeps the place under the pointer while zooming, and shows everything when fitted", () => {
  const point = { x: 120, y: 333 };
  const before = { x: 40, y: -20, scale: 0.7 };
  const after = zoomed(before, SCREEN, point, 1.9);
  const at = { x: before.x + (120 - 400) / 0.7, y: before.y + (333 - 200) / 0.7 };
  expect(screenX(after, 800, at.x)).toBeCloseTo(120);
  expect(screenY(after, 400, at.y)).toBeCloseTo(333);
  const far = [star("a", -3_000, 0), star("b", 900, 700)];
  const camera = cameraFor(far, SCREEN);
  for (const { x, y } of far) {
    expect(screenX(camera, 800, x)).toBeGreaterThan(0);
    expect(screenX(camera, 800, x)).toBeLessThan(800);
    expect(screenY(camera, 400, y)).toBeGreaterThan(0);
    expect(screenY(camera, 400, y)).toBeLessThan(400);
  }
});

it("makes the area of a node grow with what it is sized by, and not with what is not recorded", () => {
  const busy = node("a", { received: 300, sent: 100 });
  expect(radiusOf(busy, "messages", 400)).toBeGreaterThan(radiusOf(busy, "messages", 1_600));
  expect(radiusOf(busy, "mailbox", 400)).toBe(radiusOf(node("b"), "mailbox", 400));
  expect(radiusOf(busy, "reductions", 400)).toBe(radiusOf(node("b"), "reductions", 400));
  const worked = node("c", { reductions: 400 });
  expect(radiusOf(worked, "reductions", 400)).toBeGreaterThan(radiusOf(busy, "reductions", 400));
});

it("gives no two names the same room", () => {
  const taken = new Occupied();
  expect(taken.take({ x: 10, y: 10, width: 100, height: 14 })).toBe(true);
  expect(taken.take({ x: 105, y: 20, width: 40, height: 14 })).toBe(false);
  expect(taken.take({ x: 111, y: 10, width: 40, height: 14 })).toBe(true);
});

function painted(
  stars: readonly Star[],
  more: { selected?: string } = {},
): { texts: readonly string[]; colours: readonly string[] } {
  const texts: string[] = [];
  const colours: string[] = [];
  const base = scene(stars, stars.length > 1 ? [edge("a", "b", 1_246)] : []);
  paintConstellation(
    paper(texts, colours),
    {
      ...base,
      screen: SCREEN,
      camera: CAMERA,
      selected: more.selected ?? null,
      pointed: null,
      pointedEdge: null,
      edgeText: ({ messages }) => `${messages} messages`,
    },
    LIGHT,
    (text) => text.length * 6,
  );
  return { texts, colours };
}

describe("the drawing", () => {
  it("names nodes and hulls, and how many are in a group", () => {
    const { texts } = painted([star("a", -100, 0, { count: 576 }), star("b", 100, 0)]);
    expect(texts).toEqual(expect.arrayContaining(["576", "a", "b", "Pool", "Top"]));
  });

  it("writes at the edges of what is selected", () => {
    expect(painted([star("a", -100, 0), star("b", 100, 0)]).texts).not.toContain("1246 messages");
    const { texts } = painted([star("a", -100, 0), star("b", 100, 0)], { selected: "b" });
    expect(texts).toContain("1246 messages");
  });

  it("draws a line from the parent to what was just spawned, and crashes in their colour", () => {
    const born = { ...star("b", 100, 0, { parent: "a" }), birth: 1 };
    expect(painted([star("a", -100, 0), born]).colours).toContain(LIGHT.marks.spawn);
    expect(painted([star("a", -100, 0), star("b", 100, 0)]).colours).not.toContain(
      LIGHT.marks.spawn,
    );
    const crashed = star("b", 100, 0, { dead: 1, crashed: 1 });
    expect(painted([star("a", -100, 0), crashed]).colours).toContain(LIGHT.errors);
  });
});

function nothing(): void {}

/** Keeps texts, and the colours of lines. */
function paper(texts: string[], colours: string[]): Surface {
  let line: string | object = "";
  return {
    fillStyle: "",
    get strokeStyle() {
      return line;
    },
    set strokeStyle(colour) {
      line = colour;
    },
    lineWidth: 1,
    globalAlpha: 1,
    font: "",
    textBaseline: "",
    textAlign: "",
    save: nothing,
    restore: nothing,
    beginPath: nothing,
    closePath: nothing,
    moveTo: nothing,
    lineTo: nothing,
    arc: nothing,
    rect: nothing,
    clip: nothing,
    fill: nothing,
    stroke: () => void colours.push(typeof line === "string" ? line : ""),
    fillRect: nothing,
    strokeRect: nothing,
    clearRect: nothing,
    fillText: (text) => void texts.push(text),
    measureText: (text) => ({ width: text.length * 6 }),
    setTransform: nothing,
  };
}
