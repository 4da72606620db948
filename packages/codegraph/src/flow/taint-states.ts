// State that a framework keeps between callbacks: what one of them puts into it is given to the next one.
// Of a server it is the state, of a LiveView the socket, whose assigns are what `render` shows.

import type { ModuleData } from "../module/module-data.ts";
import type { AccessPath, AccessPaths } from "./interprocedural-access.ts";
import type { Onward } from "./interprocedural-search.ts";
import type { ProgramFlow } from "./interprocedural.ts";

type Framework = {
  readonly uses: readonly string[];
  /** callback → where in its result the state is */
  readonly returns: ReadonlyMap<string, readonly string[]>;
  /** callback → its parameter that is the state */
  readonly takes: ReadonlyMap<string, number>;
  /** the callback whose first parameter is this key of the state */
  readonly shows: { readonly callback: string; readonly key: string } | null;
};

const SERVER: Framework = {
  uses: ["GenServer"],
  returns: new Map([
    ["init/1", ["{1}"]],
    // of `{:reply, answer, state}`; `{:noreply, state}` looks like an answer
    ["handle_call/3", ["{2}"]],
    ["handle_cast/2", ["{1}"]],
    ["handle_info/2", ["{1}"]],
    ["handle_continue/2", ["{1}"]],
  ]),
  takes: new Map([
    ["handle_call/3", 2],
    ["handle_cast/2", 1],
    ["handle_info/2", 1],
    ["handle_continue/2", 1],
    ["terminate/2", 1],
  ]),
  shows: null,
};

const LIVE: Framework = {
  uses: ["Phoenix.LiveView", "Phoenix.LiveComponent", ":live_view", ":live_component"],
  returns: new Map([
    ["mount/3", ["{1}"]],
    ["mount/1", ["{1}"]],
    ["update/2", ["{1}"]],
    ["handle_params/3", ["{1}"]],
    ["handle_event/3", ["{1}", "{2}"]],
    ["handle_info/2", ["{1}"]],
    ["handle_async/3", ["{1}"]],
  ]),
  takes: new Map([
    ["update/2", 1],
    ["handle_params/3", 2],
    ["handle_event/3", 2],
    ["handle_info/2", 1],
    ["handle_async/3", 2],
  ]),
  shows: { callback: "render/1", key: ".assigns" },
};

const CHANNEL: Framework = {
  uses: ["Phoenix.Channel", ":channel"],
  returns: new Map([
    ["join/3", ["{1}", "{2}"]],
    ["handle_in/3", ["{1}", "{2}"]],
    ["handle_info/2", ["{1}"]],
  ]),
  takes: new Map([
    ["handle_in/3", 2],
    ["handle_info/2", 1],
  ]),
  shows: null,
};

const FRAMEWORKS: readonly Framework[] = [SERVER, LIVE, CHANNEL];

export class CallbackStates {
  readonly #program: ProgramFlow;
  readonly #paths: AccessPaths;
  /** frameworks by function */
  readonly #frameworks = new Map<number, Framework>();

  constructor(
    program: ProgramFlow,
    modules: (name: string) => ModuleData | undefined,
    paths: AccessPaths,
  ) {
    this.#program = program;
    this.#paths = paths;
    program.functions.forEach(({ data }, fn) => {
      const module = modules(data.module);
      if (module === undefined) return;
      const signature = `${data.name}/${data.arity}`;
      const framework = FRAMEWORKS.find(
        ({ returns, uses }) => returns.has(signature) && usesOneOf(module, uses),
      );
      if (framework !== undefined) this.#frameworks.set(fn, framework);
    });
  }

  /** The parameters of callbacks that get what `fn` returns at `path`. */
  onward(fn: number, path: AccessPath): readonly Onward[] {
    const framework = this.#frameworks.get(fn);
    const data = this.#program.functions[fn]?.data;
    if (framework === undefined || data === undefined) return [];
    const found: Onward[] = [];
    const add = (callback: string, parameter: number, at: AccessPath | null): void => {
      const number = this.#program.functionNumber(`${data.module}.${callback}`);
      const definition = this.#program.functions[number ?? -1]?.parameters[parameter];
      if (definition !== undefined && at !== null) found.push({ definition, path: at });
    };
    const { returns, takes, shows } = framework;
    for (const place of returns.get(`${data.name}/${data.arity}`) ?? []) {
      const state = this.#paths.taken(path, place);
      if (state === null) continue;
      for (const [callback, parameter] of takes) add(callback, parameter, state);
      if (shows !== null) add(shows.callback, 0, this.#paths.taken(state, shows.key));
    }
    return found;
  }
}

/** An option such as `:live_view` counts, too: `use ShopWeb, :live_view`. */
export function usesOneOf({ uses, behaviours }: ModuleData, names: readonly string[]): boolean {
  return (
    behaviours.some((behaviour) => names.includes(behaviour)) ||
    uses.some(
      ({ module, options }) =>
        names.includes(module) ||
        (options !== null && names.some((name) => name.startsWith(":") && options === name)),
    )
  );
}
