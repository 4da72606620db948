// What each format must get right whatever the text is, and golden files of whole drawings.

import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cpg } from "../cpg/cpg.ts";
import type { Cfg, CfgNode } from "../flow/cfg.ts";
import type { Dfg } from "../flow/dfg.ts";
import { linkProject } from "../link/link-project.ts";
import { linkedFile } from "../link/linked-file.ts";
import { cpgDrawing } from "./cpg-drawing.ts";
import type { Drawing, DrawnKind } from "./drawing.ts";
import { cfgDrawing, dfgDrawing } from "./flow-drawings.ts";
import {
  callsDrawing,
  messagesDrawing,
  modulesDrawing,
  supervisionDrawing,
} from "./project-drawings.ts";
import { drawingFormats, renderDrawing } from "./render.ts";

const root = new URL("../../../../examples/shop/lib/", import.meta.url);
const shop = linkProject(
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ex"))
    .map((name) => linkedFile(`lib/${name}`, readFileSync(new URL(name, root), "utf8"))),
);

const place = { line: 1, column: 1, start: 0, end: 0 };
const range = { ...place, endLine: 1, endColumn: 1 };
const cfgNode = (kind: CfgNode["kind"], label: string, line: number): CfgNode => ({
  ...place,
  kind,
  label,
  line,
  nodeId: null,
  clause: 0,
});

/** `def get(map, key), do: if(key, do: Enum.map(map, fn x -> x end), else: raise("no"))` */
const cfg: Cfg = {
  function: "A.get/2",
  range,
  nodes: [
    cfgNode("entry", "", 1),
    cfgNode("pattern", "map, key", 1),
    cfgNode("branch", "key", 2),
    cfgNode("closure", "fn x -> x end", 3),
    cfgNode("call", "Enum.map(map, fn x -> x end)", 3),
    cfgNode("call", 'raise("no")', 5),
    cfgNode("join", "", 2),
    cfgNode("exit", "", 0),
    cfgNode("error_exit", "", 0),
  ],
  edges: [
    { from: 0, to: 1, kind: "next", error: null },
    { from: 1, to: 2, kind: "match", error: null },
    { from: 2, to: 3, kind: "true", error: null },
    { from: 2, to: 5, kind: "false", error: null },
    { from: 3, to: 4, kind: "next", error: null },
    { from: 4, to: 6, kind: "next", error: null },
    { from: 4, to: 8, kind: "exception", error: null },
    { from: 5, to: 8, kind: "exception", error: null },
    { from: 6, to: 7, kind: "next", error: null },
  ],
  entry: 0,
  exit: 7,
  errorExit: 8,
  closures: [
    {
      at: 3,
      cfg: {
        function: "A.get/2",
        range,
        nodes: [cfgNode("entry", "", 3), cfgNode("pattern", "x", 3), cfgNode("exit", "", 0)],
        edges: [
          { from: 0, to: 1, kind: "next", error: null },
          { from: 1, to: 2, kind: "match", error: null },
        ],
        entry: 0,
        exit: 2,
        errorExit: 2,
        closures: [],
      },
    },
  ],
};

const definition = {
  ...place,
  name: null,
  version: 0,
  nodeId: null,
  cfgNode: -1,
  clause: 0,
  closure: -1,
  scope: 0,
};
const flow = { path: null, index: -1, nodeId: null, start: 0, end: 0 };
const text = "def f({a, b}), do: a + b";
const dfg: Dfg = {
  function: "A.f/1",
  definitions: [
    { ...definition, kind: "argument" },
    { ...definition, kind: "pattern", name: "a" },
    { ...definition, kind: "pattern", name: "b", version: 1 },
    { ...definition, kind: "value", start: 19, end: 24 },
    { ...definition, kind: "phi", line: 0 },
  ],
  flows: [
    { ...flow, from: 0, to: 1, kind: "component", path: "{0}" },
    { ...flow, from: 0, to: 2, kind: "component", path: "{1}" },
    { ...flow, from: 1, to: 3, kind: "operand", index: 0 },
    { ...flow, from: 2, to: 3, kind: "operand", index: 1 },
    { ...flow, from: 3, to: 4, kind: "return" },
  ],
  uses: [],
  parameters: [0],
  defaults: [],
  result: 4,
  closures: [],
  scopes: [{ parent: -1, start: 0, end: 24 }],
  checks: [],
};

