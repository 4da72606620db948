import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Node } from "../ast.ts";
import { parse } from "../parse.ts";
import type { Parsed } from "../parsed.ts";
import { isCall, walk } from "../tree.ts";
import { withTemplates } from "./embedded-templates.ts";
import { parseTemplate } from "./template.ts";

/** The tree in a short form: `f(x)`, `a.b`, `{k: v}`. */
function show(node: Node): string {
  if (node.kind === "atom") return `:${node.name}`;
  if (node.kind === "variable") return node.name;
  if (node.kind === "string") return JSON.stringify(node.value);
  if (node.kind === "list") return `[${node.items.map(show).join(", ")}]`;
  if (node.kind === "pair") return `{${show(node.left)}, ${show(node.right)}}`;
  if (node.kind === "broken") return `broken(${node.children.map(show).join(", ")})`;
  if (node.kind !== "call") return String(node.value);
  const callee = typeof node.callee === "string" ? node.callee : show(node.callee);
  return `${callee}(${node.args.map(show).join(", ")})`;
}

const heex = (text: string): string => show(parseTemplate(text, "heex").tree);
const eex = (text: string): string => show(parseTemplate(text, "eex").tree);
const told = ({ diagnostics }: Parsed): readonly string[] =>
  diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);
const problems = (text: string): readonly string[] => told(parseTemplate(text, "heex"));

describe("templates", () => {
  it("are texts and expressions in order", () => {
    expect(heex("<b>Hi {name}, <%= f(x) %></b>")).toBe('["<b>", "Hi ", name, ", ", f(x), "</b>"]');
    expect(eex("a <%= x %> {b} <c <% y %>")).toBe('["a ", x, " {b} <c ", y]');
  });

  it("read @name as a field of assigns", () => {
    expect(heex("{@user.name}")).toBe("[.(.(assigns, :user)(), :name)()]");
  });

  it("join the tags of a block into one expression", () => {
    expect(heex("<%= if a do %>A<% else %>{b}<% end %>")).toBe(
      '[if(a, [{:do, ["A"]}, {:else, [b]}])]',
    );
    expect(eex("<%= for x <- xs do %>-<%= x %><% end %>")).toBe(
      '[for(<-(x, xs), [{:do, ["-", x]}])]',
    );
    expect(heex("<%= case x do %>\n<% {:ok, v} -> %>{v}<% _ -> %>no<% end %>")).toBe(
      '[case(x, [{:do, [->([{:ok, v}], [v]), ->([_], ["no"])]}])]',
    );
    expect(heex("<%= form_for c, fn f -> %>{f}<% end %>")).toBe("[form_for(c, fn(->([f], [f])))]");
  });

  it("keep blocks apart that stand in each other", () => {
    expect(heex("<%= if a do %><%= if b do %>1<% end %>2<% end %>")).toBe(
      '[if(a, [{:do, [if(b, [{:do, ["1"]}]), "2"]}])]',
    );
  });

  it("are texts with the expressions of attributes where tags are HTML", () => {
    expect(heex('<a href={url} class="x" {@rest}>t</a>')).toBe(
      '["<a href=", url, " class=\\"x\\" ", .(assigns, :rest)(), ">", "t", "</a>"]',
    );
    expect(heex("<p :if={a} :for={x <- xs}>{x}</p>")).toBe(
      '[for(<-(x, xs), a, [{:do, ["<p ", " ", ">", x, "</p>"]}])]',
    );
  });

  it("call components with a map, slots are lists, contents are functions", () => {
    expect(heex('<.card title={t} phx-click="go" flag />')).toBe(
      '[card(%{}({:title, t}, {:phx-click, "go"}, {:flag, :true}))]',
    );
    expect(heex("<Shop.Card.card {@rest}>x</Shop.Card.card>")).toBe(
      '[.(__aliases__(:Shop, :Card), :card)(%{}({:*, .(assigns, :rest)()}, {:inner_block, fn(->([_], ["x"]))}))]',
    );
    expect(heex('<.table :let={r} rows={xs}><:col :let={u} label="L">{u}</:col>{r}</.table>')).toBe(
      '[table(%{}({:rows, xs}, {:col, [%{}({:label, "L"}, {:inner_block, fn(->([u], [u]))})]}, {:inner_block, fn(->([r], [r]))}))]',
    );
    expect(heex("<.a :if={x}> </.a>")).toBe("[if(x, [{:do, a(%{}())}])]");
  });

  it("leave comments out, and take script, style and HTML comments as text but for code", () => {
    expect(heex("<%!-- {x} <%= y --%>a<%# z %>b<%% q %>")).toBe('["a", "b<%% q %>"]');
    expect(heex("<!-- {y} <b> <%= z %> -->{c}")).toBe('["<!-- {y} <b> ", z, " -->", c]');
    expect(heex("<script>if (a) { <%= b %> }</script>{c}")).toBe(
      '["<script>", "if (a) { ", b, " }", "</script>", c]',
    );
    expect(heex("<p phx-no-curly-interpolation>{a}<p>{b}</p></p>{c}")).toContain('"{a}"');
  });

  it("have the positions of the file on every node", () => {
    const text = "<p>\n  é😀 {foo(@bar,\n   baz)}\n</p>\n<.card x={y} />";
    const places: string[] = [];
    walk(parseTemplate(text, "heex").tree, (node) => {
      if (node.kind !== "variable" && (node.kind !== "call" || node.callee === ".")) return;
      if (node.meta !== null) {
        places.push(`${node.meta.line}:${node.meta.column} ${text.slice(node.start, node.end)}`);
      }
    });
    expect(places).toEqual([
      "2:7 foo(@bar,\n   baz)",
      "2:11 @bar",
      "2:11 @",
      "3:4 baz",
      "5:1 <.card x={y} />",
      "5:1 <.card x={y} />",
      "5:11 y",
    ]);
  });
});

