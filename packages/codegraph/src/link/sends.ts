// Send sites of a module: calls of functions that send, and messages in what callbacks return.
//
// A function that only passes on a message that it is given (`defp call(request), do: GenServer.call(…)`)
// is followed to its callers in the module: these are the sites, `through` says by whom.

import { isCall, keyword, type Node } from "@elixirscope/syntax";
import type { FunctionKey } from "../module/module-data.ts";
import type { Receiver, SendSite } from "./link-facts.ts";
import { receiverOf, shortText } from "./receiver.ts";
import { sendFunction, type SendFunction } from "./send-functions.ts";
import { printShape } from "./shape.ts";
import type { SiteOf } from "./sites.ts";
import { termShape } from "./term-shape.ts";
import type { Values } from "./values.ts";
import { walkCalls, type Visited } from "./walk-calls.ts";

/** A function that sends what it is given: which of its parameters are receiver and message, -1 for none. */
type Wrapper = {
  readonly site: SendSite;
  readonly receiver: number;
  readonly message: number;
};

export type SendCollector = {
  /** for every call of the module */
  visit(call: Visited): void;
  /** after the last one */
  finish(): readonly SendSite[];
};

/** How often wrappers of wrappers are followed. */
const wrapperRounds = 3;

export function sendCollector(
  values: Values,
  siteOf: SiteOf,
  isStateMachine: boolean,
): SendCollector {
  const sends: SendSite[] = [];
  const wrappers = new Map<FunctionKey, Wrapper[]>();
  return {
    visit(call) {
      const known = call.target === null ? undefined : sendFunction(call.target);
      if (known !== undefined) {
        const made = sendSite(call, known, values, siteOf);
        if (made === null) return;
        sends.push(made.site);
        if (made.message >= 0) addWrapper(wrappers, made);
        return;
      }
      const returned = returnedMessage(call, values, siteOf, isStateMachine);
      if (returned !== null) sends.push(returned);
    },
    finish() {
      if (wrappers.size === 0) return sends;
      const derived = throughWrappers(sends, wrappers, values, siteOf);
      return [...sends, ...derived];
    },
  };
}

function sendSite(
  call: Visited,
  known: SendFunction,
  values: Values,
  siteOf: SiteOf,
): Wrapper | null {
  const { args } = call;
  const message = args[known.message];
  if (message === undefined) return null;
  const target = args[known.receiver];
  const timeout = args[known.timeout];
  const shape = printShape(termShape(message, values));
  const site: SendSite = {
    ...siteOf(call.node, call),
    kind: known.kind,
    protocol: known.protocol,
    receiver: receiver(call, known, values),
    shape: known.wrapped === "timeout" ? `{:timeout, _, ${shape}}` : shape,
    eventType: null,
    timeout:
      timeout === undefined || keyword(timeout, "abs") !== undefined
        ? null
        : shortText(timeout, values),
    through: null,
  };
  const isPassedOn = known.wrapped === null && known.kind !== "reply" && known.topic === -1;
  return {
    site,
    receiver: target === undefined ? -1 : values.resolve(target).parameter,
    message: isPassedOn ? values.resolve(message).parameter : -1,
  };
}

function receiver(call: Visited, known: SendFunction, values: Values): Receiver {
  const target = call.args[known.receiver];
  if (known.receiver === -1 || target === undefined) return { kind: "self" };
  if (known.topic >= 0) {
    const topic = call.args[known.topic];
    return {
      kind: "topic",
      pubsub: printShape(termShape(target, values)),
      topic: topic === undefined ? "_" : printShape(termShape(topic, values)),
    };
  }
  const found = receiverOf(target, values);
  if (found.kind !== "unknown" || call.dispatch === null) return found;
  const [registry, key] = call.dispatch.args;
  if (registry === undefined || key === undefined) return found;
  const parts = [registry, key].map((part) => printShape(termShape(part, values)));
  return { kind: "via", text: `{:via, Registry, {${parts.join(", ")}}}` };
}

const returnTags: ReadonlySet<string> = new Set(["ok", "noreply", "reply"]);

