// One event in full, with its causes and effects: recorded links, and those that other tables imply
// (a message from send to receive, a call from its caller and to its end).

import { decode } from "@elixirscope/etf";
import { FLAG } from "@elixirscope/trace";
import type { EventView } from "@elixirscope/wire";
import { isCut } from "./cut.ts";
import { eventTitle, FactFinder, type EventFacts } from "./event-facts.ts";
import { printTerm, styleOf, type TermStyle } from "./print.ts";
import { recordedLinks, type Link } from "./recorded-links.ts";
import type { Source } from "./sql.ts";
import { termView } from "./term-view.ts";

export async function event(source: Source, id: number): Promise<EventView | null> {
  const finder = new FactFinder(source);
  const [found, recorded] = await Promise.all([finder.all([id]), recordedLinks(source, id)]);
  const facts = found.get(id);
  if (facts === undefined) return null;
  const links = unique([...recorded, ...impliedLinks(facts)]);
  const others = await finder.forTitles(links.map((link) => link.event));
  const { payload } = facts;
  const style = styleOf(source.manifest);
  const term = payload === null ? null : decode(payload);
  return {
    id,
    t: facts.t,
    pid: facts.pid,
    kind: facts.kind,
    title: eventTitle(facts, style),
    mfa: facts.call?.mfa ?? null,
    frame: facts.frame,
    correlation: facts.correlation,
    payload: term?.ok === true ? termView(term.value, style) : null,
    payloadText: payload === null ? null : printTerm(payload, "full", style),
    truncated: facts.site === null ? (facts.flags & FLAG.TRUNCATED) !== 0 : isCut(payload),
    links: links.map((link) => ({ ...link, title: titleOf(others.get(link.event), style) })),
  };
}

function titleOf(other: EventFacts | undefined, style: TermStyle): string {
  return other === undefined
    ? "no longer in the recording"
    : `${eventTitle(other, style)} (${other.pid})`;
}

function impliedLinks(facts: EventFacts): readonly Link[] {
  const links: Link[] = [];
  const add = (
    other: number | null | undefined,
    direction: Link["direction"],
    type: string,
    confidence: string,
  ): void => {
    if (other !== null && other !== undefined && other !== facts.id) {
      links.push({ event: other, direction, type, confidence });
    }
  };
  const { kind, call, message } = facts;
  if (message !== null) {
    const confidence = message.match === 1 ? "exact" : "ordered";
    if (kind === "send") add(message.receiveEvent, "effect", "message", confidence);
    if (kind === "receive") add(message.sendEvent, "cause", "message", confidence);
  }
  if (call === null) return links;
  if (kind === "call") {
    add(call.parent, "cause", "call", "exact");
    add(call.exitEvent, "effect", "return", "exact");
  } else {
    // an end is caused by its call, and anything else by the call that it happened in
    add(call.call, "cause", kind === "return" || kind === "exception" ? "return" : "call", "exact");
  }
  return links;
}

function unique(links: readonly Link[]): readonly Link[] {
  const seen = new Map<string, Link>();
  for (const link of links) {
    const key = `${link.direction} ${link.event}`;
    if (!seen.has(key)) seen.set(key, link);
  }
  return [...seen.values()];
}
