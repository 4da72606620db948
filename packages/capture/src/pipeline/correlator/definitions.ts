// Turns the stream's indexes into processes and functions, and keeps every process known by its term.
//
// Indexes only grow in practice, so the newest 131,072 are kept in a ring of slots; a process whose
// slot is taken by a later one and about which nothing is open is forgotten with it.

import { assertNever } from "@elixirscope/base";
import { decodeAt, encode, type Term } from "@elixirscope/etf";
import type { CorrelatorOutput } from "./output.ts";
import { AliasParty, NameParty, Process, type Party } from "./party.ts";

const SLOTS = 131_072;

/** A function that may be a callback of an OTP behaviour. */
export type Callback = { readonly module: string; readonly name: string; readonly arity: number };

type Slot = { readonly index: number; readonly party: Party };

/** `Elixir.Shop.Cart` is `Shop.Cart`; other atoms as they are. */
export function atomText(name: string): string {
  return name.startsWith("Elixir.") ? name.slice("Elixir.".length) : name;
}

export class Definitions {
  readonly #out: CorrelatorOutput;
  /** the target: whose pids are its own */
  node: string;
  readonly #slots: (Slot | undefined)[] = Array.from({ length: SLOTS });
  readonly #functions: number[] = [];
  /** by number in the recording */
  readonly #callbacks = new Map<number, Callback>();
  readonly #byKey = new Map<string, Process>();
  readonly #byName = new Map<string, Process>();

  constructor(out: CorrelatorOutput, node: string) {
    this.#out = out;
    this.node = node;
  }

  get processes(): Iterable<Process> {
    return this.#byKey.values();
  }

  get processCount(): number {
    return this.#byKey.size;
  }

  party(index: number): Party | null {
    if (index === 0) return null;
    const slot = this.#slots[index & (SLOTS - 1)];
    return slot !== undefined && slot.index === index ? slot.party : null;
  }

  process(index: number): Process | null {
    const party = this.party(index);
    return party !== null && party.kind === "process" ? party : null;
  }

  fn(index: number): number {
    return this.#functions[index] ?? 0;
  }

  /** A process by its term, when it was heard of. */
  processOf(pid: Term): Process | null {
    return this.#byKey.get(Buffer.from(encode(pid)).toString("latin1", 1)) ?? null;
  }

  /** Which function has this number in the recording. */
  callback(fn: number): Callback | null {
    return this.#callbacks.get(fn) ?? null;
  }

  /** The pid in `bytes[start, end)`, also when nothing was heard of it yet. */
  mentioned(bytes: Buffer, start: number, end: number): Process | null {
    const key = bytes.toString("latin1", start, end);
    const known = this.#byKey.get(key);
    if (known !== undefined || end <= start) return known ?? null;
    const decoded = decodeAt(bytes, start);
    if (!decoded.ok || decoded.value.term.kind !== "pid") return null;
    const party = this.#partyOf(decoded.value.term, key);
    return party.kind === "process" ? party : null;
  }

  named(name: string): Process | null {
    return this.#byName.get(name) ?? null;
  }

  register(process: Process, name: string): void {
    process.name = name;
    this.#byName.set(name, process);
  }

  unregister(process: Process, name: string): void {
    process.name = "";
    if (this.#byName.get(name) === process) this.#byName.delete(name);
  }

  forget(process: Process): void {
    if (this.#byKey.get(process.key) === process) this.#byKey.delete(process.key);
    if (process.name !== "" && this.#byName.get(process.name) === process) {
      this.#byName.delete(process.name);
    }
  }

  /** `bytes[start, end)` is one external term: a pid, port, name, `{Name, Node}` or alias. */
  definePid(index: number, bytes: Buffer, start: number, end: number): Party | null {
    const decoded = decodeAt(bytes, start + 1);
    if (!decoded.ok || index === 0) return null;
    const key = bytes.toString("latin1", start + 1, end);
    const party = this.#partyOf(decoded.value.term, key);
    const slot = index & (SLOTS - 1);
    const before = this.#slots[slot];
    this.#slots[slot] = { index, party };
    if (before !== undefined && before.party !== party) this.#retire(before.party);
    return party;
  }

  defineFunction(index: number, bytes: Buffer, start: number): void {
    const decoded = decodeAt(bytes, start + 1);
    if (!decoded.ok || decoded.value.term.kind !== "tuple") return;
    const [module, name, arity] = decoded.value.term.items;
    if (module?.kind !== "atom" || name?.kind !== "atom" || arity?.kind !== "integer") return;
    const text = atomText(module.name);
    this.#functions[index] = this.knownFunction(text, name.name, Number(arity.value));
  }

  /** The function's number in the recording. */
  knownFunction(module: string, name: string, arity: number): number {
    const fn = this.#out.fn(module, name, arity);
    if (!this.#callbacks.has(fn)) this.#callbacks.set(fn, { module, name, arity });
    return fn;
  }

  #retire(party: Party): void {
    if (party.kind !== "process" || party.depth > 0 || party.inbound.size > 0) return;
    const { captured, deferred } = party;
    const isWaiting =
      deferred !== null ||
      (captured !== null && captured.held.length + captured.waiting.length > 0);
    if (!isWaiting) this.forget(party);
  }

  #partyOf(term: Term, key: string): Party {
    switch (term.kind) {
      case "atom":
        return new NameParty(this.#out.pid(atomText(term.name), this.node), atomText(term.name));
      case "reference":
        return new AliasParty(key);
      case "tuple":
        return this.#nameAt(term.items, key);
      case "pid": {
        const foreign = term.node !== this.node;
        const place = `${String(term.id)}.${String(term.serial)}`;
        return this.#processOf(key, `<${foreign ? term.node : "0"}.${place}>`, term.node, foreign);
      }
      case "port":
        return this.#processOf(key, `#Port<0.${String(term.id)}>`, term.node, true);
      case "integer":
      case "float":
      case "binary":
      case "bitstring":
      case "list":
      case "map":
      case "export":
      case "fun":
        return this.#processOf(key, "", this.node, true);
      default:
        return assertNever(term);
    }
  }

  #nameAt(items: readonly Term[], key: string): Party {
    const [name, node] = items;
    if (name?.kind !== "atom" || node?.kind !== "atom") {
      return this.#processOf(key, "", this.node, true);
    }
    const text = atomText(name.name);
    if (node.name === this.node) return new NameParty(this.#out.pid(text, this.node), text);
    return this.#processOf(key, `{${text}, ${node.name}}`, node.name, true);
  }

  #processOf(key: string, text: string, node: string, foreign: boolean): Process {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const process = new Process(text === "" ? 0 : this.#out.pid(text, node), text, key, foreign);
    this.#byKey.set(key, process);
    return process;
  }
}
