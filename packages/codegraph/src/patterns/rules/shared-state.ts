// Rules about state that several processes share, or that is copied to them.

import { isCall, walk, type Node } from "@elixirscope/syntax";
import { stateArgument } from "../../metrics/server-state.ts";
import type { ClauseSyntax, FunctionSyntax, ModuleSyntax } from "../../module/module-syntax.ts";
import { bindingOf } from "../code/bindings.ts";
import { callOf, tupleItems, type Call } from "../code/call.ts";
import { callsIn, isDetached, reachedCalls, startsProcess } from "../code/calls-in.ts";
import type { FileCode } from "../code/file-code.ts";
import { isNumber, originsOf } from "../code/origins.ts";
import { sameCode } from "../code/same-code.ts";
import { slowKind, SLOW_TEXT } from "../code/slow-calls.ts";
import type { FileRule } from "../rule.ts";

export const largeStateCopy: FileRule = {
  id: "large-state-copy",
  category: "anti_pattern",
  severity: "warning",
  title: "The whole state is copied to another process",
  about:
    "A closure for another process that captures a server's state or socket, and messages that carry it",
  inTests: false,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      for (const fn of module.functions) {
        const index = stateArgument(fn.data, module.data);
        if (index < 0) continue;
        for (const clause of fn.clauses) {
          const name = wholeName(clause.patterns[index]);
          if (name === null || isSmall(name, clause, code)) continue;
          for (const { node, how } of copiesOf(name, clause, code)) {
            report(node, {
              explanation: `${how}, so all of \`${name}\` is copied to the other process each time, whatever part of it is used. Take out what is needed into variables first and pass only those.`,
              confidence: 0.8,
            });
          }
        }
      }
    }
  },
};

type Copy = { readonly node: Node; readonly how: string };

function copiesOf(name: string, clause: ClauseSyntax, code: FileCode): readonly Copy[] {
  const copies: Copy[] = [];
  if (clause.body === null) return copies;
  walk(clause.body, (node) => {
    const captures = isDetached(node, code) && mentions(node, name, code);
    if (captures) copies.push({ node, how: `This closure uses \`${name}\`` });
    return !captures;
  });
  for (const call of callsIn(clause.body, code, "own")) {
    const message = messageOf(call, code);
    if (message === null || !carries(message, name)) continue;
    copies.push({ node: call.node, how: `\`${code.text(message, 40)}\` carries \`${name}\`` });
  }
  return copies;
}

function wholeName(pattern: Node | undefined): string | null {
  if (pattern?.kind === "variable") return pattern.name.startsWith("_") ? null : pattern.name;
  if (!isCall(pattern, "=", 2)) return null;
  const name = pattern.args.find((arg) => arg.kind === "variable");
  return name?.kind === "variable" ? name.name : null;
}

/** The state is a number. */
function isSmall(name: string, clause: ClauseSyntax, code: FileCode): boolean {
  const bindings = code.bindingsIn(clause.node).get(name) ?? [];
  return bindings.some((binding) => binding.kind === "parameter" && isNumber(binding, code));
}

/** The closure uses the variable, not one of the same name bound inside. */
function mentions(closure: Node, name: string, code: FileCode): boolean {
  let found = false;
  walk(closure, (node) => {
    if (found || node.kind !== "variable" || node.name !== name) return !found;
    const binding = bindingOf(node, code);
    found = binding !== null && binding.node.start < closure.start;
    return !found;
  });
  return found;
}

function messageOf(call: Call, code: FileCode): Node | null {
  const module = call.receiver === null ? "Kernel" : code.moduleOf(call);
  if (module === "Kernel" || module === "Process")
    return call.name === "send" ? (call.args[1] ?? null) : null;
  if (module === "GenServer" && (call.name === "cast" || call.name === "call"))
    return call.args[1] ?? null;
  if (startsProcess(call, code) && call.args.length >= 3) return call.args.at(-1) ?? null;
  return null;
}

/** The message is the state, or has it as an element. */
function carries(message: Node, name: string): boolean {
  const items = tupleItems(message) ?? (message.kind === "list" ? message.items : [message]);
  return items.some((item) => item.kind === "variable" && item.name === name);
}

