// Recognisers of how processes talk: client functions of a server, request and reply, topics, spreading and
// collecting work, ping-pong.

import { isCall, keyword, walk, type Node } from "@elixirscope/syntax";
import type { FunctionSyntax } from "../../module/module-syntax.ts";
import { bindingOf } from "../code/bindings.ts";
import type { Call } from "../code/call.ts";
import { callsIn, startsProcess } from "../code/calls-in.ts";
import type { FileCode } from "../code/file-code.ts";
import { loopAround, variesWith } from "../code/loops.ts";
import { rolesOf } from "../code/roles.ts";
import type { FileRule } from "../rule.ts";
import { listed } from "./places.ts";

const clientServerApi: FileRule = {
  id: "client-server-api",
  category: "messaging",
  severity: "info",
  title: "Client functions of a server",
  about: "Public functions of a server's module that do no more than call or cast to it",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      const roles = rolesOf(module.data);
      if (
        !roles.has("genserver") &&
        !roles.has("gen_statem") &&
        !roles.has("gen_stage") &&
        !roles.has("agent")
      )
        continue;
      const clients = module.functions.filter((fn) => isClient(fn, code));
      const at = clients[0]?.clauses[0]?.node;
      if (at === undefined) continue;
      report(at, {
        explanation: `${listed(clients.map(({ data }) => `${data.name}/${data.arity}`))} run in the caller and send a message to ${module.data.name}: the rest of the system knows no message formats.`,
        confidence: 0.95,
      });
    }
  },
};

function isClient({ data, clauses }: FunctionSyntax, code: FileCode): boolean {
  if (data.kind !== "def" || data.callbackOf !== null) return false;
  return clauses.every(
    ({ body }) => body !== null && callsIn(body, code, "own").some((call) => isRequest(call, code)),
  );
}

function isRequest(call: Call, code: FileCode): boolean {
  const module = code.moduleOf(call);
  if (module === "Agent") return /^(get|update|get_and_update|cast)$/.test(call.name);
  return (
    /^(GenServer|:gen_server|:gen_statem|GenStateMachine|GenStage)$/.test(module ?? "") &&
    /^(call|cast)$/.test(call.name)
  );
}

const requestReply: FileRule = {
  id: "request-reply",
  category: "messaging",
  severity: "info",
  title: "A request with a reference, and its reply",
  about:
    "make_ref, monitor or alias sent along and awaited with ^ref; replies given later with GenServer.reply",
  inTests: true,
  check: (code, report) => {
    for (const call of code.calls("receive")) {
      const ref = pinnedReference(call, code);
      if (ref === null) continue;
      report(call.node, {
        explanation: `The answer is known by \`${ref}\`, which was sent with the request, so that an older or foreign message cannot be taken for it.`,
        confidence: 0.9,
      });
    }
    for (const call of code.calls("reply")) {
      const module = code.moduleOf(call);
      if (
        module !== "GenServer" &&
        module !== ":gen_server" &&
        module !== ":gen_statem" &&
        module !== "GenStage"
      )
        continue;
      report(call.node, {
        explanation: `The caller \`${code.text(call.args[0] ?? call.node, 30)}\` is answered here, apart from the callback that took its request.`,
        confidence: 0.9,
      });
    }
  },
};

/** The pinned name in a clause that was bound to a new reference before. */
function pinnedReference(receive: Call, code: FileCode): string | null {
  const clauses = keyword(receive.args.at(-1), "do");
  if (clauses === undefined) return null;
  let found: string | null = null;
  walk(clauses, (node) => {
    const [name] = isCall(node, "^", 1) ? node.args : [];
    if (found !== null || name?.kind !== "variable") return found === null;
    const value = bindingOf(name, code)?.value;
    if (value !== null && value !== undefined && isReference(value, code)) found = name.name;
    return found === null;
  });
  return found;
}

function isReference(node: Node, code: FileCode): boolean {
  return callsIn(node, code).some(
    ({ name }) =>
      name === "make_ref" || name === "monitor" || name === "alias" || name === "unique_integer",
  );
}

const publishSubscribe: FileRule = {
  id: "publish-subscribe",
  category: "messaging",
  severity: "info",
  title: "A topic",
  about: "Phoenix.PubSub, endpoints, :pg and Registry.dispatch",
  inTests: true,
  check: (code, report) => {
    for (const [name, publishes] of TOPIC_CALLS) {
      for (const call of code.calls(name)) {
        if (!isTopicCall(call, code)) continue;
        const topic =
          call.args.find(
            ({ kind }, index) => index > 0 && (kind === "string" || kind === "call"),
          ) ?? call.args.at(publishes ? 1 : -1);
        report(call.node, {
          explanation: `${publishes ? "Whoever subscribed is told" : "This process hears of everything"} under \`${topic === undefined ? "" : code.text(topic, 40)}\`; sender and receivers do not know each other.`,
          confidence: 0.95,
        });
      }
    }
  },
};

const TOPIC_CALLS: readonly (readonly [name: string, publishes: boolean])[] = [
  ["subscribe", false],
  ["broadcast", true],
  ["broadcast!", true],
  ["broadcast_from", true],
  ["broadcast_from!", true],
  ["local_broadcast", true],
  ["dispatch", true],
  ["join", false],
  ["get_members", true],
];