describe("templates that are broken", () => {
  it("tell what is wrong, where, and go on", () => {
    expect(problems("<div>\n <p>{x}</div></b>")).toEqual([
      "2:2 unclosed_tag",
      "2:14 unexpected_close_tag",
    ]);
    expect(problems("<%= if x do %>\n<i>")).toEqual(["1:4 unclosed_block", "2:1 unclosed_tag"]);
    expect(problems("a <% end %> {x")).toEqual([
      "1:3 unexpected_block_part",
      "1:13 unclosed_expression",
    ]);
    expect(problems("<a b={")).toEqual([
      "1:1 unclosed_tag",
      "1:2 unclosed_tag",
      "1:6 invalid_attribute",
    ]);
    expect(problems("<%= x")).toEqual(["1:1 unclosed_expression"]);
    expect(heex("<%= if x do %>{y}<b>")).toBe('[broken(y, "<b>")]');
  });

  it("tell of Elixir's errors at their place in the file", () => {
    const { diagnostics } = parseTemplate("<p>\n {foo(}\n {ok}</p>", "heex");
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics.every(({ line }) => line === 2)).toBe(true);
  });

  it("never throw, whatever is cut, doubled or mixed", () => {
    const pieces = [
      "<%= if x do %>",
      "<% end %>",
      "<% else %>",
      "{",
      "}",
      "<.a b={c}>",
      "</.a>",
      "<p",
      ">",
      '"',
      "<:s>",
      "</:s>",
      "<!--",
      "-->",
      "<%!--",
      "--%>",
      "<script>",
      "é😀",
      "<A.b />",
      "fn x ->",
      "\\",
      "\n",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (list) => {
        const text = list.join("");
        for (const language of ["heex", "eex"] as const) {
          const { tree, diagnostics } = parseTemplate(text, language);
          walk(tree, (node) => {
            expect(node.start).toBeGreaterThanOrEqual(0);
            expect(node.end).toBeLessThanOrEqual(text.length);
          });
          for (const { start, end } of diagnostics) {
            expect(start).toBeLessThanOrEqual(end);
            expect(end).toBeLessThanOrEqual(text.length);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("may nest 10,000 levels", () => {
    const n = 10_000;
    expect(problems("<div>".repeat(n) + "</div>".repeat(n))).toEqual([]);
    expect(problems("<.a>x".repeat(n) + "</.a>".repeat(n))).toEqual([]);
    expect(problems("<%= if x do %>".repeat(n) + "<% end %>".repeat(n))).toEqual([]);
    expect(problems("<div>".repeat(n)).length).toBe(n);
  }, 60_000);
});

describe("templates in Elixir", () => {
  const text = `defmodule A do
  def card(assigns) do
    ~H"""
    <.button name={@name}>{@x}</.button>
    """
  end

  def old(conn), do: ~L(<%= @conn %>)
  def plain, do: ~s(<%= x %>)
end
`;

  it("fill the sigil with what the template does", () => {
    const { tree, diagnostics } = withTemplates(parse(text));
    expect(diagnostics).toEqual([]);
    const shown = show(tree);
    expect(shown).toContain(
      "button(%{}({:name, .(assigns, :name)()}, {:inner_block, fn(->([_], [.(assigns, :x)()]))}))",
    );
    expect(shown).toContain("sigil_L(<<>>(.(assigns, :conn)()), )");
    expect(shown).toContain('sigil_s(<<>>("<%= x %>"), )');
  });

  it("share what has no template in it, and keep the text's positions", () => {
    const parsed = parse(text);
    const { tree } = withTemplates(parsed);
    const buttons: string[] = [];
    walk(tree, (node) => {
      if (!isCall(node, "button")) return;
      const { start, end, meta } = node;
      buttons.push(`${meta?.line}:${meta?.column} ${text.slice(start, end)}`);
    });
    expect(buttons).toEqual(["4:5 <.button name={@name}>{@x}</.button>"]);
    const none = parse("x = 1");
    expect(withTemplates(none)).toBe(none);
  });

  it("tell of broken markup at its place in the file", () => {
    const broken = withTemplates(parse('defmodule A do\n  def f(assigns), do: ~H"<b>{@x}"\nend'));
    expect(told(broken)).toEqual(["2:26 unclosed_tag"]);
  });
});
