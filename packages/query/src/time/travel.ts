// Steps as the page asks for them: only where they lead, and a condition that cannot be asked as an answer.

import type { Params, Reply, StepReply } from "@elixirscope/wire";
import { formatConditionError } from "../condition/condition-error.ts";
import { parseWatch } from "../find/where.ts";
import type { Source } from "../sql.ts";
import type { Instant } from "../stack/instant.ts";
import { runTo } from "./run-to.ts";
import { stepBy, type StepView } from "./step-by.ts";

export async function stepReply(
  source: Source,
  { pid, t, event, by, direction }: Params<"stepBy">,
): Promise<Reply<"stepBy">> {
  const from = instant(t, event);
  const start = { pid: event === undefined ? pid : null, from };
  const view = await stepBy(source, { ...start, by, direction });
  return view === null ? null : briefly(view);
}

export async function runToReply(
  source: Source,
  { t, event, until, direction }: Params<"runTo">,
): Promise<Reply<"runTo">> {
  const watch = parseWatch(until, source.manifest.target.otpRelease);
  if (!watch.ok) {
    const { message, start, end } = watch.error;
    const lines = formatConditionError(watch.error);
    return { kind: "unreadable", message, at: { start, end }, lines };
  }
  const answer = await runTo(source, {
    pid: null,
    from: instant(t, event),
    direction,
    watch: watch.value,
    within: "recording",
  });
  if (!answer.ok) return { kind: "unknown", ...answer.missing };
  return { kind: "ran", ...briefly(answer.view), values: answer.view.hit?.values ?? {} };
}

function instant(t: number, event: number | undefined): Instant {
  return event === undefined ? { kind: "time", t } : { kind: "event", event };
}

function briefly({ to, why, limits }: Pick<StepView, "to" | "why" | "limits">): StepReply {
  if (to === null) return { to, why, limits };
  const { event, t, pid, kind, title } = to;
  return { to: { event, t, pid, kind, title }, why, limits };
}