function isTopicCall(call: Call, code: FileCode): boolean {
  if (call.receiver === null) return false;
  const module = code.moduleOf(call);
  if (module === null) return false;
  if (call.name === "dispatch") return module === "Registry";
  if (call.name === "join" || call.name === "get_members")
    return module === ":pg" || module === ":pg2";
  return /(^|\.)(PubSub|Endpoint)$/.test(module);
}

const fanOut: FileRule = {
  id: "fan-out",
  category: "messaging",
  severity: "info",
  title: "Work spread over processes",
  about: "Task.async_stream, a task per element, and one message to each of many processes",
  inTests: true,
  check: (code, report) => {
    for (const name of [
      "async_stream",
      "async_stream_nolink",
      "async",
      "async_nolink",
      "start_child",
      "spawn_link",
      "spawn_monitor",
      "send",
      "cast",
    ]) {
      for (const call of code.calls(name)) {
        const how = spread(call, code);
        if (how === null) continue;
        report(call.node, { explanation: how, confidence: 0.9 });
      }
    }
  },
};

function spread(call: Call, code: FileCode): string | null {
  if (call.name.startsWith("async_stream")) {
    if (!startsProcess(call, code) || call.receiver === null) return null;
    const elements = call.args[code.moduleOf(call) === "Task.Supervisor" ? 1 : 0];
    return `The elements of \`${code.text(elements ?? call.node, 40)}\` are worked on by tasks, a bounded number at a time.`;
  }
  const loop = loopAround(call.node, code);
  if (loop === null) return null;
  const over = loop.over === null ? "the elements" : `\`${code.text(loop.over, 40)}\``;
  if (call.name !== "send" && call.name !== "cast") {
    return startsProcess(call, code) ? `A process is started for each of ${over}.` : null;
  }
  const [receiver] = call.args;
  const isSend =
    call.name === "send"
      ? call.receiver === null || code.moduleOf(call) === "Process"
      : code.moduleOf(call) === "GenServer";
  if (!isSend || receiver === undefined || !variesWith(receiver, loop, code)) return null;
  return `Each of ${over} is sent \`${code.text(call.args[1] ?? call.node, 40)}\`.`;
}

const fanIn: FileRule = {
  id: "fan-in",
  category: "messaging",
  severity: "info",
  title: "Results collected from processes",
  about: "Task.await_many, awaiting each of many tasks, and a receive that counts answers",
  inTests: true,
  check: (code, report) => {
    for (const name of ["await_many", "yield_many"]) {
      for (const call of code.callsTo("Task", name)) {
        report(call.node, {
          explanation: `The results of all tasks in \`${code.text(call.args[0] ?? call.node, 40)}\` are awaited together.`,
          confidence: 1,
        });
      }
    }
    for (const name of ["await", "yield"]) {
      for (const call of code.callsTo("Task", name)) {
        const loop = loopAround(call.node, code);
        if (loop === null) continue;
        report(call.node, {
          explanation: `\`${loop.text}\` awaits the tasks one after the other.`,
          confidence: 0.95,
        });
      }
    }
    for (const capture of code.calls("&")) {
      if (!/^&Task\.(await|yield)\/\d$/.test(code.text(capture.node))) continue;
      report(capture.node, {
        explanation: "The tasks are awaited one after the other.",
        confidence: 0.95,
      });
    }
    for (const call of code.calls("receive")) {
      if (!countsDown(call, code)) continue;
      report(call.node, {
        explanation: "Each answer takes one from the number still awaited.",
        confidence: 0.8,
      });
    }
  },
};

/** `collect(n - 1, [x | acc])` in a clause of a receive in `collect`. */
function countsDown(receive: Call, code: FileCode): boolean {
  const fn = code.placeOf(receive.node)?.function;
  if (fn === undefined || fn === null) return false;
  return callsIn(receive.node, code).some((call) => {
    if (code.localFunction(call) !== fn) return false;
    return call.args.some((arg) => isCall(arg, "-", 2) && arg.args[1]?.kind === "integer");
  });
}

const pingPong: FileRule = {
  id: "ping-pong",
  category: "messaging",
  severity: "info",
  title: "A message answered to its sender",
  about: "Clauses of receive and handle_info that take a pid out of the message and send to it",
  inTests: true,
  check: (code, report) => {
    for (const call of code.calls("send")) {
      const [receiver] = call.args;
      if (receiver === undefined || call.args.length < 2) continue;
      const binding = bindingOf(receiver, code);
      if (binding === null || binding.whole) continue;
      const place = code.placeOf(call.node);
      const asked =
        binding.kind === "message" ||
        (binding.kind === "parameter" &&
          binding.index === 0 &&
          place?.function?.data.name === "handle_info");
      if (!asked) continue;
      report(call.node, {
        explanation: `\`${code.text(receiver)}\` came in the message and is answered with \`${code.text(call.args[1] ?? call.node, 40)}\`.`,
        confidence: 0.85,
      });
    }
  },
};

export const MESSAGING_RECOGNISERS: readonly FileRule[] = [
  clientServerApi,
  requestReply,
  publishSubscribe,
  fanOut,
  fanIn,
  pingPong,
];
