// Rules about mailboxes: what fills them without bound, and what waits in them for ever.

import { isCall, keyword, walk, type Node } from "@elixirscope/syntax";
import type { FunctionSyntax } from "../../module/module-syntax.ts";
import { tupleItems, type Call } from "../code/call.ts";
import { callsIn } from "../code/calls-in.ts";
import type { FileCode } from "../code/file-code.ts";
import {
  isFixedCollection,
  loopAround,
  loopsAround,
  variesWith,
  type Loop,
} from "../code/loops.ts";
import { slowKind } from "../code/slow-calls.ts";
import type { FileRule } from "../rule.ts";

export const castFlood: FileRule = {
  id: "cast-flood",
  category: "anti_pattern",
  severity: "warning",
  title: "A loop that fills a mailbox",
  about:
    "casts or sends to one process for each element of a collection, with nothing that slows the sender down",
  inTests: false,
  check: (code, report) => {
    for (const { call, receiver } of sends(code)) {
      const loop = loopAround(call.node, code);
      if (loop === null || isFixedCollection(loop.over, code) || isSpread(loop)) continue;
      if (loopsAround(call.node, code).some((around) => variesWith(receiver, around, code)))
        continue;
      if (isSlowedDown(loop, code)) continue;
      report(call.node, {
        explanation: `\`${loop.text}\` sends \`${code.text(receiver, 30)}\` one message per element and never waits for it: with many elements its mailbox grows faster than it works. Send the whole list in one message, use \`GenServer.call/3\` for some of them, or GenStage.`,
        confidence: 0.75,
      });
    }
  },
};

/** Each element has a process of its own, of which only so many run at once. */
function isSpread({ text }: Loop): boolean {
  return text.includes("async_stream");
}

type Send = { readonly call: Call; readonly receiver: Node };

function sends(code: FileCode): readonly Send[] {
  const found: Send[] = [];
  for (const call of code.calls("cast")) {
    const [receiver] = call.args;
    if (
      receiver !== undefined &&
      /^(GenServer|:gen_server|Agent|:gen_statem|GenStage)$/.test(code.moduleOf(call) ?? "")
    ) {
      found.push({ call, receiver });
    }
  }
  for (const call of code.calls("send")) {
    const [receiver] = call.args;
    const isSend =
      call.receiver === null
        ? code.localFunction(call) === null
        : code.moduleOf(call) === "Process";
    if (
      receiver !== undefined &&
      call.args.length >= 2 &&
      isSend &&
      !isReceiverReply(receiver, code)
    ) {
      found.push({ call, receiver });
    }
  }
  return found;
}

/** `parent` and `caller` are sent what they asked for. */
function isReceiverReply(receiver: Node, code: FileCode): boolean {
  return (
    isCall(receiver, "self", 0) ||
    /^(\w*parent|par|caller|from|owner|reply_to|client|subscriber)$/.test(code.text(receiver))
  );
}

/** A call, a receive, a sleep or an await per element is back-pressure; so is a rate limit. */
function isSlowedDown(loop: Loop, code: FileCode): boolean {
  const body = loop.closure ?? loop.node;
  const chunked =
    loop.over !== null &&
    /chunk_every|Stream\.interval|demand|throttle|rate_limit/.test(code.text(loop.over, 400));
  return (
    chunked ||
    callsIn(body, code).some(
      (call) => slowKind(call, code) !== null || isCall(call.node, "receive"),
    )
  );
}

export const selectiveReceive: FileRule = {
  id: "selective-receive-without-catch-all",
  category: "anti_pattern",
  severity: "warning",
  title: "Messages that match nothing stay in the mailbox",
  about: "A receive loop without a clause for other messages",
  inTests: false,
  check: (code, report) => {
    for (const call of code.calls("receive")) {
      const clauses = clausesOf(call);
      const fn = code.placeOf(call.node)?.function;
      if (clauses.length === 0 || fn === undefined || fn === null) continue;
      const loops = clauses.some((clause) =>
        callsIn(clause, code).some(
          (inner) =>
            inner.name === fn.data.name &&
            inner.args.length === fn.data.arity &&
            inner.receiver === null,
        ),
      );
      if (!loops || clauses.some(takesAll) || isBounded(call, clauses, fn, code)) continue;
      report(call.node, {
        explanation: `The loop \`${fn.data.name}/${fn.data.arity}\` takes ${clauses.length === 1 ? "one shape" : `${clauses.length} shapes`} of messages and leaves all others in the mailbox, where each \`receive\` looks through them again: it gets slower and never smaller. Add a last clause that logs and drops them.`,
        confidence: 0.8,
      });
    }
  },
};