const cpgPart = { function: "A.f/1", ...place };
const cpg: Cpg = {
  nodes: [
    { ...cpgPart, id: "A", kind: "module", type: "module", label: "A" },
    { ...cpgPart, id: "A.f/1", kind: "function", type: "function", label: "A.f/1" },
    { ...cpgPart, id: "c", kind: "clause", type: "call", label: "def f(x), do: g(x)" },
    { ...cpgPart, id: "g", kind: "ast", type: "call", label: "g(x)" },
    { ...cpgPart, id: "x", kind: "ast", type: "variable", label: "x" },
    { ...cpgPart, id: "A.g/1", kind: "function", type: "function", label: "A.g/1" },
  ],
  edges: [
    { from: 0, to: 1, kind: "CONTAINS", label: null, index: -1 },
    { from: 1, to: 2, kind: "CONTAINS", label: null, index: -1 },
    { from: 2, to: 3, kind: "AST", label: null, index: 1 },
    { from: 3, to: 4, kind: "AST", label: null, index: 0 },
    { from: 3, to: 4, kind: "ARGUMENT", label: null, index: 0 },
    { from: 3, to: 5, kind: "CALL", label: null, index: -1 },
    { from: 4, to: 3, kind: "REACHING_DEF", label: "argument", index: -1 },
  ],
};

const calls = callsDrawing(shop, { function: "Shop.Inventory.reserve/2" });
const drawings: readonly (readonly [string, Drawing])[] = [
  ["cfg", cfgDrawing(cfg)],
  ["dfg", dfgDrawing(dfg, { text })],
  ["cpg", cpgDrawing(cpg, "A.f/1")],
  ["messages", messagesDrawing(shop)],
  ["supervision", supervisionDrawing(shop)],
  ["modules", modulesDrawing(shop)],
  ...(calls === null ? [] : [["calls", calls] as const]),
];
const extensions = { dot: "dot", mermaid: "mmd", json: "json", svg: "svg" } as const;

describe.each(drawings)("the drawing of %s", (name, drawing) => {
  it.each(drawingFormats)("as %s is as it was", async (format) => {
    const rendered = renderDrawing(drawing, format);
    expect(renderDrawing(drawing, format)).toBe(rendered);
    await expect(rendered).toMatchFileSnapshot(
      `../../../../fixtures/codegraph/drawings/${name}.${extensions[format]}`,
    );
  });
});

describe("drawings", () => {
  it("of control flow leave out exceptions of calls unless they are asked for", () => {
    const usual = cfgDrawing(cfg);
    expect(usual.edges.filter((edge) => edge.tone === "bad")).toHaveLength(1);
    expect(usual.note).toBe("1 way out by the exception of a call is not drawn");
    const all = cfgDrawing(cfg, { exceptions: true });
    expect(all.edges.filter((edge) => edge.tone === "bad")).toHaveLength(2);
    expect(all.note).toBeNull();
  });

  it("of messages can be of one module or function", () => {
    const order = messagesDrawing(shop, { module: "Shop.Order" });
    expect(new Set(order.nodes.map((node) => node.group))).toEqual(new Set(["Shop.Order"]));
    const charge = messagesDrawing(shop, { function: "Shop.Payments.charge/2" });
    expect(charge.nodes.map((node) => node.id)).toEqual([
      "Shop.Payments.charge/2",
      "Shop.Payments.Gateway.handle_call/3",
    ]);
  });

  it("of calls are null for a function that is not there", () => {
    expect(callsDrawing(shop, { function: "Nobody.at/0" })).toBeNull();
    const outside = callsDrawing(shop, { function: "Shop.Cart.items/1", outside: true, depth: 1 });
    expect(outside?.nodes.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      "Shop.check_out/2 function",
      "Shop.Cart.items/1 function",
      "GenServer.call/2 outside",
    ]);
  });
});

/** Two nodes, an edge and a group, all with the same text. */
function withText(label: string, kind: DrawnKind): Drawing {
  return {
    title: label,
    note: label,
    direction: "down",
    nodes: [
      { id: "a", lines: [label, label], kind, group: "g" },
      { id: "b", lines: [label], kind: "call", group: null, focus: true },
    ],
    edges: [
      { from: 0, to: 1, label, line: "dashed", tone: "bad" },
      { from: 1, to: 1, label, line: "solid", tone: "normal" },
    ],
    groups: [
      { key: "g", label },
      { key: "h", label },
    ],
  };
}

