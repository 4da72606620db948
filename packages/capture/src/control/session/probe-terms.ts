// A plan in the probe's words (probe/README.md).

import { isIPv4, isIPv6 } from "node:net";
import { assert } from "@elixirscope/base";
import type { Connection } from "@elixirscope/dist";
import {
  atom,
  binary,
  boolean,
  charlist,
  float,
  integer,
  list,
  map,
  tuple,
  type Term,
} from "@elixirscope/etf";
import type { Budgets, CapturePlan, Sampling } from "@elixirscope/trace";
import { CaptureError } from "../capture-error.ts";
import type { PlannedFunction, PreparedPlan } from "../plan/prepare-plan.ts";
import { matchSpec } from "../selector/match-spec.ts";
import type { ProcessSelector } from "../selector/process-selector.ts";

export type Listener = { readonly host: string; readonly port: number; readonly token: Uint8Array };

export async function probeConfig(
  connection: Connection,
  prepared: PreparedPlan,
  { host, port, token }: Listener,
): Promise<Term> {
  const { plan, functions, processes } = prepared;
  return fields({
    ...sessionFields(plan, { host, port, token }),
    collector: atom(connection.localNode),
    functions: list(functions.map(functionTerm)),
    processes: await processesTerm(connection, processes),
  });
}

/** Of the processes that run instrumented code; the VM's own end of the line names the collector. */
export function instrumentedConfig(plan: CapturePlan, listener: Listener): Term {
  return fields({
    ...sessionFields(plan, listener),
    functions: list([]),
    processes: atom("instrumented"),
  });
}

function sessionFields(
  plan: CapturePlan,
  { host, port, token }: Listener,
): Readonly<Record<string, Term>> {
  return {
    host: addressTerm(host),
    port: integer(port),
    token: binary(token),
    messages: boolean(plan.messages),
    lifecycle: boolean(plan.lifecycle),
    state: boolean(plan.state),
    arguments: boolean(plan.arguments),
    sampling: samplingTerm(plan.sampling),
    limits: fields({
      nodes: integer(plan.limits.nodes),
      depth: integer(plan.limits.depth),
      binary_bytes: integer(plan.limits.binaryBytes),
    }),
    budgets: budgetsTerm(plan.budgets),
  };
}

export function budgetsTerm(budgets: Budgets): Term {
  return fields({
    events_per_second: integer(budgets.eventsPerSecond),
    events_per_second_per_process: integer(budgets.eventsPerSecondPerProcess),
    target_memory_bytes: integer(budgets.targetMemoryBytes),
    in_flight_bytes: integer(budgets.inFlightBytes),
    duration_ms: budgets.durationMs === null ? atom("infinity") : integer(budgets.durationMs),
  });
}

export function functionTerm({ module, name, arity, clauses, returns }: PlannedFunction): Term {
  const exceptionTrace = tuple(atom("exception_trace"));
  const spec =
    clauses === null
      ? atom("default")
      : matchSpec(clauses, returns === "value" ? [exceptionTrace] : []);
  return tuple(atom(module), atom(name), integer(arity), spec, atom(returns));
}

export function mfaTerm({
  module,
  name,
  arity,
}: Omit<PlannedFunction, "clauses" | "returns">): Term {
  return tuple(atom(module), atom(name), integer(arity));
}

export function samplingTerm(sampling: Sampling): Term {
  switch (sampling.kind) {
    case "always":
      return atom("always");
    case "rate":
      return tuple(atom("rate"), integer(sampling.chainsPerSecond));
    case "chains":
      return tuple(atom("chains"), float(sampling.probability));
    case "windows":
      return tuple(atom("windows"), float(sampling.share));
    default:
      return sampling satisfies never;
  }
}

/** `all`, whole applications, or single processes: the probe takes one kind. */
export async function processesTerm(
  connection: Connection,
  processes: readonly ProcessSelector[],
): Promise<Term> {
  if (processes.some(({ kind }) => kind === "all")) return atom("all");
  const applications = processes.flatMap((process) =>
    process.kind === "application" ? [atom(process.name)] : [],
  );
  if (applications.length === processes.length && applications.length > 0) {
    return tuple(atom("applications"), list(applications));
  }
  if (applications.length > 0) {
    throw new CaptureError(
      "bad_selector",
      "processes are either whole applications (app:NAME) or single ones; do not mix them",
    );
  }
  return list(await Promise.all(processes.map((process) => processTerm(connection, process))));
}

async function processTerm(connection: Connection, process: ProcessSelector): Promise<Term> {
  if (process.kind === "name") return await registeredName(connection, process.name);
  assert(process.kind === "pid", `${process.kind} is no single process`);
  return await connection.call("erlang", "list_to_pid", [charlist(process.text)]);
}

/** A name that nobody registered must not become an atom of the target. */
async function registeredName(connection: Connection, name: string): Promise<Term> {
  const registered = await connection.call("erlang", "registered");
  const names = registered.kind === "list" ? registered.items : [];
  if (names.some((entry) => entry.kind === "atom" && entry.name === name)) return atom(name);
  throw new CaptureError(
    "bad_selector",
    `no process of the target is registered as ${name.replace(/^Elixir\./, "")}; Process.registered() lists the names there`,
  );
}

function fields(values: Readonly<Record<string, Term>>): Term {
  return map(Object.entries(values).map(([name, value]) => [atom(name), value] as const));
}

/** `inet:ip_address()`. */
function addressTerm(host: string): Term {
  if (isIPv4(host)) return tuple(...host.split(".").map((part) => integer(Number(part))));
  assert(isIPv6(host), `${host} is an address`);
  const [head = "", tail] = (host.split("%")[0] ?? "").split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const groups = tail === undefined ? before : [...before, ...zeros, ...after];
  return tuple(...groups.map((group) => integer(Number.parseInt(group, 16))));
}
