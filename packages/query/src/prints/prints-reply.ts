// Prints as the page asks for them: one expression at a place, all over a range or the nearest one to an instant.

import type {
  Params,
  PrintNearReply,
  PrintsReply,
  PrintView,
  UnknownPlace,
  UnreadablePrint,
} from "@elixirscope/wire";
import { nearestFound } from "../find/nearest-found.ts";
import { pidIndex, pidTexts } from "../interned.ts";
import type { Source } from "../sql.ts";
import type { Position } from "../time/order.ts";
import { printWatch, type UnreadableText } from "./expressions.ts";
import { prints, type NoPrints, type Print } from "./prints.ts";

/** The page does not wait longer for one answer. */
const BUDGET_MS = 5_000;
/** It is asked for at each move of the cursor, mostly of a line that runs often. */
const NEAR_NS = 10_000_000;

export async function printsReply(
  source: Source,
  { at, expression, when, range, limit }: Params<"prints">,
): Promise<PrintsReply> {
  const answer = await prints(source, {
    at,
    expressions: [expression],
    limit,
    budgetMs: BUDGET_MS,
    ...(when === undefined ? {} : { when }),
    ...(range === undefined ? {} : { from: range.t0, to: range.t1 }),
  });
  if (!answer.ok) return refusal(answer.error);
  const { prints: all, more, searchedTo, expressions, limits } = answer.value;
  const [counters] = expressions;
  return {
    kind: "prints",
    prints: all.flatMap(printView),
    more,
    searchedTo,
    unknown: counters?.unknown ?? 0,
    raised: counters?.raised ?? 0,
    firstRaised: counters?.firstRaised ?? null,
    limits,
  };
}

export async function printNear(
  source: Source,
  { at, expression, when, t, event, pid, direction }: Params<"printNear">,
): Promise<PrintNearReply> {
  const compiled = printWatch(source.manifest, at, [expression], when);
  if (!compiled.ok) return unreadable(compiled.error);
  const { watch, expressions } = compiled.value;
  // what stands at the instant itself is the latest there
  const own = direction === "at" && event !== undefined ? event + 1 : (event ?? null);
  const from: Position = { t, event: own };
  const signal = AbortSignal.timeout(BUDGET_MS);
  const nearest = await nearestFound(source, watch, {
    signal,
    firstNs: NEAR_NS,
    from,
    direction: direction === "at" ? "previous" : direction,
    pid: pid === undefined ? null : ((await pidIndex(source, pid)) ?? -1),
  }).catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown;
    return null;
  });
  if (nearest === null) {
    const seconds = BUDGET_MS / 1000;
    return {
      kind: "unknown",
      message: `nothing was found in ${seconds} s of searching`,
      nearest: [],
    };
  }
  if (!nearest.ok) return { kind: "unknown", ...nearest.missing };
  const { found } = nearest;
  if (found === null) return { kind: "print", print: null };
  const { step } = found;
  const [printed] = expressions.print(expressions.evaluate(found.values));
  const pids = await pidTexts(source, [step.pid]);
  const place = { event: step.id, t: step.t, pid: pids.get(step.pid) ?? "" };
  const call = step.kind === "state" ? null : step.call;
  return {
    kind: "print",
    print: printed === undefined ? null : { ...place, call, printed },
  };
}

function printView({ event, t, pid, call, printed: [printed] }: Print): readonly PrintView[] {
  return printed === undefined ? [] : [{ event, t, pid, call, printed }];
}

function refusal(error: NoPrints): UnreadablePrint | UnknownPlace {
  if (error.kind === "missing") {
    return { kind: "unknown", message: error.message, nearest: error.nearest };
  }
  return unreadable({ part: error.part, error });
}

function unreadable({ part, error: { message, start, end } }: UnreadableText): UnreadablePrint {
  return { kind: "unreadable", part, message, start, end };
}