/** `{:noreply, state, {:continue, term}}`, and the actions of a `:gen_statem`. */
function returnedMessage(
  call: Visited,
  values: Values,
  siteOf: SiteOf,
  isStateMachine: boolean,
): SendSite | null {
  if (!isCall(call.node, "{}")) return null;
  const [first] = call.args;
  const tag = first?.kind === "atom" ? first.name : null;
  const last = call.args.at(-1);
  const own = {
    receiver: { kind: "self" } as const,
    timeout: null,
    through: null,
  };
  if (tag !== null && returnTags.has(tag) && last?.kind === "pair") {
    if (last.left.kind !== "atom" || last.left.name !== "continue") return null;
    return {
      ...siteOf(call.node, call),
      ...own,
      kind: "continue",
      protocol: "gen_server",
      shape: printShape(termShape(last.right, values)),
      eventType: null,
    };
  }
  if (!isStateMachine || call.args.length !== 3 || last === undefined || first === undefined)
    return null;
  const eventType = stateMachineEvent(first, call.args[1], values);
  if (eventType === null) return null;
  return {
    ...siteOf(call.node, call),
    ...own,
    kind: "internal",
    protocol: "gen_statem",
    shape: printShape(termShape(last, values)),
    eventType,
  };
}

/** The type of the event that an action `{first, second, content}` makes. */
function stateMachineEvent(first: Node, second: Node | undefined, values: Values): string | null {
  const shape = printShape(termShape(first, values));
  if (shape === ":next_event")
    return second === undefined ? null : printShape(termShape(second, values));
  return shape === ":state_timeout" || shape === ":timeout" || shape.startsWith("{:timeout, ")
    ? shape
    : null;
}

/** A function may send what it is given to several. */
function addWrapper(wrappers: Map<FunctionKey, Wrapper[]>, wrapper: Wrapper): void {
  const known = wrappers.get(wrapper.site.function);
  if (known === undefined) wrappers.set(wrapper.site.function, [wrapper]);
  else known.push(wrapper);
}

function throughWrappers(
  sends: SendSite[],
  wrappers: ReadonlyMap<FunctionKey, readonly Wrapper[]>,
  values: Values,
  siteOf: SiteOf,
): readonly SendSite[] {
  const derived: SendSite[] = [];
  const followed = new Set(wrappers.keys());
  let round = wrappers;
  for (let i = 0; i < wrapperRounds && round.size > 0; i += 1) {
    const next = new Map<FunctionKey, Wrapper[]>();
    const used = new Set<FunctionKey>();
    walkCalls(values.module.functions, values, (call) => {
      if (call.target === null) return;
      for (const wrapper of round.get(call.target) ?? []) {
        const passed = passedOn(call, call.target, wrapper, values, siteOf);
        if (passed === null) continue;
        used.add(call.target);
        derived.push(passed.site);
        if (passed.message >= 0 && !followed.has(passed.site.function)) addWrapper(next, passed);
      }
    });
    for (const key of next.keys()) followed.add(key);
    dropFollowed(sends, used, values);
    dropFollowed(derived, used, values);
    round = next;
  }
  return derived;
}

/** The send that a call of a wrapper is. */
function passedOn(
  call: Visited,
  key: FunctionKey,
  wrapper: Wrapper,
  values: Values,
  siteOf: SiteOf,
): Wrapper | null {
  const message = call.args[wrapper.message];
  if (message === undefined) return null;
  const target = call.args[wrapper.receiver];
  return {
    site: {
      ...wrapper.site,
      ...siteOf(call.node, call),
      receiver: target === undefined ? wrapper.site.receiver : receiverOf(target, values),
      shape: printShape(termShape(message, values)),
      through: key,
    },
    receiver: target === undefined ? -1 : values.resolve(target).parameter,
    message: values.resolve(message).parameter,
  };
}

/** What a private function passes on is sent by its callers, which are all known. */
function dropFollowed(sends: SendSite[], followed: ReadonlySet<FunctionKey>, values: Values): void {
  const isPrivate = (key: FunctionKey): boolean =>
    values.module.functions.some(({ data }) => data.key === key && data.kind === "defp");
  const kept = sends.filter(
    (site) => !(followed.has(site.function) && site.shape === "_" && isPrivate(site.function)),
  );
  sends.splice(0, sends.length, ...kept);
}
