// Puts tags and blocks together: a stack of what is open, each closed into the nodes that it means.

import type { Node } from "../ast.ts";
import type { ParseOptions } from "../parsed.ts";
import { codeRole } from "./code-role.ts";
import { EmbeddedCode, type Segment } from "./embedded-code.ts";
import type { MarkupProblem, MarkupToken, Range } from "./markup-token.ts";
import { NodeMaker } from "./nodes.ts";
import type { Positions } from "./positions.ts";
import { isRepeated, isVoid, TagNodes, type OpenTag } from "./tag-nodes.ts";

type Frame = {
  /** shared with the frame below where an HTML tag only adds to what stands around it */
  readonly nodes: Node[];
  /** the first of `nodes` that belongs to this frame */
  readonly first: number;
  readonly open:
    | { readonly kind: "root" }
    | { readonly kind: "tag"; readonly tag: OpenTag; readonly slots: Map<string, Node[]> }
    | { readonly kind: "block"; readonly block: Block };
};

type Block = {
  readonly start: number;
  /** the code before the nodes, and where its tag ends */
  head: Range;
  bodyStart: number;
  readonly segments: Segment[];
};

/** How far up an open tag is looked for when another one closes. */
const SEARCH = 64;

export class TemplateBuilder {
  readonly problems: MarkupProblem[] = [];
  readonly code: EmbeddedCode;
  readonly #text: string;
  readonly #make: NodeMaker;
  readonly #tags: TagNodes;
  readonly #frames: Frame[] = [];
  #top: Frame = { nodes: [], first: 0, open: { kind: "root" } };

  constructor(positions: Positions, options: ParseOptions) {
    this.#text = positions.source.text;
    this.code = new EmbeddedCode(positions, options);
    this.#make = new NodeMaker(positions);
    this.#tags = new TagNodes(this.#text, this.#make, this.code);
  }

  token(token: MarkupToken): void {
    switch (token.kind) {
      case "text":
        this.#top.nodes.push(this.#make.text(token));
        return;
      case "interpolation":
        this.#expression(token.code);
        return;
      case "code":
        this.#codeTag(token.code, token);
        return;
      case "open":
        this.#openTag(token);
        return;
      case "close":
        this.#closeTag(token);
    }
  }

  /** The nodes of the whole; what is open is closed with a problem. */
  finish(end: number): readonly Node[] {
    while (this.#top.open.kind !== "root") this.#abandon(end);
    return this.#top.nodes;
  }

  #push(open: Frame["open"], nodes: Node[] = []): void {
    this.#frames.push(this.#top);
    this.#top = { nodes, first: nodes.length, open };
  }