const kinds = fc.constantFrom<DrawnKind>(
  "entry",
  "exit",
  "error",
  "branch",
  "pattern",
  "call",
  "value",
  "join",
  "closure",
  "function",
  "outside",
  "module",
  "handler",
  "supervisor",
  "worker",
);
const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      "\\",
      "<",
      ">",
      "&",
      "\n",
      "\r",
      "\t",
      "\u0000",
      "\u202e",
      "]",
      "}",
      "|",
      "`",
      "#",
      ";",
      "-->",
      "end",
      "%%",
      "é",
      "漢",
      "👩‍🚀",
      "\ud800",
      "\ufffe",
    ),
    maxLength: 12,
  }),
);

describe("hostile text", () => {
  it("leaves dot a graph of statements", () => {
    fc.assert(
      fc.property(hostile, kinds, (label, kind) => {
        const rendered = renderDrawing(withText(label, kind), "dot");
        // strings away, only the words of the language are left
        const bare = rendered.replace(/"(?:[^"\\]|\\["\\nNGl])*"/g, "S");
        expect(bare).not.toMatch(/["\\]/);
        const statement =
          /^(?:digraph S \{|\}| *subgraph cluster_\d+ \{| *label=S| *\}| *(?:graph|node|edge|n\d+|n\d+ -> n\d+)(?: \[[\w =.S]+\])?)$/;
        for (const line of bare.trimEnd().split("\n")) expect(line).toMatch(statement);
      }),
    );
  });

  it("leaves mermaid a flowchart of nodes and arrows", () => {
    fc.assert(
      fc.property(hostile, kinds, (label, kind) => {
        const rendered = renderDrawing(withText(label, kind), "mermaid");
        const lines = rendered.trimEnd().split("\n");
        expect(lines[0]).toBe("---");
        expect(() => JSON.parse((lines[1] ?? "").slice("title: ".length))).not.toThrow();
        expect(lines.slice(2, 4)).toEqual(["---", "flowchart TD"]);
        const quoted = String.raw`"(?:[^"#&<>\\|[\]{}()\`*_~]|#\d+;|<br/>)*"`;
        const statement = new RegExp(
          String.raw`^ *(?:n\d+[([{>]+${quoted}[)\]}]+|n\d+ (?:-->|-\.->)(?:\|${quoted}\|)? n\d+|subgraph g\d+\[${quoted}\]|end|(?:classDef|class|linkStyle) [\w:#,.; -]+)$`,
        );
        for (const line of lines.slice(4)) expect(line).toMatch(statement);
      }),
    );
  });

  it("leaves svg well-formed, with nothing invisible in it", () => {
    fc.assert(
      fc.property(hostile, kinds, (label, kind) => {
        const rendered = renderDrawing(withText(label, kind), "svg");
        expect(openElements(rendered)).toEqual([]);
        expect(rendered.replaceAll("\n", "")).not.toMatch(
          /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u,
        );
      }),
    );
  });

  it("comes through json as it was", () => {
    fc.assert(
      fc.property(hostile, kinds, (label, kind) => {
        const drawing = withText(label, kind);
        expect(JSON.parse(renderDrawing(drawing, "json"))).toEqual(drawing);
      }),
    );
  });

  it("a graph that is too large to lay out gives a picture that says so", () => {
    const nodes = Array.from({ length: 3_001 }, (_, at) => ({
      id: String(at),
      lines: ["x"],
      kind: "call" as const,
      group: null,
    }));
    const rendered = renderDrawing({ ...withText("t", "call"), nodes, edges: [] }, "svg");
    expect(rendered).toContain("3001 nodes and 0 edges are too many");
    expect(openElements(rendered)).toEqual([]);
  });
});

/** Elements that are not closed; throws where it is no XML. */
function openElements(xml: string): string[] {
  const open: string[] = [];
  const token = /<(\/?)([\w:]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  for (let at = 0; at < xml.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(xml);
    if (found === null) throw new Error(`not XML at ${xml.slice(at, at + 40)}`);
    const [, closing, name, attributes, empty, chars] = found;
    if (/&(?!(?:amp|lt|gt|quot);)/.test(attributes ?? chars ?? "")) throw new Error("a bare &");
    if (name === undefined || empty === "/") continue;
    if (closing === "/") {
      if (open.pop() !== name) throw new Error(`${name} is closed but not open`);
    } else open.push(name);
  }
  return open;
}
