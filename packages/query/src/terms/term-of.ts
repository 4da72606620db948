// The term that a page looks into. It is decoded once: whoever opens a branch asks for the same one again.

import { decode, type Term } from "@elixirscope/etf";
import type { TermSource } from "@elixirscope/wire";
import { hasMarker } from "../cut.ts";
import { FactFinder } from "../event-facts.ts";
import { pidIndex } from "../interned.ts";
import { Kept } from "../kept.ts";
import { payloadsOf } from "../payloads.ts";
import { asNumberOrNull, select, sql, type Source } from "../sql.ts";
import { versionsUpTo } from "../time/state-versions.ts";

export type FoundTerm = {
  readonly term: Term;
  /** parts were beyond the recording's limits */
  readonly truncated: boolean;
};

export type NoTerm = { readonly term: null; readonly why: string };

/** Decoded, a term takes many times its bytes. */
const kept = new Kept<string, FoundTerm>(4);

export async function termOf(source: Source, of: TermSource): Promise<FoundTerm | NoTerm> {
  if (of.kind === "event") return await eventTerm(source, of.id);
  const ref = await refOf(source, of);
  if (ref === null) return none(`no ${of.kind} was recorded here`);
  const name = `ref ${ref}`;
  const known = kept.get(source, name);
  if (known !== undefined) return known;
  const bytes = (await payloadsOf(source, [ref])).get(ref);
  return bytes === undefined ? none("its term could not be read") : decoded(source, name, bytes);
}

/** Of recordings that are whole: who pages through a term asks for the same one again and again. */
const resolved = new Kept<string, number>(1_000);

async function refOf(
  source: Source,
  of: Exclude<TermSource, { kind: "event" }>,
): Promise<number | null> {
  const name = JSON.stringify(of);
  const known = resolved.get(source, name);
  if (known !== undefined) return known;
  const ref = of.kind === "state" ? await stateRef(source, of) : await messageRef(source, of.id);
  if (ref !== null && source.manifest.state !== "recording") resolved.set(source, name, ref);
  return ref;
}

async function eventTerm(source: Source, id: number): Promise<FoundTerm | NoTerm> {
  const name = `event ${id}`;
  const known = kept.get(source, name);
  if (known !== undefined) return known;
  const facts = (await new FactFinder(source).all([id])).get(id);
  if (facts === undefined) return none("the event is not in this recording");
  const { payload } = facts;
  return payload === null
    ? none("the event carries no term, or the plan did not record it")
    : decoded(source, name, payload);
}

async function stateRef(
  source: Source,
  { pid, t }: { readonly pid: string; readonly t: number },
): Promise<number | null> {
  const index = await pidIndex(source, pid);
  if (index === null) return null;
  const [latest] = await versionsUpTo(source, index, t, 1);
  return latest?.ref ?? null;
}

async function messageRef(source: Source, id: number): Promise<number | null> {
  const [row] = await select(
    source,
    sql`SELECT body FROM raw.messages WHERE message = ${id} LIMIT 1`,
  );
  return asNumberOrNull(row?.[0]);
}

function decoded(source: Source, name: string, bytes: Uint8Array): FoundTerm | NoTerm {
  const term = decode(bytes);
  if (!term.ok) return none(`its bytes are no term: ${term.error.code} at ${term.error.offset}`);
  const found = { term: term.value, truncated: hasMarker(bytes) };
  kept.set(source, name, found);
  return found;
}

function none(why: string): NoTerm {
  return { term: null, why };
}
