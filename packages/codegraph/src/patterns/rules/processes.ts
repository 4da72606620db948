// Rules about starting processes and waiting for them.

import { isCall, keyword, walk, type Node } from "@elixirscope/syntax";
import { bindingOf } from "../code/bindings.ts";
import { callOf, tupleItems, type Call } from "../code/call.ts";
import type { FileCode } from "../code/file-code.ts";
import { reachedCalls } from "../code/calls-in.ts";
import { rolesOf } from "../code/roles.ts";
import type { FileRule } from "../rule.ts";
import { stateArgument } from "../../metrics/server-state.ts";

export const unsupervisedSpawn: FileRule = {
  id: "unsupervised-spawn",
  category: "anti_pattern",
  severity: "warning",
  title: "A process that nobody looks after",
  about: "spawn, Task.start and the like without a link, a monitor or a supervisor",
  inTests: false,
  check: (code, report) => {
    for (const name of ["spawn", "start", "start_child"]) {
      for (const call of code.calls(name)) {
        const how = unsupervisedHow(call, code);
        if (how === null || isWatched(call, code) || isMixTask(call.node, code)) continue;
        if (code.placeOf(call.node)?.function?.data.name.startsWith("spawn") === true) continue;
        report(call.node, {
          explanation: `\`${how}\` starts a process without a link or a supervisor: when it crashes nobody is told and nothing starts it again, and it lives on when the application stops. Use \`Task.Supervisor.start_child/2\`, or a child of a supervisor.`,
          confidence: how.startsWith("Task") ? 0.8 : 0.85,
        });
      }
    }
  },
};

function unsupervisedHow(call: Call, code: FileCode): string | null {
  const module = call.receiver === null ? "Kernel" : code.moduleOf(call);
  if (call.name === "start") return module === "Task" ? "Task.start" : null;
  if (call.name !== "spawn") return null;
  if (module === "Kernel" && code.localFunction(call) === null) return "spawn";
  if (module === "Process")
    return hasOption(call.args.at(-1), /^(link|monitor)$/) ? null : "Process.spawn";
  return module === ":erlang" || module === ":proc_lib" ? `${module}.spawn` : null;
}

function hasOption(options: Node | undefined, name: RegExp): boolean {
  return (
    options?.kind === "list" &&
    options.items.some((item) => item.kind === "atom" && name.test(item.name))
  );
}

/** `pid = spawn(…)` with `Process.monitor(pid)` or `Process.link(pid)` in the same function. */
function isWatched(call: Call, code: FileCode): boolean {
  const clause = code.placeOf(call.node)?.clause;
  return ["monitor", "link"].some((name) =>
    [...code.callsTo("Process", name), ...code.callsTo(":erlang", name)].some((watch) => {
      const [pid] = watch.args.slice(-1);
      if (pid === undefined || code.placeOf(watch.node)?.clause !== clause) return false;
      const value = bindingOf(pid, code)?.value;
      return value === call.node || pid === call.node;
    }),
  );
}

function isMixTask(node: Node, code: FileCode): boolean {
  const data = code.placeOf(node)?.module.data;
  return data !== undefined && rolesOf(data).has("mix_task");
}

export const startWithoutLink: FileRule = {
  id: "start-without-link",
  category: "anti_pattern",
  severity: "warning",
  title: "Started without a link",
  about: "GenServer.start, Agent.start and the like where start_link belongs",
  inTests: false,
  check: (code, report) => {
    for (const call of code.calls("start")) {
      const module = code.moduleOf(call);
      if (
        module === null ||
        !/^(GenServer|Agent|:gen_server|:gen_statem|GenStage|:gen_event)$/.test(module)
      )
        continue;
      if (isWatched(call, code) || isMonitored(call, code) || isAlternative(call, code)) continue;
      report(call.node, {
        explanation: `\`${module}.start\` makes a process that is linked to nothing, so no supervisor sees it die. Use \`start_link\` and give it a place under a supervisor.`,
        confidence: 0.75,
      });
    }
  },
};

/** `start/1` beside a `start_link/1`, offered for consoles and tests. */
function isAlternative(call: Call, code: FileCode): boolean {
  const place = code.placeOf(call.node);
  if (place?.function?.data.name !== "start") return false;
  return place.module.functions.some(({ data }) => data.name === "start_link");
}

/** `{:ok, pid} = GenServer.start(…)` and then a monitor. */
function isMonitored(call: Call, code: FileCode): boolean {
  const clause = code.placeOf(call.node)?.clause;
  return code.callsTo("Process", "monitor").some((watch) => {
    const [pid] = watch.args;
    if (pid === undefined || code.placeOf(watch.node)?.clause !== clause) return false;
    return bindingOf(pid, code)?.value === call.node;
  });
}

