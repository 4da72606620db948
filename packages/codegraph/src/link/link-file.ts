// One file's link facts: one walk over all calls of each module, asking each what it does.

import { pushAll } from "@elixirscope/base";
import type { FileSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import { callbackHandlers, isStateMachine, receiveHandlers } from "./handlers.ts";
import type {
  HandlerSite,
  LinkFacts,
  RegisteredName,
  SendSite,
  SpawnSite,
  Subscription,
  SupervisorSite,
} from "./link-facts.ts";
import { sendCollector } from "./sends.ts";
import { siteMaker } from "./sites.ts";
import { registeredBy, spawnSite, subscription } from "./spawns.ts";
import { erlangSupervisors, supervisorSite } from "./supervisors.ts";
import { Values } from "./values.ts";
import { walkCalls } from "./walk-calls.ts";

export function linkFacts(file: FileSyntax): LinkFacts {
  const modules = file.modules.map((module) => moduleFacts(module, file));
  return {
    sends: modules.flatMap((facts) => facts.sends),
    handlers: modules.flatMap((facts) => facts.handlers),
    spawns: modules.flatMap((facts) => facts.spawns),
    supervisors: modules.flatMap((facts) => facts.supervisors),
    registered: modules.flatMap((facts) => facts.registered),
    subscriptions: modules.flatMap((facts) => facts.subscriptions),
  };
}

function moduleFacts(module: ModuleSyntax, file: FileSyntax): LinkFacts {
  const values = new Values(module);
  const siteOf = siteMaker(module, file.ids);
  const sends = sendCollector(values, siteOf, isStateMachine(module));
  const handlers: HandlerSite[] = callbackHandlers(values, siteOf);
  const spawns: SpawnSite[] = [];
  const supervisors: SupervisorSite[] = erlangSupervisors(values, siteOf);
  const registered: RegisteredName[] = [];
  const subscriptions: Subscription[] = [];
  walkCalls(module.functions, values, (call) => {
    sends.visit(call);
    pushAll(handlers, receiveHandlers(call, values, siteOf));
    push(spawns, spawnSite(call, values, siteOf));
    push(supervisors, supervisorSite(call, values, siteOf));
    push(registered, registeredBy(call, values));
    push(subscriptions, subscription(call, values));
  });
  const allSends: readonly SendSite[] = sends.finish();
  return { sends: allSends, handlers, spawns, supervisors, registered, subscriptions };
}

function push<T>(list: T[], found: T | null): void {
  if (found !== null) list.push(found);
}
