// What a module is and does, in words: from its documentation, its behaviours, what recognisers saw, the
// messages that it handles and sends, and what it calls. Nothing in it is guessed.

import { splitFunctionKey } from "../link/function-key.ts";
import type { LinkFacts } from "../link/link-facts.ts";
import { calledModules, isPublic } from "../metrics/module-metrics.ts";
import type { ModuleData } from "../module/module-data.ts";
import type { Finding } from "../patterns/finding.ts";
import { effectsOf, type Effect } from "./effects.ts";

/** A few sentences. `findings` and `links` of the module's file. */
export function moduleSummary(
  module: ModuleData,
  findings: readonly Finding[],
  links: LinkFacts,
): string {
  const own = findings.filter((finding) => finding.module === module.name);
  return [
    whatItIs(module, own),
    purpose(module),
    interfaceOf(module),
    handles(module, links),
    sends(module, links),
    effects(module),
    uses(module),
  ]
    .filter((sentence) => sentence !== null)
    .join(" ");
}

/** Recognisers that say what a whole module is. */
const KINDS: Readonly<Record<string, string>> = {
  genserver: "a GenServer",
  "gen-statem": "a state machine (gen_statem)",
  "gen-event": "an event handler",
  supervisor: "a supervisor",
  "dynamic-supervisor": "a dynamic supervisor",
  agent: "an agent",
  "task-module": "a task under a supervisor",
  application: "an application",
  "gen-stage": "a GenStage stage",
  broadway: "a Broadway pipeline",
  "phoenix-controller": "a Phoenix controller",
  "live-view": "a LiveView",
  "live-component": "a live component",
  "phoenix-channel": "a channel",
  "phoenix-router": "a router",
  "phoenix-endpoint": "an endpoint",
  "phoenix-socket": "a socket",
  plug: "a plug",
  "ecto-schema": "an Ecto schema",
  "ecto-repo": "an Ecto repository",
  "ecto-migration": "a migration",
  "oban-worker": "an Oban worker",
  builder: "a builder",
  "circuit-breaker": "a circuit breaker",
};

const TRAITS: Readonly<Record<string, string>> = {
  "process-per-entity": "one process for each of the things it stands for",
  "state-machine": "states that change by clauses",
  strategy: "implementations that are chosen while running",
  decorator: "what it adds to another module",
  "worker-pool": "a pool of workers",
};

function whatItIs(
  { name, kind, implementation, behaviours, structFields }: ModuleData,
  findings: readonly Finding[],
): string {
  if (kind === "protocol") return `${name} is a protocol.`;
  if (implementation !== null)
    return `${name} implements ${implementation.protocol} for ${implementation.target}.`;
  const kinds = namesFor(KINDS, findings);
  const traits = namesFor(TRAITS, findings);
  const others =
    kinds.length > 0 ? [] : behaviours.map((behaviour) => `an implementation of ${behaviour}`);
  const is = [
    ...kinds,
    ...others,
    ...(structFields === null || kinds.length > 0 ? [] : ["a struct with functions"]),
  ];
  const start = is.length === 0 ? `${name} is a module of functions` : `${name} is ${joined(is)}`;
  return `${start}${traits.length === 0 ? "" : `, with ${joined(traits)}`}.`;
}

function namesFor(table: Readonly<Record<string, string>>, findings: readonly Finding[]): string[] {
  const names = findings.flatMap(({ rule }) =>
    Object.hasOwn(table, rule) ? [table[rule] ?? ""] : [],
  );
  return [...new Set(names)];
}

/** The first sentence of its documentation. */
function purpose({ doc }: ModuleData): string | null {
  if (typeof doc !== "string") return null;
  const [paragraph] = doc.trim().split(/\n\s*\n/);
  const text = paragraph?.replace(/\s+/g, " ").trim() ?? "";
  const sentence = /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
  return sentence === "" ? null : `It says of itself: "${sentence}"`;
}

function interfaceOf({ functions }: ModuleData): string | null {
  const open = functions.filter(
    (fn) =>
      isPublic(fn) &&
      fn.callbackOf === null &&
      !fn.impl &&
      fn.name !== "start_link" &&
      fn.name !== "child_spec",
  );
  if (open.length === 0) return null;
  const names = open.slice(0, 8).map((fn) => `${fn.name}/${fn.arity}`);
  const more = open.length > names.length ? ` and ${open.length - names.length} more` : "";
  return `Others call ${joined(names)}${more}.`;
}

function handles({ name }: ModuleData, { handlers }: LinkFacts): string | null {
  const own = handlers.filter(({ module, shape }) => module === name && shape !== "_");
  const shapes = [...new Set(own.map(({ shape }) => `\`${shape}\``))];
  if (shapes.length === 0) return null;
  const more = shapes.length > 6 ? ` and ${shapes.length - 6} more` : "";
  return `It handles the messages ${joined(shapes.slice(0, 6))}${more}.`;
}

function sends({ name }: ModuleData, links: LinkFacts): string | null {
  const receivers = links.sends.flatMap(({ module, receiver, kind }) => {
    if (module !== name || kind === "reply" || kind === "continue" || kind === "internal")
      return [];
    if (receiver.kind === "module" && receiver.module !== name) return [receiver.module];
    return receiver.kind === "topic" ? [`the topic ${receiver.topic}`] : [];
  });
  const distinct = [...new Set(receivers)];
  return distinct.length === 0 ? null : `It sends messages to ${joined(distinct.slice(0, 6))}.`;
}

function effects({ functions, behaviours }: ModuleData): string | null {
  const found = new Set<Effect>();
  for (const fn of functions) for (const effect of effectsOf(fn).keys()) found.add(effect);
  if (found.size === 0 && behaviours.length > 0) return null;
  return found.size === 0 ? "It has no effects of its own." : `It ${joined([...found])}.`;
}

/** The modules that it leans on; the standard library's are left out. */
function uses(module: ModuleData): string | null {
  const counts = new Map<string, number>();
  const called = calledModules(module);
  for (const fn of module.functions) {
    for (const { target } of fn.calls) {
      const name = target === null ? "" : splitFunctionKey(target).module;
      if (called.has(name) && !LIBRARY.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const most = [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, 5)
    .map(([name]) => name);
  return most.length === 0 ? null : `It leans on ${joined(most)}.`;
}

const LIBRARY =
  /^(:|(Access|Agent|Application|Atom|Base|Bitwise|Calendar|Code|Date|DateTime|DynamicSupervisor|Enum|Exception|File|Float|Function|GenServer|IO|Inspect|Integer|Kernel|Keyword|List|Logger|Macro|Map|MapSet|Module|NaiveDateTime|Node|Path|Port|Process|Range|Record|Regex|Registry|Stream|String|StringIO|Supervisor|System|Task|Time|Tuple|URI|Version)(\.|$))/;

function joined(texts: readonly string[]): string {
  if (texts.length < 2) return texts.join("");
  return `${texts.slice(0, -1).join(", ")} and ${texts.at(-1) ?? ""}`;
}
