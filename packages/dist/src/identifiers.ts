// Pids and references of our own node. Both must never repeat within one life of the node, which
// the random creation tells apart from every other life.

import { integer, type IntegerTerm, type PidTerm, type ReferenceTerm } from "@elixirscope/etf";

export class Identifiers {
  readonly #node: string;
  readonly #creation: number;
  #pids = 0;
  #references = 0;
  #unlinks = 0;

  constructor(node: string, creation: number) {
    this.#node = node;
    this.#creation = creation;
  }

  pid(): PidTerm {
    this.#pids += 1;
    return { kind: "pid", node: this.#node, id: this.#pids, serial: 0, creation: this.#creation };
  }

  reference(): ReferenceTerm {
    this.#references += 1;
    // The first word has 18 bits.
    const ids = [this.#references % 0x40000, Math.floor(this.#references / 0x40000), 0];
    return { kind: "reference", node: this.#node, creation: this.#creation, ids };
  }

  /** Tells one unlink of a pair of processes from the next. */
  unlinkId(): IntegerTerm {
    this.#unlinks += 1;
    return integer(this.#unlinks);
  }
}

/** Equal for equal references; all that are looked up are of one node. */
export function referenceKey(reference: ReferenceTerm): string {
  return `${String(reference.creation)}.${reference.ids.join(".")}`;
}

export function pidKey(pid: PidTerm): string {
  return `${pid.node} ${String(pid.creation)}.${String(pid.id)}.${String(pid.serial)}`;
}
