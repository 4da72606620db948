// An ExUnit test out of one recorded call: it calls the function with the recorded arguments and asserts the
// recorded result, exception or crash. Refused, with the reason and the place, where that cannot be.

import { err, ok, type Result } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import type { NoTest, RecordedTest } from "@elixirscope/wire";
import { limitsOf } from "../limits.ts";
import { moduleText, timeText } from "../names.ts";
import { asNumber, asText, select, sql, type Source } from "../sql.ts";
import { callFacts, callOfEvent, conversation, type CallFacts } from "./call-facts.ts";
import { argumentNames, callerTag } from "./callbacks.ts";
import { endingOf } from "./ending.ts";
import { isAlias } from "./name-source.ts";
import { publicCaller, servedCall } from "./other-calls.ts";
import { termSource, type SourceOptions } from "./term-source.ts";
import { testSource } from "./test-source.ts";
import { warningsOf } from "./warnings.ts";

export async function recordedTest(
  source: Source,
  id: number,
): Promise<Result<RecordedTest, NoTest>> {
  const facts = await callFacts(source, id);
  if (facts === null) return err(await noCall(source, id));
  const refusal = await refusalOf(source, facts);
  if (refusal !== null) return err(refusal);
  const { args, result, mfa } = facts;
  if (args === null || result === null) return err(notRecorded(mfa, "its values"));
  const options = await sourceOptions(source, args);
  const names = argumentNames(facts, args);
  const sources = [];
  for (const [i, arg] of args.entries()) {
    const written = termSource(arg, options);
    const name = names[i] ?? `arg${i + 1}`;
    if (!written.ok) {
      return err(await irreproducible(source, facts, `argument ${i + 1} (${name})`, written.error));
    }
    sources.push({ name, source: written.value });
  }
  const ending = endingOf(facts, result, options);
  if (!ending.ok) {
    const what = facts.outcome === "raised" ? "the exception" : "the result";
    return err(await irreproducible(source, facts, what, ending.error));
  }
  const talk = await conversation(source, facts);
  const warnings = await warningsOf(source, facts, talk);
  const left = facts.left ?? facts.entered;
  const module = testModule(facts);
  const text = testSource({
    module,
    title: `${facts.name}/${facts.arity} as recorded in call ${id}`.slice(0, 200),
    comments: [
      `Call ${id} of the recording ${source.manifest.id}, in ${facts.pid} at ${timeText(facts.entered)}.`,
      ...warnings,
    ],
    calledModule: vmModule(facts.module),
    calledFunction: facts.name,
    args: sources,
    named: (options.named ?? []).map(({ name }) => ({ name, text: "{self(), make_ref()}" })),
    ending: ending.value,
  });
  const extent = { pids: [facts.process], from: facts.entered, to: left };
  return ok({
    call: id,
    mfa,
    outcome: facts.outcome === "raised" ? "raised" : "returned",
    module,
    text,
    warnings,
    limits: await limitsOf(source, extent, ["calls", "values"]),
  });
}

async function noCall(source: Source, id: number): Promise<NoTest> {
  const inside = await callOfEvent(source, id);
  const facts = inside === null ? null : await callFacts(source, inside);
  if (facts === null) {
    return { code: "no_call", message: `the recording has no call ${id}`, instead: null };
  }
  return {
    code: "no_call",
    message: `event ${id} is no call`,
    instead: { call: facts.call, mfa: facts.mfa },
  };
}

async function refusalOf(source: Source, facts: CallFacts): Promise<NoTest | null> {
  const { mfa, publicity, outcome, args, result } = facts;
  if (publicity === "private") {
    return {
      code: "private",
      message: `${mfa} is private: a test cannot call it`,
      instead: await publicCaller(source, facts),
    };
  }
  const ends: Partial<Record<typeof outcome, string>> = {
    open: "the call had not ended when the recording did",
    lost: "the end of the call fell into a gap of the recording",
    tail: "the call ended in another one's place (a tail call, or traced without returns), so its result was not recorded",
  };
  const unended = ends[outcome];
  if (unended !== undefined) return { code: "not_ended", message: unended, instead: null };
  if (args === null) return notRecorded(mfa, "its arguments");
  return result === null ? notRecorded(mfa, "how it ended") : null;
}

function notRecorded(mfa: string, what: string): NoTest {
  const message = `of this call of ${mfa} the recording does not have ${what}: record with arguments and return values`;
  return { code: "not_recorded", message, instead: null };
}

async function irreproducible(
  source: Source,
  facts: CallFacts,
  what: string,
  { reason, way }: { readonly reason: string; readonly way: string },
): Promise<NoTest> {
  const place = way === "" ? what : `${what} at ${way}`;
  const message = `${place}: ${reason}, so the call cannot be made again`;
  return { code: "irreproducible", message, instead: await servedCall(source, facts) };
}

/** Whoever waits for the reply of a callback has a name in the test, and structs are known from the code. */
async function sourceOptions(source: Source, args: readonly Term[]): Promise<SourceOptions> {
  const rows = await select(
    source,
    sql`SELECT module, list_aggregate(struct_fields, 'string_agg', ',') FROM code.modules
      WHERE struct_fields IS NOT NULL AND len(struct_fields) > 0`,
  );
  const fields = new Map(rows.map(([module, names]) => [asText(module), asText(names).split(",")]));
  const tag = callerTag(args);
  return {
    named: tag === null ? [] : [{ term: tag, name: "from" }],
    structFields: (module) => fields.get(module),
  };
}

function testModule({ module, call }: CallFacts): string {
  const name = moduleText(module);
  const parts = name.startsWith(":") ? [camelCase(name.slice(1))] : name.split(".");
  return `${parts.join(".")}RecordedCall${asNumber(call)}Test`;
}

function camelCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const text = words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join("");
  return /^[A-Z]/.test(text) ? text : `M${text}`;
}

/** A recording may name modules as Elixir prints them. */
function vmModule(module: string): string {
  return isAlias(`Elixir.${module}`) ? `Elixir.${module}` : module;
}