export const etsRace: FileRule = {
  id: "ets-race",
  category: "anti_pattern",
  severity: "warning",
  title: "A value in ETS is read, changed and written back",
  about: ":ets.lookup and :ets.insert of one key in a function that several processes may run",
  inTests: false,
  check: (code, report) => {
    for (const insert of code.callsTo(":ets", "insert")) {
      const place = code.placeOf(insert.node);
      const [table, object] = insert.args;
      const key = tupleItems(object)?.[0];
      if (place === null || place.clause === null || table === undefined || key === undefined)
        continue;
      if (isSerialised(place.function, place.module, code)) continue;
      const lookup = earlierRead(insert, table, key, place.clause, code);
      if (lookup === null || object === undefined || !dependsOn(object, lookup, code)) continue;
      report(insert.node, {
        explanation: `The value of \`${code.text(key, 30)}\` is read by \`:ets.${lookup.name}\` and written back here; another process may have changed it in between, and its change is lost. Use \`:ets.update_counter/4\`, \`:ets.insert_new/2\` or \`:ets.select_replace/2\`, or let one server write.`,
        confidence: 0.8,
      });
    }
  },
};

/** Only callbacks of a server run it, one at a time. */
function isSerialised(fn: FunctionSyntax | null, module: ModuleSyntax, code: FileCode): boolean {
  if (fn === null) return false;
  if (stateArgument(fn.data, module.data) >= 0) return true;
  if (fn.data.name === "init" || fn.data.kind !== "defp") return fn.data.name === "init";
  const callers = code.calls(fn.data.name).filter((call) => code.localFunction(call) === fn);
  return (
    callers.length > 0 &&
    callers.every((call) => {
      const caller = code.placeOf(call.node)?.function;
      return (
        caller !== undefined && caller !== null && stateArgument(caller.data, module.data) >= 0
      );
    })
  );
}

function earlierRead(
  insert: Call,
  table: Node,
  key: Node,
  clause: ClauseSyntax,
  code: FileCode,
): Call | null {
  for (const name of ["lookup", "lookup_element", "match", "member"]) {
    for (const read of code.callsTo(":ets", name)) {
      const [from, wanted] = read.args;
      if (from === undefined || wanted === undefined || read.node.start > insert.node.start)
        continue;
      if (code.placeOf(read.node)?.clause !== clause) continue;
      if (sameCode(from, table) && sameCode(wanted, key)) return read;
    }
  }
  return null;
}

/** What is written is made of what was read. */
function dependsOn(object: Node, read: Call, code: FileCode): boolean {
  return originsOf(object, code).some(
    (origin) => origin.kind === "call" && origin.node === read.node,
  );
}

export const agentMisuse: FileRule = {
  id: "agent-misuse",
  category: "anti_pattern",
  severity: "warning",
  title: "An agent is used in two steps, or works too long",
  about:
    "Agent.get followed by Agent.update from what was read, and slow work in the function that an agent runs",
  inTests: false,
  check: (code, report) => {
    for (const name of ["get", "update", "get_and_update", "cast"]) {
      for (const call of code.callsTo("Agent", name)) {
        const slow = slowWork(call, code);
        if (slow === null) continue;
        report(call.node, {
          explanation: `The agent itself runs this function and ${slow} meanwhile: everybody else who asks it waits. Do the slow part before, in this process, and give the agent only the result.`,
          confidence: 0.85,
        });
      }
    }
    for (const update of code.callsTo("Agent", "update")) {
      const read = earlierGet(update, code);
      if (read === null) continue;
      report(update.node, {
        explanation: `The state of \`${code.text(update.args[0] ?? update.node, 30)}\` was read above and is written here from that copy; whatever another process wrote in between is lost. Do both in one \`Agent.get_and_update/2\`.`,
        confidence: 0.85,
      });
    }
  },
};