  #pop(): void {
    this.#top = this.#frames.pop() ?? this.#top;
  }

  #problem({ start, end }: Range, code: string, message: string): void {
    this.problems.push({ start, end, code, message });
  }

  #expression(code: Range): void {
    const node = this.code.expression(code);
    if (node !== null) this.#top.nodes.push(node);
  }

  #codeTag(code: Range, tag: Range): void {
    const text = this.#text.slice(code.start, code.end);
    const role = codeRole(text);
    if (role === "whole") this.#expression(code);
    else if (role === "start") {
      const block = { start: tag.start, head: code, bodyStart: tag.end, segments: [] };
      this.#push({ kind: "block", block });
    } else if (this.#closeToBlock(tag.start)) this.#continueBlock(code, tag, role);
    else this.#problem(tag, "unexpected_block_part", `\`${text.trim()}\` outside of a block`);
  }

  /** Closes the tags that a block leaves open; false when there is no block. */
  #closeToBlock(end: number): boolean {
    const frames = [...this.#frames.slice(-SEARCH), this.#top];
    if (!frames.some(({ open }) => open.kind === "block")) return false;
    while (this.#top.open.kind !== "block") this.#abandon(end);
    return true;
  }

  #continueBlock(code: Range, tag: Range, role: "middle" | "end"): void {
    const { open, nodes } = this.#top;
    if (open.kind !== "block") return;
    const { block } = open;
    const isClause = this.#slice(code).trimEnd().endsWith("->");
    const afterDo = !this.#slice(block.head).trimEnd().endsWith("->");
    // between `case x do` and its first clause there is space only
    const skipped = isClause && afterDo && block.segments.length === 0;
    const place = { start: block.bodyStart, end: Math.max(tag.start, block.bodyStart) };
    const body = this.#make.list(nodes.splice(0), place);
    block.segments.push({ head: block.head, body: skipped ? null : body });
    block.head = code;
    block.bodyStart = tag.end;
    if (role === "middle") return;
    block.segments.push({ head: code, body: null });
    this.#pop();
    const node = this.code.block(block.segments);
    if (node !== null) this.#top.nodes.push(node);
  }

  #slice({ start, end }: Range): string {
    return this.#text.slice(start, end);
  }

  #openTag(tag: OpenTag): void {
    const isHtml = tag.tag === "html";
    const isDone = tag.selfClosing || isVoid(tag);
    this.#push({ kind: "tag", tag, slots: new Map() }, isHtml ? this.#top.nodes : []);
    if (isHtml) for (const node of this.#tags.htmlTag(tag)) this.#top.nodes.push(node);
    if (isDone) this.#endTag(tag, null);
  }

  #closeTag(close: MarkupToken & { readonly kind: "close" }): void {
    if (!this.#isOpen(close)) {
      this.#problem(close, "unexpected_close_tag", `\`${this.#slice(close)}\` closes nothing`);
      this.#top.nodes.push(this.#make.text(close));
      return;
    }
    for (;;) {
      const { open } = this.#top;
      if (open.kind !== "tag") return;
      if (open.tag.name === close.name && open.tag.tag === close.tag) {
        this.#endTag(open.tag, close);
        return;
      }
      this.#abandon(close.start);
    }
  }

  /** Is such a tag open, with nothing but tags above it? */
  #isOpen({ tag, name }: { readonly tag: string; readonly name: string }): boolean {
    let { open } = this.#top;
    for (let up = 1; up <= SEARCH && open.kind === "tag"; up += 1) {
      if (open.tag.name === name && open.tag.tag === tag) return true;
      open = this.#frames.at(-up)?.open ?? { kind: "root" };
    }
    return false;
  }

  /** Takes the tag that is open off the stack, into the nodes around it. */
  #endTag(tag: OpenTag, close: Range | null): void {
    const { nodes, first, open } = this.#top;
    const end = close?.end ?? Math.max(nodes.at(-1)?.end ?? 0, tag.end);
    const range = { start: tag.start, end };
    this.#pop();
    if (tag.tag === "html") {
      if (close !== null) nodes.push(this.#make.text(close));
      if (!isRepeated(tag)) return;
      for (const node of this.#tags.repeated(tag, nodes.splice(first), range)) nodes.push(node);
      return;
    }
    const slots = open.kind === "tag" ? open.slots : new Map<string, Node[]>();
    const made = this.#tags.component(tag, { nodes, slots }, range);
    const around = this.#top.open;
    if (tag.tag === "slot" && around.kind === "tag" && around.tag.tag !== "html") {
      const others = around.slots.get(tag.name);
      if (others === undefined) around.slots.set(tag.name, [made]);
      else others.push(made);
      return;
    }
    for (const node of this.#tags.repeated(tag, [made], range)) this.#top.nodes.push(node);
  }

  /** Closes what the text leaves open. */
  #abandon(end: number): void {
    const { open, nodes } = this.#top;
    if (open.kind === "tag") {
      this.#problem(open.tag, "unclosed_tag", `\`${this.#slice(open.tag)}\` is not closed`);
      this.#endTag(open.tag, null);
      return;
    }
    this.#pop();
    if (open.kind !== "block") return;
    const { start, head, segments } = open.block;
    this.#problem(head, "unclosed_block", `\`${this.#slice(head).trim()}\` without \`end\``);
    const children = segments.flatMap(({ body }) => (body === null ? [] : [body])).concat(nodes);
    this.#top.nodes.push({ kind: "broken", children, start, end, meta: null });
  }
}
