// What a tag with its contents is as nodes: text and expressions, or the call of a component.

import { pushAll } from "@elixirscope/base";
import type { Node } from "../ast.ts";
import type { EmbeddedCode } from "./embedded-code.ts";
import { lexMarkup } from "./markup-lexer.ts";
import type { Attribute, MarkupToken, Range } from "./markup-token.ts";
import type { NodeMaker } from "./nodes.ts";

export type OpenTag = MarkupToken & { readonly kind: "open" };

export type TagContents = {
  readonly nodes: readonly Node[];
  /** of a component: what its `<:name>` tags are, in order */
  readonly slots: ReadonlyMap<string, readonly Node[]>;
};

const VOID: ReadonlySet<string> = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);

/** Is there something to evaluate around the tag? */
export function isRepeated({ attributes }: OpenTag): boolean {
  return attributes.some(({ name }) => name === ":if" || name === ":for");
}

/** `<br>` has no end. */
export function isVoid({ tag, name }: OpenTag): boolean {
  return tag === "html" && VOID.has(name);
}

export class TagNodes {
  readonly #text: string;
  readonly #make: NodeMaker;
  readonly #code: EmbeddedCode;

  constructor(text: string, make: NodeMaker, code: EmbeddedCode) {
    this.#text = text;
    this.#make = make;
    this.#code = code;
  }

  /** The tag as text, but for the expressions in it. */
  htmlTag(open: OpenTag): readonly Node[] {
    const nodes: Node[] = [];
    let from = open.start;
    for (const { name, nameRange, value } of open.attributes) {
      if (value.kind === "none") continue;
      const special = isDirective(name);
      if (value.kind === "text" && !special) {
        pushAll(nodes, this.#embedded(value.range));
        continue;
      }
      const cut = special ? nameRange.start : value.range.start - 1;
      if (cut > from) nodes.push(this.#make.text({ start: from, end: cut }));
      from = value.range.end + 1;
      const expression = special ? null : this.#code.expression(value.range);
      if (expression !== null) nodes.push(expression);
    }
    if (open.end > from) nodes.push(this.#make.text({ start: from, end: open.end }));
    return nodes;
  }

  /** The call of a component, the map of a slot. */
  component(open: OpenTag, contents: TagContents, range: Range): Node {
    const map = this.#map(open, contents, range);
    return open.tag === "slot" ? map : this.#make.call(this.#callee(open), [map], range);
  }

  /** `<%= %>` inside the quotes of an attribute: what templates without components do. */
  #embedded({ start, end }: Range): readonly Node[] {
    const at = this.#text.indexOf("<%", start);
    if (at < 0 || at >= end) return [];
    return lexMarkup(this.#text, start, end, "eex").tokens.flatMap((token) => {
      const node = token.kind === "code" ? this.#code.expression(token.code) : null;
      return node === null ? [] : [node];
    });
  }

  /** The nodes of a tag with its `:if` and `:for` around them. */
  repeated(open: OpenTag, nodes: readonly Node[], range: Range): readonly Node[] {
    const generator = this.#directive(open, ":for");
    const condition = this.#directive(open, ":if");
    if (generator === null && condition === null) return nodes;
    const only = nodes.length === 1 ? nodes[0] : undefined;
    const body = only ?? this.#make.list(nodes, range);
    const does = this.#make.list([this.#make.keyword("do", body, range)], range);
    if (generator === null) return [this.#make.call("if", [...present(condition), does], range)];
    const args = [generator, ...present(condition), does];
    return [this.#make.call("for", args, range)];
  }

  #directive(open: OpenTag, name: string): Node | null {
    const found = open.attributes.find((attribute) => attribute.name === name);
    return found?.value.kind === "expression" ? this.#code.expression(found.value.range) : null;
  }

  /** `%{title: t, inner_block: fn … end, header: [%{…}]}` */
  #map(open: OpenTag, { nodes, slots }: TagContents, range: Range): Node {
    const entries: Node[] = [];
    for (const attribute of open.attributes) {
      if (isDirective(attribute.name)) continue;
      // of `{@rest}` the names are not known: it stands under the key `*`
      const name = attribute.name === "" ? "*" : attribute.name;
      const value = this.#value(attribute);
      if (value !== null) entries.push(this.#make.keyword(name, value, attribute.nameRange));
    }
    for (const [name, maps] of slots) {
      const place = spanOf(maps, range);
      entries.push(this.#make.keyword(name, this.#make.list(maps, place), place));
    }
    const written = nodes.some((node) => node.kind !== "string" || node.value.trim() !== "");
    if (written) {
      const place = spanOf(nodes, range);
      const pattern =
        this.#directive(open, ":let") ??
        this.#make.variable("_", { start: place.start, end: place.start });
      const block = this.#make.fn(pattern, this.#make.list(nodes, place), place);
      entries.push(this.#make.keyword("inner_block", block, place));
    }
    return this.#make.call("%{}", entries, range);
  }

  #value({ nameRange, value }: Attribute): Node | null {
    if (value.kind === "none") return this.#make.atom("true", nameRange);
    return value.kind === "text"
      ? this.#make.text(value.range)
      : this.#code.expression(value.range);
  }

  #callee({ tag, name, nameRange }: OpenTag): string | Node {
    if (tag === "local") return name;
    const { start, end } = nameRange;
    const segments = name.split(".");
    let at = start;
    const atoms = segments.map((segment) => {
      const atom = this.#make.atom(segment, { start: at, end: at + segment.length });
      at = atom.end + 1;
      return atom;
    });
    const component = atoms.at(-1);
    const alias = atoms.slice(0, -1);
    const aliasEnd = alias.at(-1)?.end ?? start;
    const module = this.#make.call("__aliases__", alias, { start, end: aliasEnd });
    return this.#make.call(".", [module, ...present(component ?? null)], { start, end });
  }
}

function isDirective(name: string): boolean {
  return name === ":if" || name === ":for" || name === ":let" || name === ":key";
}

function spanOf(nodes: readonly Node[], outer: Range): Range {
  const first = nodes[0];
  const last = nodes.at(-1);
  return first === undefined || last === undefined ? outer : { start: first.start, end: last.end };
}

function present(node: Node | null): readonly Node[] {
  return node === null ? [] : [node];
}