function slowWork(call: Call, code: FileCode): string | null {
  const work = call.args.find((arg) => isCall(arg, "fn") || isCall(arg, "&"));
  if (work === undefined) return null;
  for (const inner of callsIn(work, code)) {
    const kind = slowKind(inner, code);
    if (kind !== null) return SLOW_TEXT[kind];
    const local = code.localFunction(inner);
    if (local === null) continue;
    for (const reached of reachedCalls(local, code, 1)) {
      const deeper = slowKind(reached.call, code);
      if (deeper !== null) return SLOW_TEXT[deeper];
    }
  }
  return null;
}

/** `Agent.get` of the same agent whose result the update uses. */
function earlierGet(update: Call, code: FileCode): Call | null {
  const [agent, work] = update.args;
  const clause = code.placeOf(update.node)?.clause;
  if (agent === undefined || work === undefined) return null;
  for (const get of code.callsTo("Agent", "get")) {
    const [from] = get.args;
    if (from === undefined || get.node.start > update.node.start) continue;
    if (code.placeOf(get.node)?.clause !== clause || !sameCode(from, agent)) continue;
    if (usesResultOf(work, get.node, code)) return get;
  }
  return null;
}

function usesResultOf(work: Node, get: Node, code: FileCode): boolean {
  let uses = false;
  walk(work, (node) => {
    if (!uses && node.kind === "variable") {
      uses = originsOf(node, code).some((origin) => origin.node === get);
    }
    return !uses;
  });
  return uses;
}

export const lostUpdate: FileRule = {
  id: "lost-update",
  category: "anti_pattern",
  severity: "warning",
  title: "A server's value is read in one call and written in another",
  about: "GenServer.call for a value and another call or cast to the same server made of it",
  inTests: false,
  check: (code, report) => {
    if (code.callsTo("GenServer", "call").length === 0) return;
    const requests = new Map<ClauseSyntax, Request[]>();
    for (const module of code.syntax.modules) {
      for (const fn of module.functions) {
        for (const clause of fn.clauses) requests.set(clause, requestsIn(clause, code));
      }
    }
    for (const made of requests.values()) {
      for (const write of made) {
        const read = made.find((other) => other.waits && isLostBetween(other, write, code));
        if (read === undefined) continue;
        report(write.call.node, {
          explanation: `\`${code.text(write.call.node, 40)}\` writes what was made of the answer of \`${code.text(read.call.node, 40)}\`: another process may change it between the two messages, and its change is lost. Let the server do both in one message.`,
          confidence: 0.85,
        });
      }
    }
  },
};

/** A message to a server, sent here or by a function of the module that does little else. */
type Request = {
  readonly call: Call;
  readonly receiver: string;
  readonly waits: boolean;
  readonly payload: readonly Node[];
};

function requestsIn({ body }: ClauseSyntax, code: FileCode): Request[] {
  if (body === null) return [];
  return callsIn(body, code, "own").flatMap((call) => {
    const direct = requestOf(call, call.args.slice(1), code);
    if (direct !== null) return [direct];
    const local = code.localFunction(call);
    const inner = local?.clauses.length === 1 ? local.clauses[0]?.body : undefined;
    const sent = inner === undefined || inner === null ? null : callOf(inner);
    const through = sent === null ? null : requestOf(sent, call.args, code);
    return through === null ? [] : [{ ...through, call }];
  });
}

function requestOf(call: Call, payload: readonly Node[], code: FileCode): Request | null {
  const [receiver] = call.args;
  const isServer = /^(GenServer|:gen_server|GenStage)$/.test(code.moduleOf(call) ?? "");
  if (receiver === undefined || !isServer || !/^(call|cast)$/.test(call.name)) return null;
  const name = code.moduleNamed(receiver) ?? code.text(receiver);
  return { call, receiver: name, waits: call.name === "call", payload };
}

function isLostBetween(read: Request, write: Request, code: FileCode): boolean {
  if (read === write || read.receiver !== write.receiver) return false;
  if (read.call.node.start >= write.call.node.start) return false;
  return write.payload.some((part) =>
    originsOf(part, code).some(
      (origin) => origin.kind === "call" && origin.node === read.call.node,
    ),
  );
}

export const SHARED_STATE_RULES: readonly FileRule[] = [
  largeStateCopy,
  etsRace,
  agentMisuse,
  lostUpdate,
];