/** It collects known answers or empties the mailbox: pins, `after 0`, or a clause of the function that ends it. */
function isBounded(
  call: Call,
  clauses: readonly Node[],
  fn: FunctionSyntax,
  code: FileCode,
): boolean {
  const waits = keyword(call.args.at(-1), "after");
  if (waits !== undefined && /^0\b|^\s*0 ->/.test(code.text(waits))) return true;
  if (fn.clauses.length > 1) return true;
  let pinned = false;
  for (const clause of clauses) {
    const pattern = patternOf(clause);
    if (pattern === null) continue;
    walk(pattern, (node) => {
      pinned ||= isCall(node, "^");
      return !pinned;
    });
  }
  return pinned;
}

export const receiveWithoutTimeout: FileRule = {
  id: "receive-without-timeout",
  category: "anti_pattern",
  severity: "warning",
  title: "An answer is awaited for ever",
  about: "A receive for one answer without `after` and without a monitor",
  inTests: false,
  check: (code, report) => {
    for (const call of code.calls("receive")) {
      const blocks = call.args.at(-1);
      const clauses = clausesOf(call);
      const clause = code.placeOf(call.node)?.clause;
      if (clause === undefined || clause === null || clauses.length === 0) continue;
      if (keyword(blocks, "after") !== undefined || clauses.some(takesAll) || clauses.some(isEnd))
        continue;
      if (!asksFirst(clause.node, call.node, code)) continue;
      report(call.node, {
        explanation: `This \`receive\` waits for an answer to what was sent above, with no \`after\` and no \`:DOWN\`: when the other process dies before it answers, this one waits for ever. Monitor it and take \`{:DOWN, …}\` too, or add \`after\`; a \`GenServer.call/3\` does both.`,
        confidence: 0.75,
      });
    }
  },
};

function clausesOf(call: Call): readonly Node[] {
  const body = keyword(call.args.at(-1), "do");
  return body?.kind === "list" ? body.items.filter((item) => isCall(item, "->", 2)) : [];
}

function patternOf(clause: Node): Node | null {
  const left = clause.kind === "call" ? clause.args[0] : undefined;
  return left?.kind === "list" ? (left.items[0] ?? null) : null;
}

function takesAll(clause: Node): boolean {
  return patternOf(clause)?.kind === "variable";
}

/** A clause for the end of the other process. */
function isEnd(clause: Node): boolean {
  const pattern = patternOf(clause);
  const bare =
    isCall(pattern ?? undefined, "when") && pattern?.kind === "call" ? pattern.args[0] : pattern;
  const tag = tupleItems(bare ?? undefined)?.[0];
  return tag?.kind === "atom" && /^(DOWN|EXIT|nodedown)$/.test(tag.name);
}

/** The function sends something before it waits, and itself is no loop. */
function asksFirst(definition: Node, receive: Node, code: FileCode): boolean {
  let asks = false;
  walk(definition, (node) => {
    if (node.start >= receive.start || node.kind !== "call") return !asks;
    asks ||= isCall(node, "send", 2);
    return !asks;
  });
  const fn = code.placeOf(receive)?.function?.data;
  const again = callsIn(receive, code).some(
    ({ name, receiver }) => name === fn?.name && receiver === null,
  );
  return asks && !again;
}

export const monitorWithoutDown: FileRule = {
  id: "monitor-without-down",
  category: "anti_pattern",
  severity: "warning",
  title: "A monitor whose message nobody takes",
  about: "Process.monitor in a module that mentions :DOWN nowhere",
  inTests: false,
  check: (code, report) => {
    for (const call of [
      ...code.callsTo("Process", "monitor"),
      ...code.callsTo(":erlang", "monitor"),
    ]) {
      const module = code.placeOf(call.node)?.module;
      if (module === undefined || takesDown(module.node) || isReturned(call.node, code)) continue;
      report(call.node, {
        explanation: `The process is monitored, but nothing in ${module.data.name} takes \`{:DOWN, ref, :process, pid, reason}\`: when it ends, the message lies in the mailbox or crashes a \`handle_info/2\` without a clause for it. Handle \`:DOWN\`, or drop the monitor.`,
        confidence: 0.75,
      });
    }
  },
};

/** `:DOWN` in a pattern, or a clause of handle_info that takes everything. */
function takesDown(module: Node): boolean {
  let found = false;
  walk(module, (node) => {
    if (node.kind === "atom" && node.name === "DOWN") found = true;
    if (isCall(node, "demonitor") || (node.kind === "atom" && node.name === "demonitor"))
      found = true;
    return !found;
  });
  return found;
}

/** The reference is what the function answers: the caller waits for the message. */
function isReturned(node: Node, code: FileCode): boolean {
  const parent = code.parentOf(node);
  if (parent === null) return false;
  if (isCall(parent, "__block__")) return parent.args.at(-1) === node;
  return parent.kind === "pair";
}

export const MAILBOX_RULES: readonly FileRule[] = [
  castFlood,
  selectiveReceive,
  receiveWithoutTimeout,
  monitorWithoutDown,
];
