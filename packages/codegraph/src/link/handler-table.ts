// The handler clauses of all modules, found by who could take a message.

import { assertNever } from "@elixirscope/base";
import type { HandlerSite, SendSite } from "./link-facts.ts";
import { matchShape, type ShapeMatch } from "./shape-match.ts";
import { parseShape, type Shape } from "./shape.ts";

/** A clause that can take the message; `certain` when it takes every one of this shape. */
export type Taken = { readonly handler: number; readonly certain: boolean };

type Clause = {
  readonly handler: number;
  readonly site: HandlerSite;
  readonly shape: Shape;
  readonly eventType: Shape | null;
};

export class HandlerTable {
  /** module → groups, each in the order in which its clauses are tried */
  readonly #modules = new Map<string, Map<string, Clause[]>>();
  /** first word of a shape (`:add`) → modules with a clause that begins so */
  readonly #byTag = new Map<string, Set<string>>();

  constructor(handlers: readonly HandlerSite[]) {
    handlers.forEach((site, handler) => {
      const shape = parseShape(site.shape);
      const eventType = site.eventType === null ? null : parseShape(site.eventType);
      const groups = getOrSet(this.#modules, site.module, () => new Map<string, Clause[]>());
      getOrSet(groups, `${site.kind} ${site.group}`, () => []).push({
        handler,
        site,
        shape,
        eventType,
      });
      const tag = tagOf(shape);
      if (tag !== null) getOrSet(this.#byTag, tag, () => new Set()).add(site.module);
    });
  }

  /** Does the module handle messages of this kind at all? */
  has(module: string, send: SendSite): boolean {
    for (const clauses of this.#modules.get(module)?.values() ?? []) {
      if (clauses.some(({ site }) => kindsMeet(send, site))) return true;
    }
    return false;
  }

  /** The clauses of a module that can take a message. */
  taking(module: string, send: SendSite): readonly Taken[] {
    const sent = parseShape(send.shape);
    const taken: Taken[] = [];
    for (const clauses of this.#modules.get(module)?.values() ?? []) {
      let doubt = false;
      for (const { handler, site, shape, eventType } of clauses) {
        if (!kindsMeet(send, site)) continue;
        const match = both(matchShape(sent, shape), matchEvent(send, eventType));
        if (match === "never") continue;
        const certain = match === "always" && !site.guarded;
        taken.push({ handler, certain: certain && !doubt });
        if (certain) break;
        doubt = true;
      }
    }
    return taken;
  }

  /** Modules that can take a message by its shape: those with a clause for its tag. */
  modulesTaking(send: SendSite): readonly string[] {
    const tag = tagOf(parseShape(send.shape));
    const modules = tag === null ? undefined : this.#byTag.get(tag);
    return [...(modules ?? [])].filter((module) => this.taking(module, send).length > 0);
  }
}

/** The atom that a message is told by: `:add` of `{:add, _}`, also a struct's module. */
function tagOf(shape: Shape): string | null {
  switch (shape.kind) {
    case "value":
      return shape.text;
    case "tuple":
      return shape.items[0]?.kind === "value" ? shape.items[0].text : null;
    case "map":
      return shape.struct;
    case "any":
    case "pinned":
    case "list":
    case "prefix":
    case "binary":
    case "function":
    case "opaque":
      return null;
    default:
      return assertNever(shape);
  }
}

/** A call reaches servers and state machines alike; each other kind its own handlers. */
function kindsMeet(send: SendSite, { kind, protocol }: HandlerSite): boolean {
  switch (send.kind) {
    case "call":
    case "cast":
      if (send.protocol === "gen_event") return protocol === "gen_event" && kind === send.kind;
      return protocol === "gen_statem" || (protocol === "gen_server" && kind === send.kind);
    case "send":
    case "send_after":
    case "broadcast":
      return kind === "info" || kind === "receive" || protocol === "gen_statem";
    case "notify":
      return protocol === "gen_event" && kind === "event";
    case "continue":
      return kind === "continue";
    case "internal":
      return protocol === "gen_statem";
    case "reply":
      return false;
    default:
      return assertNever(send.kind);
  }
}

const callEvent = parseShape("{:call, _}");
const castEvent = parseShape(":cast");
const infoEvent = parseShape(":info");

function matchEvent(send: SendSite, pattern: Shape | null): ShapeMatch {
  if (pattern === null) return "always";
  if (send.eventType !== null) return matchShape(parseShape(send.eventType), pattern);
  if (send.kind === "call") return matchShape(callEvent, pattern);
  return matchShape(send.kind === "cast" ? castEvent : infoEvent, pattern);
}

function both(a: ShapeMatch, b: ShapeMatch): ShapeMatch {
  if (a === "never" || b === "never") return "never";
  return a === "maybe" || b === "maybe" ? "maybe" : "always";
}

function getOrSet<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