export const taskNotAwaited: FileRule = {
  id: "task-not-awaited",
  category: "anti_pattern",
  severity: "warning",
  title: "A task whose result nobody takes",
  about: "Task.async whose task is thrown away",
  inTests: false,
  check: (code, report) => {
    for (const name of ["async", "async_nolink"]) {
      for (const call of code.calls(name)) {
        const module = code.moduleOf(call);
        if (module !== "Task" && module !== "Task.Supervisor") continue;
        if (!isThrownAway(call.node, code) || takesReplies(call.node, code)) continue;
        report(call.node, {
          explanation: `\`${module}.${name}\` sends its result to this process, and nobody awaits it: the message stays in the mailbox, and a crash of the task takes this process along. Use \`Task.Supervisor.start_child/2\` when the result does not matter, otherwise \`Task.await/2\`.`,
          confidence: 0.8,
        });
      }
    }
  },
};

/** Its value is not used: a statement that is not the last, in a loop for effects, or a name never used. */
function isThrownAway(node: Node, code: FileCode): boolean {
  let at = node;
  for (const parent of code.ancestors(node)) {
    const thrown = isThrownBy(parent, at, code);
    if (thrown !== null) return thrown;
    at = parent;
  }
  return false;
}

const BRANCHES = new Set(["case", "if", "unless", "cond", "with", "try", "receive"]);

/** What `parent` does with the value of `at`: throws it away, uses it, or (null) has it as its own value. */
function isThrownBy(parent: Node, at: Node, code: FileCode): boolean | null {
  if (parent.kind === "list") return isCall(at, "->") || isBlockList(parent) ? null : false;
  if (parent.kind === "pair") return isSection(parent) ? null : false;
  if (parent.kind !== "call" || typeof parent.callee !== "string") return false;
  switch (parent.callee) {
    case "__block__":
      return parent.args.at(-1) === at ? null : true;
    case "=":
      return parent.args[1] === at && isUnused(parent.args[0], code) && isStatement(parent, code);
    case "->":
      return null;
    case "fn":
    case "&":
      return isForEffects(parent, code);
    case "for":
      return isStatement(parent, code) && keyword(parent.args.at(-1), "into") === undefined;
    default:
      return BRANCHES.has(parent.callee) ? null : false;
  }
}

function isSection(node: Node): boolean {
  return (
    node.kind === "pair" &&
    node.left.kind === "atom" &&
    /^(do|else|rescue|catch|after)$/.test(node.left.name)
  );
}

function isBlockList(node: Node): boolean {
  return keyword(node, "do") !== undefined;
}

function isStatement(node: Node, code: FileCode): boolean {
  const parent = code.parentOf(node);
  return (
    isCall(parent ?? undefined, "__block__") &&
    parent?.kind === "call" &&
    parent.args.at(-1) !== node
  );
}

function isForEffects(closure: Node, code: FileCode): boolean {
  const parent = code.parentOf(closure);
  const call = parent === null ? null : callOf(parent);
  return call !== null && call.name === "each";
}

function isUnused(pattern: Node | undefined, code: FileCode): boolean {
  if (pattern?.kind !== "variable") return false;
  if (pattern.name.startsWith("_")) return true;
  const clause = code.placeOf(pattern)?.clause;
  if (clause === undefined || clause === null) return false;
  let used = false;
  walk(clause.node, (node) => {
    used ||= node.kind === "variable" && node.name === pattern.name && node.start > pattern.start;
    return !used;
  });
  return !used;
}

/** A server that has a clause for `{ref, result}` takes the replies of its tasks there. */
function takesReplies(node: Node, code: FileCode): boolean {
  const module = code.placeOf(node)?.module;
  const info = module?.functions.find(
    ({ data }) => data.name === "handle_info" && data.arity === 2,
  );
  return (
    info?.clauses.some(({ patterns }) => {
      const items = tupleItems(patterns[0]);
      return items?.length === 2 && items[0]?.kind === "variable";
    }) === true
  );
}

export const sleepInCallback: FileRule = {
  id: "sleep-in-callback",
  category: "anti_pattern",
  severity: "warning",
  title: "A server sleeps",
  about:
    "Process.sleep and :timer.sleep in callbacks of servers, directly or in functions that they call",
  inTests: false,
  check: (code, report) => {
    const seen = new Set<Node>();
    for (const module of code.syntax.modules) {
      for (const fn of module.functions) {
        if (stateArgument(fn.data, module.data) < 0 || fn.data.name === "terminate") continue;
        for (const { call } of reachedCalls(fn, code, 2)) {
          const sleeps =
            call.name === "sleep" && /^(Process|:timer)$/.test(code.moduleOf(call) ?? "");
          if (!sleeps || seen.has(call.node)) continue;
          seen.add(call.node);
          report(call.node, {
            explanation: `\`${fn.data.name}/${fn.data.arity}\` of ${module.data.name} comes to this \`sleep\`: meanwhile the server answers nobody and its mailbox grows. Send a message to \`self()\` with \`Process.send_after/3\` and go on in \`handle_info/2\`.`,
            confidence: 0.9,
          });
        }
      }
    }
  },
};

export const PROCESS_RULES: readonly FileRule[] = [
  unsupervisedSpawn,
  startWithoutLink,
  taskNotAwaited,
  sleepInCallback,
];
