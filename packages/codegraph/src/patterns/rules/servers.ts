// Rules about what servers do in their callbacks, where one message at a time is handled.

import { isCall, walk, type Node } from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax, ModuleSyntax } from "../../module/module-syntax.ts";
import { tupleItems, type Call } from "../code/call.ts";
import { callsOfFunction, reachedCalls } from "../code/calls-in.ts";
import type { FileCode } from "../code/file-code.ts";
import { results } from "../code/origins.ts";
import { rolesOf } from "../code/roles.ts";
import { slowKind, SLOW_TEXT } from "../code/slow-calls.ts";
import type { FileRule } from "../rule.ts";

const CALLBACK =
  /^(handle_call|handle_cast|handle_info|handle_continue|handle_event|handle_demand|handle_events|terminate|init)$/;

function servers(code: FileCode): readonly ModuleSyntax[] {
  return code.syntax.modules.filter(({ data }) => {
    const roles = rolesOf(data);
    return roles.has("genserver") || roles.has("gen_statem") || roles.has("gen_stage");
  });
}

function callbacks(module: ModuleSyntax): readonly FunctionSyntax[] {
  return module.functions.filter(({ data }) => CALLBACK.test(data.name) && data.kind === "def");
}

export const callToSelf: FileRule = {
  id: "call-to-self",
  category: "anti_pattern",
  severity: "error",
  title: "A server calls itself",
  about: "GenServer.call from a callback to the own process: it waits for itself",
  inTests: true,
  check: (code, report) => {
    for (const module of servers(code)) {
      const seen = new Set<Node>();
      for (const callback of callbacks(module)) {
        for (const { call, via } of reachedCalls(callback, code)) {
          if (!callsOwnProcess(call, module, code) || seen.has(via.node)) continue;
          seen.add(via.node);
          const { name, arity } = callback.data;
          report(via.node, {
            explanation: `\`${name}/${arity}\` runs in the process of ${module.data.name} and here calls that same process, which cannot answer before \`${name}\` returns: after the time-out it crashes. Call the function that does the work directly, with the state.`,
            confidence: via === call ? 0.95 : 0.9,
          });
        }
      }
    }
  },
};

function callsOwnProcess(call: Call, module: ModuleSyntax, code: FileCode): boolean {
  const [receiver] = call.args;
  if (call.name !== "call" || receiver === undefined) return false;
  if (
    !/^(GenServer|:gen_server|:gen_statem|GenStage|GenStateMachine)$/.test(
      code.moduleOf(call) ?? "",
    )
  )
    return false;
  if (isCall(receiver, "self", 0) || (receiver.kind === "variable" && receiver.name === "self"))
    return true;
  return isOwnName(receiver, module, code);
}

/** `__MODULE__`, the module's name, or a name that `start_link` registers. */
function isOwnName(receiver: Node, module: ModuleSyntax, code: FileCode): boolean {
  if (code.moduleNamed(receiver) !== module.data.name) return false;
  return registersOwnName(module, code);
}

function registersOwnName(module: ModuleSyntax, code: FileCode): boolean {
  return (
    module.functions.every(({ data }) => !/^start(_link)?$/.test(data.name)) ||
    code
      .calls("start_link")
      .concat(code.calls("start"))
      .some((call) => {
        const options = call.args.at(-1);
        return (
          options !== undefined &&
          code.ownModule(call.node) === module.data.name &&
          /name:/.test(code.text(options, 400))
        );
      })
  );
}

export const blockingInit: FileRule = {
  id: "blocking-init",
  category: "anti_pattern",
  severity: "warning",
  title: "Starting waits for something slow",
  about: "init/1 of a server that calls, queries, connects or sleeps before it returns",
  inTests: false,
  check: (code, report) => {
    for (const module of servers(code)) {
      const init = module.functions.find(({ data }) => data.name === "init" && data.arity === 1);
      if (init === undefined) continue;
      const seen = new Set<Node>();
      for (const { call, via } of reachedCalls(init, code, 2)) {
        const kind = slowKind(call, code);
        if (kind === null || seen.has(via.node)) continue;
        seen.add(via.node);
        report(via.node, {
          explanation: `\`init/1\` of ${module.data.name} ${SLOW_TEXT[kind]} (\`${code.text(call.node, 50)}\`) and the supervisor waits with it: no later child starts, and a failure here is a failed start. Return \`{:ok, state, {:continue, …}}\` and do it in \`handle_continue/2\`.`,
          confidence: 0.9,
        });
      }
    }
  },
};

