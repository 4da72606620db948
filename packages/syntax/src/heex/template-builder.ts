// Puts tags and blocks together: a stack of what is open, each closed into the nodes that it means.

import type { Node } from "../ast.ts";
import type { ParseOptions } from "../parsed.ts";
import type { Source } from "../source.ts";
import { codeRole } from "./code-role.ts";
import { EmbeddedCode, type Segment } from "./embedded-code.ts";
import type { MarkupProblem, MarkupToken, Range } from "./markup-token.ts";
import { NodeMaker } from "./nodes.ts";
import { isVoid, TagNodes, type OpenTag } from "./tag-nodes.ts";

type Frame = {
  nodes: Node[];
  readonly open:
    | { readonly kind: "root" }
    | {
        readonly kind: "tag";
        readonly tag: OpenTag;
        readonly slots: Map<string, Node[]>;
      }
    | {
        readonly kind: "block";
        readonly start: number;
        /** the code before the nodes, and where its tag ends */
        head: Range;
        bodyStart: number;
        readonly segments: Segment[];
      };
};

/** How far up an open tag is looked for when another one closes. */
const SEARCH = 64;

export class TemplateBuilder {
  readonly problems: MarkupProblem[] = [];
  readonly code: EmbeddedCode;
  readonly #source: Source;
  readonly #make: NodeMaker;
  readonly #tags: TagNodes;
  readonly #frames: Frame[] = [];
  #top: Frame = { nodes: [], open: { kind: "root" } };

  constructor(source: Source, options: ParseOptions) {
    this.#source = source;
    this.code = new EmbeddedCode(source, options);
    this.#make = new NodeMaker(source);
    this.#tags = new TagNodes(this.#make, this.code);
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
        if (token.selfClosing || isVoid(token)) this.#addTag(token, [], new Map(), null);
        else this.#push({ kind: "tag", tag: token, slots: new Map() });
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

  #push(open: Frame["open"]): void {
    this.#frames.push(this.#top);
    this.#top = { nodes: [], open };
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
    const text = this.#source.text.slice(code.start, code.end);
    const role = codeRole(text);
    if (role === "whole") this.#expression(code);
    else if (role === "start") {
      this.#push({
        kind: "block",
        start: tag.start,
        head: code,
        bodyStart: tag.end,
        segments: [],
      });
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
    const isClause = this.#slice(code).trimEnd().endsWith("->");
    const afterDo = !this.#slice(open.head).trimEnd().endsWith("->");
    // between `case x do` and its first clause there is space only
    const skipped = isClause && afterDo && open.segments.length === 0;
    const place = { start: open.bodyStart, end: Math.max(tag.start, open.bodyStart) };
    const body = skipped ? null : this.#make.list(nodes, place);
    open.segments.push({ head: open.head, body });
    open.head = code;
    open.bodyStart = tag.end;
    this.#top.nodes = [];
    if (role === "middle") return;
    open.segments.push({ head: code, body: null });
    this.#pop();
    const node = this.code.block(open.segments);
    if (node !== null) this.#top.nodes.push(node);
  }

  #slice({ start, end }: Range): string {
    return this.#source.text.slice(start, end);
  }

  #closeTag(close: MarkupToken & { readonly kind: "close" }): void {
    if (!this.#isOpen(close)) {
      this.#problem(close, "unexpected_close_tag", `\`${this.#slice(close)}\` closes nothing`);
      this.#top.nodes.push(this.#make.text(close));
      return;
    }
    for (;;) {
      const { open, nodes } = this.#top;
      if (open.kind !== "tag") return;
      if (open.tag.name !== close.name || open.tag.tag !== close.tag) {
        this.#abandon(close.start);
        continue;
      }
      this.#pop();
      this.#addTag(open.tag, nodes, open.slots, close);
      return;
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

  #addTag(
    tag: OpenTag,
    nodes: readonly Node[],
    slots: ReadonlyMap<string, readonly Node[]>,
    close: Range | null,
  ): void {
    const made = this.#tags.nodesOf(tag, { nodes, slots }, close);
    const { open } = this.#top;
    if (tag.tag === "slot" && open.kind === "tag" && open.tag.tag !== "html") {
      const others = open.slots.get(tag.name);
      if (others === undefined) open.slots.set(tag.name, [...made]);
      else others.push(...made);
    } else for (const node of made) this.#top.nodes.push(node);
  }

  /** Closes what the text leaves open. */
  #abandon(end: number): void {
    const { open, nodes } = this.#top;
    this.#pop();
    if (open.kind === "tag") {
      const { tag } = open;
      this.#problem(tag, "unclosed_tag", `\`${this.#slice(tag)}\` is not closed`);
      this.#addTag(tag, nodes, open.slots, null);
    } else if (open.kind === "block") {
      const { start, head, segments } = open;
      this.#problem(head, "unclosed_block", `\`${this.#slice(head).trim()}\` without \`end\``);
      const children = segments.flatMap(({ body }) => (body === null ? [] : [body])).concat(nodes);
      this.#top.nodes.push({ kind: "broken", children, start, end, meta: null });
    }
  }
}
