// The probe on the target: loaded and started in one remote call, so that whatever happens to us in
// between, either it is not there or its janitor is, which cleans up when we are gone.

import { assert } from "@elixirscope/base";
import type { Connection } from "@elixirscope/dist";
import { atom, binary, charlist, list, tuple, type Term } from "@elixirscope/etf";
import { CaptureError, type CaptureErrorCode } from "../capture-error.ts";
import { evaluate } from "../target/evaluate.ts";
import { atomOf, itemsOf, numberOf, textOf } from "../target/read-term.ts";
import { PROBE_JANITOR, PROBE_MODULE } from "../target/survey.ts";
import type { ProbeFile } from "./probe-files.ts";

/** Counters of the probe, by its own names (`events`, `dropped`, `in_flight`, …). */
export type ProbeCounters = Readonly<Record<string, number>>;

/** Each function is a change of code that the VM makes with care: about 0.3 ms. */
const START_TIMEOUT_MS = 90_000;
const CALL_TIMEOUT_MS = 12_000;
/** A target that is alive stops within a second; one behind a cut line cleans up by itself. */
const STOP_TIMEOUT_MS = 12_000;
const STATUS_TIMEOUT_MS = 1_000;

// soft_purge first, always: load_binary would kill processes that still run old code.
const START = `(fun() ->
  Unload = fun() ->
    whereis(Janitor) =:= undefined andalso
      [begin code:soft_purge(M), code:delete(M), code:soft_purge(M) end || {M, _, _} <- Files]
  end,
  Load = fun() ->
    case [M || {M, _, _} <- Files, not code:soft_purge(M)] of
      [] -> [{M, R} || {M, File, Beam} <- Files, {error, R} <- [code:load_binary(M, File, Beam)]];
      Busy -> [{M, in_use} || M <- Busy]
    end
  end,
  Failed = fun(Code, Reason) ->
    Unload(),
    {error, {Code, unicode:characters_to_binary(io_lib:format("~0tp", [Reason]))}}
  end,
  case whereis(Janitor) of
    undefined ->
      case Load() of
        [] ->
          try Probe:start(Config) of
            {ok, Info} -> {ok, Info};
            {error, Error} -> Unload(), {error, Error}
          catch _:Reason -> Failed(start_failed, Reason)
          end;
        Bad -> Failed(load_failed, Bad)
      end;
    _ -> {error, {already_running, <<"another session records this node">>}}
  end
end)()`;

const CODES: Readonly<Record<string, CaptureErrorCode>> = {
  already_running: "probe_busy",
  bad_budget: "bad_budget",
  bad_config: "probe_failed",
  connect_failed: "target_refused",
  load_failed: "probe_failed",
};

const ADVICE: Readonly<Record<string, string>> = {
  already_running: "stop that session first, or wait a second if its collector was just killed",
  connect_failed: "a firewall may be between; attach from a machine that the target can reach",
  load_failed: "if the modules are in use, an earlier probe is still leaving: try again",
};

export class ProbeClient {
  readonly #connection: Connection;
  readonly #probe: Term = atom(PROBE_MODULE);

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async start(files: readonly ProbeFile[], config: Term): Promise<void> {
    const loadable = files.map(({ name, file, beam }) =>
      tuple(atom(name), charlist(file), binary(beam)),
    );
    const bindings = {
      Config: config,
      Files: list(loadable),
      Janitor: atom(PROBE_JANITOR),
      Probe: this.#probe,
    };
    const answer = await evaluate(this.#connection, START, bindings, {
      timeoutMs: START_TIMEOUT_MS,
    });
    succeed(answer, "the probe did not start");
  }

  async adjust(change: Term): Promise<void> {
    const answer = await this.#call("adjust", [change], CALL_TIMEOUT_MS);
    if (answer.kind === "tuple") succeed(answer, "the session was not changed");
  }

  async status(): Promise<ProbeCounters> {
    const answer = await this.#call("status", [], STATUS_TIMEOUT_MS);
    if (answer.kind === "tuple") succeed(answer, "the probe has no status");
    return countersOf(answer);
  }

  /** Everything undone and unloaded; false when there was no probe any more. */
  async stop(): Promise<boolean> {
    const source =
      "case whereis(Janitor) of undefined -> gone; _ -> try Probe:stop() catch error:undef -> gone; exit:{noproc, _} -> gone end end";
    const bindings = { Janitor: atom(PROBE_JANITOR), Probe: this.#probe };
    const answer = await evaluate(this.#connection, source, bindings, {
      timeoutMs: STOP_TIMEOUT_MS,
    });
    if (answer.kind === "atom") return false;
    const [, error] = itemsOf(answer);
    if (error?.kind === "tuple" && atomOf(error.items[0]) === "not_running") return false;
    succeed(answer, "the probe did not stop");
    return true;
  }

  async #call(name: string, args: readonly Term[], timeoutMs: number): Promise<Term> {
    return await this.#connection.call(PROBE_MODULE, name, args, { timeoutMs });
  }
}

function succeed(answer: Term, what: string): void {
  const [tag, error] = itemsOf(answer);
  if (atomOf(tag) === "ok") return;
  assert(error !== undefined, "an error has a reason");
  const [code, text] = itemsOf(error);
  const name = atomOf(code);
  const advice = ADVICE[name];
  const reason = `${what}: ${textOf(text)}`;
  throw new CaptureError(
    CODES[name] ?? "probe_failed",
    advice === undefined ? reason : `${reason}; ${advice}`,
  );
}

function countersOf(term: Term): ProbeCounters {
  if (term.kind !== "map") return {};
  const counters: Record<string, number> = {};
  for (const [key, value] of term.entries) {
    if (key.kind === "atom" && (value.kind === "integer" || value.kind === "float")) {
      counters[key.name] = numberOf(value);
    }
  }
  return counters;
}
