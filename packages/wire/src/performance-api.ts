// What the page asks about time. Ranges are bounded by the server: an answer has the range that it is about.

import type { CallComparison, Comparison, CriticalPath, SlowRequests } from "./path-views.ts";
import {
  FUNCTION_ORDERS,
  type Bottlenecks,
  type CallsByDuration,
  type DurationHistogram,
  type Flame,
  type FlameChart,
  type FlameFile,
  type FlameTime,
  type FunctionOrder,
  type Latency,
  type OrMissing,
  type Queues,
  type SlowCalls,
  type Times,
} from "./performance-views.ts";
import type { TimeRange } from "./protocol.ts";
import { id, pid, range, words } from "./param-shapes.ts";
import {
  array,
  fraction,
  integer,
  object,
  oneOf,
  optional,
  text,
  time,
  type Shapes,
} from "./shape.ts";

type Asked<P, R> = { readonly params: P; readonly reply: R };
/** Of one process, or of all. */
type Whose = TimeRange & { readonly pid?: string };
/** Of one function, by its whole name such as `Shop.Cart.add/3`. */
type OfFunction = TimeRange & { readonly function: string };
type Sides = { readonly a: TimeRange; readonly b: TimeRange };

export type PerformanceApi = {
  /** merged stacks; `path` zooms into a frame: functions from the bottom; frames below `minShare` of it are drawn together */
  flame: Asked<
    Whose & {
      readonly time: FlameTime;
      readonly path?: readonly number[];
      readonly minShare: number;
      readonly limit: number;
      readonly search?: string;
    },
    Flame
  >;
  flameFile: Asked<
    Whose & { readonly time: FlameTime; readonly format: "folded" | "speedscope" },
    FlameFile
  >;
  flameChart: Asked<Whose & { readonly buckets: number; readonly limit: number }, FlameChart>;
  times: Asked<Whose & { readonly order: FunctionOrder; readonly limit: number }, Times>;
  latency: Asked<OfFunction & { readonly buckets: number }, OrMissing<Latency>>;
  durations: Asked<OfFunction, OrMissing<DurationHistogram>>;
  callsByDuration: Asked<
    OfFunction & { readonly fromNs: number; readonly toNs: number; readonly limit: number },
    OrMissing<CallsByDuration>
  >;
  slowCalls: Asked<OfFunction & { readonly thresholdNs?: number }, OrMissing<SlowCalls>>;
  queues: Asked<TimeRange & { readonly buckets: number; readonly limit: number }, Queues>;
  bottlenecks: Asked<TimeRange & { readonly limit: number }, Bottlenecks>;
  slowRequests: Asked<TimeRange & { readonly limit: number }, SlowRequests>;
  criticalPath: Asked<{ readonly event: number; readonly limit: number }, CriticalPath | null>;
  compare: Asked<Sides & { readonly limit: number }, Comparison>;
  /** the calls of one function on either side: durations, arguments, processes, clauses */
  compareCalls: Asked<Sides & { readonly function: string }, OrMissing<CallComparison>>;
};

type Of<M extends keyof PerformanceApi> = PerformanceApi[M]["params"];

/** The most that one request may ask for. */
const MOST_FRAMES = 20_000;
const MOST_DEPTH = 1_000;
const MOST_BUCKETS = 4_096;
const MOST_ROWS = 2_000;

const ranges = object<TimeRange>(range);
const sides = { a: ranges, b: ranges };
const whose = { ...range, pid: optional(pid) };
const ofFunction = { ...range, function: words };
const times = oneOf<FlameTime>(["all", "running", "waiting"]);
const limit = integer(1, MOST_ROWS);
const buckets = integer(1, MOST_BUCKETS);

export const PERFORMANCE_SHAPES: Shapes<PerformanceApi> = {
  flame: object<Of<"flame">>({
    ...whose,
    time: times,
    path: optional(array(id, MOST_DEPTH)),
    minShare: fraction,
    limit: integer(1, MOST_FRAMES),
    search: optional(text(200)),
  }),
  flameFile: object<Of<"flameFile">>({
    ...whose,
    time: times,
    format: oneOf(["folded", "speedscope"]),
  }),
  flameChart: object<Of<"flameChart">>({ ...whose, buckets, limit: integer(1, 50) }),
  times: object<Of<"times">>({ ...whose, order: oneOf(FUNCTION_ORDERS), limit }),
  latency: object<Of<"latency">>({ ...ofFunction, buckets: integer(1, 1_000) }),
  durations: object<Of<"durations">>(ofFunction),
  callsByDuration: object<Of<"callsByDuration">>({
    ...ofFunction,
    fromNs: time,
    toNs: time,
    limit,
  }),
  slowCalls: object<Of<"slowCalls">>({ ...ofFunction, thresholdNs: optional(time) }),
  queues: object<Of<"queues">>({ ...range, buckets: integer(1, 1_000), limit }),
  bottlenecks: object<Of<"bottlenecks">>({ ...range, limit }),
  slowRequests: object<Of<"slowRequests">>({ ...range, limit: integer(1, 200) }),
  criticalPath: object<Of<"criticalPath">>({
    event: id,
    limit,
  }),
  compare: object<Of<"compare">>({ ...sides, limit }),
  compareCalls: object<Of<"compareCalls">>({ ...sides, function: words }),
};