export const genserverBottleneck: FileRule = {
  id: "genserver-bottleneck",
  category: "anti_pattern",
  severity: "warning",
  title: "All wait for one server",
  about:
    "handle_call clauses that do slow work before they answer, and servers that only hand out what never changes",
  inTests: false,
  check: (code, report) => {
    for (const module of servers(code)) {
      const handler = module.functions.find(
        ({ data }) => data.name === "handle_call" && data.arity === 3,
      );
      if (handler === undefined) continue;
      const seen = new Set<Node>();
      for (const { call, via } of reachedCalls(handler, code, 2)) {
        const kind = slowKind(call, code);
        if (kind === null || kind === "sleep" || kind === "call" || seen.has(via.node)) continue;
        seen.add(via.node);
        report(via.node, {
          explanation: `While \`handle_call/3\` of ${module.data.name} ${SLOW_TEXT[kind]} (\`${code.text(call.node, 50)}\`), every other caller waits, and times out after 5 seconds. Do the work in the caller or in a task, answer later with \`GenServer.reply/2\`, or use a pool.`,
          confidence: 0.8,
        });
      }
      reportReadOnly(module, handler, code, (node) => {
        report(node, {
          explanation: `Every \`handle_call/3\` of ${module.data.name} only reads, and nothing changes its state after \`init/1\`: all readers queue for a constant. Keep it in \`:persistent_term\` or an ETS table with \`read_concurrency\`, and read it in the caller.`,
          confidence: 0.75,
        });
      });
    }
  },
};

function reportReadOnly(
  module: ModuleSyntax,
  handler: FunctionSyntax,
  code: FileCode,
  report: (node: Node) => void,
): void {
  const changing = module.functions.filter(({ data }) =>
    /^handle_(cast|info|continue|event)$/.test(data.name),
  );
  const [first] = handler.clauses;
  if (first === undefined || changing.length > 0) return;
  if (
    callsOfFunction(handler, code).some(
      (call) => call.receiver !== null && !isPureModule(call, code),
    )
  )
    return;
  if (handler.clauses.every(answersWithoutChange)) report(first.node);
}

function isPureModule(call: Call, code: FileCode): boolean {
  return /^(Map|Keyword|Enum|List|MapSet|String|Access|Kernel|Integer|Tuple)$/.test(
    code.moduleOf(call) ?? "",
  );
}

/** Every way out is `{:reply, answer, state}` with the state as it came. */
function answersWithoutChange({ patterns, body }: ClauseSyntax): boolean {
  const state = stateName(patterns[2]);
  if (state === null || body === null) return false;
  let rebound = false;
  walk(body, (node) => {
    if (isCall(node, "=", 2) && node.args[0]?.kind === "variable")
      rebound ||= node.args[0].name === state;
  });
  if (rebound) return false;
  return results(body).every((result) => {
    const items = tupleItems(result);
    const [tag, , kept] = items ?? [];
    return (
      tag?.kind === "atom" &&
      tag.name === "reply" &&
      kept?.kind === "variable" &&
      kept.name === state
    );
  });
}

function stateName(pattern: Node | undefined): string | null {
  if (pattern?.kind === "variable") return pattern.name;
  if (!isCall(pattern, "=", 2)) return null;
  const name = pattern.args.find((arg) => arg.kind === "variable");
  return name?.kind === "variable" ? name.name : null;
}

export const missingHandleInfo: FileRule = {
  id: "missing-handle-info-catch-all",
  category: "anti_pattern",
  severity: "warning",
  title: "A message that no clause takes stops the server",
  about: "handle_info/2 without a clause for every other message",
  inTests: false,
  check: (code, report) => {
    for (const module of servers(code)) {
      const info = module.functions.find(
        ({ data }) => data.name === "handle_info" && data.arity === 2,
      );
      const last = info?.clauses.at(-1);
      if (info === undefined || last === undefined || info.clauses.some(takesAll)) continue;
      report(last.node, {
        explanation: `\`handle_info/2\` of ${module.data.name} has a clause for ${listed(info.clauses, code)} and none for the rest: a late reply of a timed-out call, a \`:DOWN\` or a stray message crashes the server with its state. Add \`def handle_info(message, state)\` that logs it and returns \`{:noreply, state}\`.`,
        confidence: 0.8,
      });
    }
  },
};

function listed(clauses: readonly ClauseSyntax[], code: FileCode): string {
  const shown = clauses.slice(0, 3).map(({ patterns }) => {
    const [message] = patterns;
    return message === undefined ? "?" : `\`${code.text(message, 30)}\``;
  });
  return clauses.length > 3 ? `${shown.join(", ")}, …` : shown.join(", ");
}

function takesAll({ patterns, guard }: ClauseSyntax): boolean {
  return guard === null && patterns[0]?.kind === "variable";
}

export const SERVER_RULES: readonly FileRule[] = [
  callToSelf,
  blockingInit,
  genserverBottleneck,
  missingHandleInfo,
];
