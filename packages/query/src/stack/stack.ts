// Call stack and variables of a process at an instant: "stand on this line, see every value".

import type { FrameView, Params, PlaceView, StackView } from "@elixirscope/wire";
import { samplingLimit } from "../limits.ts";
import { mfaText, moduleText, timeText } from "../names.ts";
import { printArguments, printTerm, styleOf, type TermStyle } from "../print.ts";
import { SourceTexts } from "../source-texts.ts";
import { processFacts } from "../process-facts.ts";
import type { Cutoff } from "../running-calls.ts";
import type { Source } from "../sql.ts";
import { gapReasons } from "../state-why.ts";
import { FrameLocals } from "./locals.ts";
import { subjectOf } from "./moment.ts";
import {
  instrumentedFunctions,
  latestVisits,
  openFrames,
  type FrameSite,
  type OpenFrame,
} from "./open-frames.ts";
import type { Instant } from "./instant.ts";
import { callsNear, whyEmpty } from "./why-empty.ts";

/** Null: there is no such event, or no such process. `pid` is a printed one; an event brings its own. */
export async function stack(
  source: Source,
  pid: string | null,
  instant: Instant,
): Promise<StackView | null> {
  const subject = await subjectOf(source, pid, instant);
  if (subject === null) return null;
  const { index, cutoff } = subject;
  const [{ frames, total }, near] = await Promise.all([
    openFrames(source, index, cutoff),
    // at most instants a process runs no call; at an event it mostly does
    instant.kind === "time" ? callsNear(source, index, cutoff.t) : null,
  ]);
  const process = await processFacts(source, index);
  const instrumented = await instrumentedFunctions(source, frames);
  const [visits, gaps, why] = await Promise.all([
    latestVisits(source, index, instrumented.size === 0 ? [] : frames, cutoff),
    gapReasons(source, index, frames[0]?.t ?? cutoff.t, cutoff.t),
    frames.length === 0 ? whyEmpty(source, index, cutoff.t, process, near) : null,
  ]);
  const texts = await SourceTexts.of(
    source,
    [...visits.values()].flatMap((ofFrame) => ofFrame.map(({ file }) => file)),
  );
  const style = styleOf(source.manifest);
  const locals = new FrameLocals(texts, style);
  return {
    pid: subject.pid,
    name: process.name,
    t: cutoff.t,
    event: cutoff.event,
    frames: frames.map((frame) => {
      const ofFrame = visits.get(frame.call) ?? [];
      const [site] = ofFrame;
      const known = frame.function !== null && instrumented.has(frame.function);
      return {
        ...frameView(frame, cutoff, style),
        place: site === undefined ? null : placeView(site, texts),
        locals: locals.at(ofFrame),
        limits: known || site !== undefined ? [] : ["not instrumented: only its call was recorded"],
      };
    }),
    more: total - frames.length,
    limits: stackLimits(source, frames, cutoff, gaps),
    why,
  };
}

/** As the page asks: an event of another process says only when. */
export async function stackOf(
  source: Source,
  { pid, t, event }: Params<"stack">,
): Promise<StackView | null> {
  if (event !== undefined) {
    const view = await stack(source, null, { kind: "event", event });
    if (view?.pid === pid) return view;
  }
  return await stack(source, pid, { kind: "time", t });
}

function frameView(
  frame: OpenFrame,
  { event }: Cutoff,
  style: TermStyle,
): Omit<FrameView, "place" | "locals" | "limits"> {
  const { call, name, arity, t, args, result, outcome, exitEvent } = frame;
  const module = moduleText(frame.module);
  const isEnding = event !== null && exitEvent === event;
  return {
    call,
    module,
    function: name,
    arity,
    mfa: mfaText(frame.module, name, arity),
    t,
    args: args === null ? null : printArguments(args, "line", style),
    ends: isEnding
      ? { outcome, result: result === null ? null : printTerm(result, "line", style) }
      : null,
  };
}

function placeView(site: FrameSite, texts: SourceTexts): PlaceView {
  const { file, line, column, kind, event, t } = site;
  return { file, line, column, kind, event, t, source: texts.line(file, line) };
}

function stackLimits(
  source: Source,
  frames: readonly OpenFrame[],
  { t }: Cutoff,
  gaps: string | null,
): readonly string[] {
  const limits: string[] = [];
  if (gaps !== null) {
    limits.push(
      `between ${timeText(frames[0]?.t ?? t)} and this instant something is missing: ${gaps}; frames and newer values may be`,
    );
  }
  const missing = {
    windows: "those that began between two have no frames",
    chains: "those left out have no frames",
  };
  return [...limits, ...samplingLimit(source, missing)];
}
