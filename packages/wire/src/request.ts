// What the server accepts from the page: each method's parameters with their limits.

import { err, ok, type Result } from "@elixirscope/base";
import { EVENT_KINDS } from "@elixirscope/trace";
import { CAUSALITY_SHAPES } from "./causality-api.ts";
import { CLAUSES_SHAPES } from "./clauses-api.ts";
import { INSIGHTS_SHAPES } from "./insights-api.ts";
import { ORIGIN_SHAPES } from "./origin-api.ts";
import { CODE_SHAPES } from "./code-api.ts";
import { PERFORMANCE_SHAPES } from "./performance-api.ts";
import { LANE_GROUPS, type Api, type Method, type Params, type WireError } from "./protocol.ts";
import { QUERY_SHAPES } from "./query-api.ts";
import { RECORDINGS_SHAPES } from "./recordings-api.ts";
import { SESSION_SHAPES } from "./session-api.ts";
import { id, LIMITS, pid, range, rows, words } from "./param-shapes.ts";
import {
  array,
  integer,
  isRecord,
  object,
  oneOf,
  optional,
  text,
  time,
  type Shape,
  type Shapes,
} from "./shape.ts";
import { SEQUENCE_SHAPES } from "./sequence-api.ts";
import { SYSTEM_SHAPES } from "./system-api.ts";
import { TRAVEL_SHAPES } from "./travel-api.ts";
import { STATE_SHAPES } from "./state-api.ts";

const buckets = integer(1, LIMITS.buckets);
const selectors = { selectors: array(words, LIMITS.selectors) };

const SHAPES: Shapes<Api> = {
  ...PERFORMANCE_SHAPES,
  info: object<Params<"info">>({}),
  overview: object<Params<"overview">>({ ...range, buckets }),
  gaps: object<Params<"gaps">>(range),
  processes: object<Params<"processes">>({ filter: optional(words), offset: id, limit: rows }),
  lanes: object<Params<"lanes">>({
    ...range,
    buckets,
    pids: optional(array(pid, LIMITS.lanes)),
    filter: optional(words),
    groups: optional(oneOf(LANE_GROUPS)),
    offset: id,
    limit: integer(1, LIMITS.lanes),
  }),
  calls: object<Params<"calls">>({ pid, t: time, parent: optional(id), limit: rows }),
  messages: object<Params<"messages">>({ pid, t: time, limit: rows }),
  state: object<Params<"state">>({ pid, t: time }),
  event: object<Params<"event">>({ id }),
  step: object<Params<"step">>({
    t: time,
    event: optional(id),
    direction: oneOf(["next", "previous"]),
    pid: optional(pid),
    kinds: optional(array(oneOf(EVENT_KINDS), EVENT_KINDS.length)),
  }),
  search: object<Params<"search">>({ text: words, limit: rows }),
  query: object<Params<"query">>({
    sql: text(LIMITS.sqlLength),
    limit: integer(1, LIMITS.queryRows),
  }),
  stop: object<Params<"stop">>({}),
  instrument: object<Params<"instrument">>(selectors),
  restore: object<Params<"restore">>(selectors),
  ...SEQUENCE_SHAPES,
  ...CODE_SHAPES,
  ...SYSTEM_SHAPES,
  ...TRAVEL_SHAPES,
  ...CAUSALITY_SHAPES,
  ...CLAUSES_SHAPES,
  ...ORIGIN_SHAPES,
  ...INSIGHTS_SHAPES,
  ...QUERY_SHAPES,
  ...STATE_SHAPES,
  ...RECORDINGS_SHAPES,
  ...SESSION_SHAPES,
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SHAPES has exactly the methods
export const METHODS: readonly Method[] = Object.keys(SHAPES) as Method[];

/** A checked request: `params` fits `method`. */
export type Request = Call & {
  /** a waiting request is stale when a newer one has its slot */
  readonly slot: string | null;
};
type Call = {
  [M in Method]: { readonly id: number; readonly method: M; readonly params: Params<M> };
}[Method];

/** `id` is null when the message was too broken to have one. */
export type BadRequest = { readonly id: number | null; readonly error: WireError };

export function parseRequest(json: string): Result<Request, BadRequest> {
  let message: unknown;
  try {
    message = JSON.parse(json);
  } catch {
    return err({ id: null, error: { code: "bad_message", message: "the message is not JSON" } });
  }
  if (!isRecord(message)) return bad(null, "bad_message", "the message must be an object");
  const requestId = id(message["id"], "id");
  if (!requestId.ok) return bad(null, "bad_message", requestId.error);
  const method = METHODS.find((name) => name === message["method"]);
  if (method === undefined) {
    return bad(
      requestId.value,
      "unknown_method",
      `there is no method ${quoted(message["method"])}`,
    );
  }
  const params = parseParams(method, message["params"]);
  if (!params.ok) return bad(requestId.value, "bad_params", params.error);
  const slot = message["slot"];
  if (slot !== undefined && (typeof slot !== "string" || slot.length > LIMITS.slotLength)) {
    return bad(requestId.value, "bad_message", "slot must be a short string");
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: SHAPES[method] checked params
  const call = { id: requestId.value, method, params: params.value } as Call;
  return ok({ ...call, slot: slot ?? ownSlot(call) });
}

/** What shows one stretch of time is stale as soon as the same view asks for another. */
function ownSlot({ method, params }: Call): string | null {
  if (method === "overview") return `overview ${params.buckets}`;
  if (method === "gaps") return method;
  if (method !== "lanes") return null;
  return `lanes ${JSON.stringify([params.filter, params.groups, params.pids, params.offset])}`;
}

export function parseParams<M extends Method>(
  method: M,
  value: unknown,
): Result<Params<M>, string> {
  const shape: Shape<Params<M>> = SHAPES[method];
  return shape(value ?? {}, "params");
}

function bad(requestId: number | null, code: string, message: string): Result<never, BadRequest> {
  return err({ id: requestId, error: { code, message } });
}

function quoted(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? "(none)";
}
