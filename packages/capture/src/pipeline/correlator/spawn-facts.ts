// What a spawn says about the new process: which function it runs and, for OTP's own, as which
// behaviour with which callback module. A process that lives a millisecond is known by this alone.
//
// `proc_lib:init_p/5` and `gen:init_it/6,7` wrap what runs; their argument lists are those of OTP 25 to 29.

import { decode, type Term } from "@elixirscope/etf";
import { atomText } from "./definitions.ts";
import { textOf } from "./facts.ts";

export type SpawnFacts = {
  /** `Shop.Cart.init/1`, as `proc_lib` names it */
  readonly initialCall: string | undefined;
  /** gen_server, gen_statem, supervisor, task … */
  readonly behaviour: string | undefined;
  /** whose callbacks it runs; null when that is not known */
  readonly callbackModule: string | null;
};

const UNKNOWN: SpawnFacts = { initialCall: undefined, behaviour: undefined, callbackModule: null };
const TASK = "Elixir.Task.Supervised";

/** `bytes` is one external term, `{M, F, Args}`. */
export function spawnFacts(bytes: Uint8Array): SpawnFacts {
  const decoded = decode(bytes);
  if (!decoded.ok || decoded.value.kind !== "tuple") return UNKNOWN;
  const [module, name, args] = decoded.value.items;
  if (isAtom(module, "proc_lib") && isAtom(name, "init_p") && args?.kind === "list") {
    const [, , inner, innerName, innerArgs] = args.items;
    return runFacts(inner, innerName, innerArgs);
  }
  return runFacts(module, name, args);
}

function runFacts(
  module: Term | undefined,
  name: Term | undefined,
  args: Term | undefined,
): SpawnFacts {
  if (module?.kind !== "atom" || name?.kind !== "atom" || args?.kind !== "list") return UNKNOWN;
  if (module.name === "gen" && name.name === "init_it") return genFacts(args.items);
  if (module.name === TASK) {
    const run = args.items.at(-1);
    const initialCall = run === undefined ? undefined : (textOf(run) ?? undefined);
    return { initialCall, behaviour: "task", callbackModule: null };
  }
  const initialCall = `${atomText(module.name)}.${name.name}/${String(args.items.length)}`;
  return { initialCall, behaviour: undefined, callbackModule: null };
}

/** `gen:init_it(Behaviour, Starter, Parent, [Name,] Module, Args, Options)` */
function genFacts(args: readonly Term[]): SpawnFacts {
  const behaviour = args[0];
  const module = args.at(-3);
  if (behaviour?.kind !== "atom" || module?.kind !== "atom" || args.length < 6) return UNKNOWN;
  if (module.name === "supervisor") {
    return { initialCall: "supervisor.init/1", behaviour: "supervisor", callbackModule: null };
  }
  const callbackModule = atomText(module.name);
  return { initialCall: `${callbackModule}.init/1`, behaviour: behaviour.name, callbackModule };
}

function isAtom(term: Term | undefined, name: string): boolean {
  return term?.kind === "atom" && term.name === name;
}
