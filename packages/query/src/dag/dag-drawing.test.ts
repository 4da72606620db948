import { renderDrawing } from "@elixirscope/codegraph";
import { expect, it } from "vitest";
import { dagDrawing, dagNotes, weightText } from "./dag-drawing.ts";
import type { Dag, DagNode } from "./dag.ts";

function dagOf(nodes: readonly Partial<DagNode>[], more: Partial<Dag> = {}): Dag {
  return {
    kind: "causality",
    range: { from: 0, to: 1_000_000_000 },
    focus: null,
    nodes: nodes.map((node, at) => ({
      id: `e${at}`,
      event: at,
      t: at,
      pid: "<0.1.0>",
      label: "a call",
      type: "call",
      ...node,
    })),
    edges: [],
    cycles: [],
    more: 0,
    limits: [],
    ...more,
  };
}

const HOSTILE = 'x"]; click n0 "javascript:alert(1)" <script>\n%% \u001b[31m\u202e\\N';

it.each(["dot", "mermaid"] as const)(
  "lets no text of the target out of its quotes in %s",
  (format) => {
    const drawn = (label: string): string => {
      const nodes = [{ label, pid: label }, { pid: label }];
      const edge = {
        id: "a",
        source: "e0",
        target: "e1",
        type: "flow",
        confidence: "exact",
      } as const;
      return renderDrawing(dagDrawing(dagOf(nodes, { edges: [{ ...edge, label }] })), format);
    };
    const [text, plain] = [drawn(HOSTILE), drawn("x")];
    // as many lines as without it, and nothing that a terminal or a browser acts on
    expect(text.split("\n")).toHaveLength(plain.split("\n").length);
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u202e");
    expect(text.replaceAll(/\\./g, "").match(/"/g)?.length).toBe(
      plain.replaceAll(/\\./g, "").match(/"/g)?.length,
    );
  },
);

it("draws what is inferred with another line, and boxes for processes", () => {
  const edge = { source: "e0", target: "e1", type: "value" };
  const dag = dagOf([{}, { pid: "<0.2.0>" }], {
    edges: [
      { ...edge, id: "a", confidence: "exact" },
      { ...edge, id: "b", confidence: "inferred" },
    ],
    focus: "e1",
  });
  const { groups, edges, nodes } = dagDrawing(dag);
  expect(groups.map(({ label }) => label)).toEqual(["<0.1.0>", "<0.2.0>"]);
  expect(edges.map(({ line }) => line)).toEqual(["solid", "dotted"]);
  expect(nodes.map(({ focus }) => focus)).toEqual([undefined, true]);
});

it("says what it does not show", () => {
  const dag = dagOf([{}, {}], { more: 7, cycles: [["e0", "e1"]], limits: ["made without states"] });
  expect(dagNotes(dag)).toEqual([
    "2 nodes, 0 edges; 7 more nodes were left out",
    "not acyclic: 2 nodes are in 1 cycle",
    "made without states",
  ]);
});

it("writes a weight as one would say it", () => {
  expect(
    weightText({ count: 12, totalNs: 3_200_000, selfNs: 950, waitingNs: 12_000, raised: 1 }),
  ).toBe("× 12 3.2 ms (self 950 ns, waiting 12.0 µs, 1 raised)");
});
