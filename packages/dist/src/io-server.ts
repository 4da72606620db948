// Answers what a group leader is asked (the Erlang I/O protocol). Whatever called code prints is
// dropped: with no answer it would wait for ever, and the node's own console is not ours to write to.

import { atom, tuple, type PidTerm, type Term } from "@elixirscope/etf";

export interface IoReply {
  readonly to: PidTerm;
  readonly reply: Term;
}

/** The answer to an `io_request`, or null when the message is none. */
export function answerIo(message: Term): IoReply | null {
  if (message.kind !== "tuple") return null;
  const [tag, from, replyAs, request] = message.items;
  if (tag?.kind !== "atom" || tag.name !== "io_request") return null;
  if (from?.kind !== "pid" || replyAs === undefined || request === undefined) return null;
  return { to: from, reply: tuple(atom("io_reply"), replyAs, result(request)) };
}

function result(request: Term): Term {
  const name = request.kind === "tuple" ? request.items[0] : request;
  if (name?.kind !== "atom") return tuple(atom("error"), atom("request"));
  switch (name.name) {
    case "put_chars":
    case "setopts":
      return atom("ok");
    case "get_chars":
    case "get_line":
    case "get_until":
    case "get_password":
      return atom("eof");
    case "requests":
      return lastResult(request);
    default:
      return tuple(atom("error"), atom("enotsup"));
  }
}

/** Of several requests in one, the result of the last counts. */
function lastResult(request: Term): Term {
  const inner = request.kind === "tuple" ? request.items[1] : undefined;
  const last = inner?.kind === "list" ? inner.items.at(-1) : undefined;
  // One level is all that io:requests/2 sends; deeper nesting is refused, not followed.
  if (last === undefined || isRequests(last)) return tuple(atom("error"), atom("request"));
  return result(last);
}

function isRequests(term: Term): boolean {
  const name = term.kind === "tuple" ? term.items[0] : undefined;
  return name?.kind === "atom" && name.name === "requests";
}
