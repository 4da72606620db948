// The pages of one term that have been read: what is open in it, and what of it has arrived. Rows in sight ask
// for their page; nothing else is fetched.

import { messageOf } from "@elixirscope/base";
import type { Params, Reply, TermAnswer, TermSource } from "@elixirscope/wire";
import { signal, type Signal } from "@preact/signals";
import { attach, detach, newBranch, openChild, rowOf, type Branch } from "./term-rows.ts";

export const PAGE = 200;
/** Branches with a change inside that open by themselves. */
const MOST_OPENED = 20;

/** What a book needs of the connection. */
export type AskTerm = (params: Params<"term">) => Promise<Reply<"term">>;

export class TermBook {
  readonly of: TermSource;
  /** grows with every change of what is shown */
  readonly revision: Signal<number> = signal(0);
  root: Branch | null = null;
  why: string | null = null;
  truncated = false;
  failure: string | null = null;
  readonly #ask: AskTerm;
  /** paths that the user opened or closed, also in the version before */
  readonly #chosen: Map<string, boolean>;
  readonly #isWithin: (path: string) => boolean;
  readonly #asked = new Set<string>();
  #opened = 0;

  constructor(
    of: TermSource,
    ask: AskTerm,
    options: {
      readonly chosen: Map<string, boolean>;
      /** is there a change inside of what has this path? */
      readonly isWithin: (path: string) => boolean;
    },
  ) {
    this.of = of;
    this.#ask = ask;
    this.#chosen = options.chosen;
    this.#isWithin = options.isWithin;
  }

  /** Reads the root, and what is to be open from the beginning. */
  async load(): Promise<void> {
    try {
      const answer = await this.#read([], 0);
      this.why = answer.why;
      this.truncated = answer.truncated;
      if (answer.page === null) return;
      const { node, cut } = answer.page;
      const place = { at: [], path: "", key: null, parent: null };
      this.root = newBranch(place, node, cut);
      if (this.#chosen.get("") === false) this.root.rows = 0;
      await this.#take(this.root, answer);
    } catch (error) {
      this.failure = messageOf(error);
    } finally {
      this.#changed();
    }
  }

  isOpen(branch: Branch): boolean {
    return branch.parent !== null || branch.rows > 0;
  }

  async open(parent: Branch, index: number): Promise<Branch | null> {
    const known = openChild(parent, index);
    if (known !== undefined) return known;
    const child = parent.children.get(index);
    if (child === undefined || child.size === 0) return null;
    const at = [...parent.at, index];
    const answer = await this.#read(at, 0);
    if (answer.page === null) return null;
    const place = { at, path: answer.page.path, key: child.key, parent };
    const again = openChild(parent, index);
    if (again !== undefined) return again;
    const branch = newBranch(place, answer.page.node, answer.page.cut);
    attach(branch);
    await this.#take(branch, answer);
    this.#changed();
    return branch;
  }

  /** What the user asks for, kept for the versions that are looked at next. */
  async toggle(
    branch: Branch | { readonly parent: Branch; readonly index: number },
  ): Promise<void> {
    try {
      if (!("at" in branch)) {
        const { parent, index } = branch;
        this.#chosen.set(`${parent.path}${parent.children.get(index)?.step ?? ""}`, true);
        await this.open(parent, index);
        return;
      }
      if (branch.parent === null) return this.#toggleRoot(branch);
      this.#chosen.set(branch.path, false);
      detach(branch);
      this.#changed();
    } catch (error) {
      this.failure = messageOf(error);
      this.#changed();
    }
  }

  /** A row of this position is in sight: its page is read if it is not there. */
  want(branch: Branch, index: number): void {
    const offset = Math.floor(index / PAGE) * PAGE;
    const name = `${branch.at.join(".")} ${offset}`;
    if (branch.children.has(index) || this.#asked.has(name)) return;
    this.#asked.add(name);
    void this.#page(branch, offset, name);
  }

  /** Opens the way to a part; answers its row. */
  async reveal(at: readonly number[]): Promise<number | null> {
    if (this.root === null) return null;
    if (this.root.rows === 0 && this.root.node.size > 0) this.#toggleRoot(this.root);
    let branch = this.root;
    for (const [depth, index] of at.entries()) {
      if (!branch.children.has(index)) await this.#page(branch, Math.floor(index / PAGE) * PAGE);
      if (depth === at.length - 1) break;
      const inner = await this.open(branch, index);
      if (inner === null) return null;
      branch = inner;
    }
    this.#changed();
    return rowOf(this.root, at);
  }

  #toggleRoot(root: Branch): void {
    const open = root.rows > 0;
    this.#chosen.set("", !open);
    root.open.splice(0);
    root.rows = open ? 0 : root.node.size + (root.cut > 0 ? 1 : 0);
    this.#changed();
  }

  async #page(branch: Branch, offset: number, name?: string): Promise<void> {
    try {
      await this.#take(branch, await this.#read(branch.at, offset));
    } catch {
      // asked for again when the row is drawn next, as after a lost connection
      if (name !== undefined) this.#asked.delete(name);
    }
    this.#changed();
  }

  async #read(at: readonly number[], offset: number): Promise<TermAnswer> {
    return await this.#ask({ of: this.of, at, offset, limit: PAGE });
  }

  async #take(branch: Branch, { page }: TermAnswer): Promise<void> {
    if (page === null) return;
    const wanted: number[] = [];
    for (const [i, child] of page.children.entries()) {
      const index = page.offset + i;
      branch.children.set(index, child);
      if (child.size > 0 && this.#opensItself(`${branch.path}${child.step}`)) wanted.push(index);
    }
    if (branch.rows === 0) return;
    for (const index of wanted) await this.open(branch, index);
  }

  #opensItself(path: string): boolean {
    const chosen = this.#chosen.get(path);
    if (chosen !== undefined) return chosen && this.#mayOpen();
    return this.#isWithin(path) && this.#mayOpen();
  }

  #mayOpen(): boolean {
    this.#opened += 1;
    return this.#opened <= MOST_OPENED;
  }

  #changed(): void {
    this.revision.value += 1;
  }
}
