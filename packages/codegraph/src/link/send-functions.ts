// The functions that send: which argument is the receiver, which the message.

import type { Protocol, SendSite } from "./link-facts.ts";

export type SendFunction = {
  readonly kind: SendSite["kind"];
  readonly protocol: Protocol;
  /** positions of arguments, -1 when there is none */
  readonly receiver: number;
  readonly message: number;
  /** of the time-out of a call, or of the delay */
  readonly timeout: number;
  /** what the receiver gets is the message inside of this */
  readonly wrapped: "timeout" | null;
  /** the receiver argument is a PubSub, this one the topic; -1 for none */
  readonly topic: number;
};

const table = new Map<string, SendFunction>();

function add(
  keys: string,
  kind: SendSite["kind"],
  protocol: Protocol,
  places: Partial<Omit<SendFunction, "kind" | "protocol">>,
): void {
  const entry = { receiver: 0, message: 1, timeout: -1, wrapped: null, topic: -1, ...places };
  for (const key of keys.split(" ")) table.set(key, { kind, protocol, ...entry });
}

const call = { timeout: 2 };
add(
  "GenServer.call/2 GenServer.call/3 GenStage.call/2 GenStage.call/3",
  "call",
  "gen_server",
  call,
);
add(":gen_server.call/2 :gen_server.call/3 :gen_server.send_request/2", "call", "gen_server", call);
add("GenServer.cast/2 GenStage.cast/2 :gen_server.cast/2", "cast", "gen_server", {});
add("GenServer.abcast/2 :gen_server.abcast/2", "cast", "gen_server", {});
add("GenServer.abcast/3 :gen_server.abcast/3", "cast", "gen_server", { receiver: 1, message: 2 });
add("GenServer.multi_call/2 :gen_server.multi_call/2", "call", "gen_server", {});
add("GenServer.multi_call/3 GenServer.multi_call/4", "call", "gen_server", {
  receiver: 1,
  message: 2,
  timeout: 3,
});
add("GenServer.reply/2 :gen_server.reply/2 GenStage.reply/2", "reply", "gen_server", {});
add(":gen_statem.call/2 :gen_statem.call/3", "call", "gen_statem", call);
add("GenStateMachine.call/2 GenStateMachine.call/3", "call", "gen_statem", call);
add(":gen_statem.cast/2 GenStateMachine.cast/2", "cast", "gen_statem", {});
add(":gen_statem.reply/2 GenStateMachine.reply/2", "reply", "gen_statem", {});
add(":gen_event.notify/2 :gen_event.sync_notify/2", "notify", "gen_event", {});
add("GenEvent.notify/2 GenEvent.sync_notify/2 GenEvent.ack_notify/2", "notify", "gen_event", {});
add(":gen_event.call/3 :gen_event.call/4 GenEvent.call/3 GenEvent.call/4", "call", "gen_event", {
  receiver: 1,
  message: 2,
  timeout: 3,
});
add("Kernel.send/2 :erlang.send/2 :erlang.send/3 :erlang.!/2 Process.send/3", "send", "plain", {});
const later = { timeout: 2 };
add("Process.send_after/3 Process.send_after/4", "send_after", "plain", later);
const timeFirst = { receiver: 1, message: 2, timeout: 0 };
add(
  ":erlang.send_after/3 :erlang.send_after/4 :timer.send_after/3",
  "send_after",
  "plain",
  timeFirst,
);
add(":timer.send_interval/3", "send_after", "plain", timeFirst);
const toSelf = { receiver: -1, message: 1, timeout: 0 };
add(":timer.send_after/2 :timer.send_interval/2", "send_after", "plain", toSelf);
add(":erlang.start_timer/3 :erlang.start_timer/4", "send_after", "plain", {
  ...timeFirst,
  wrapped: "timeout",
});
const topic = { receiver: 0, topic: 1, message: 2 };
add(
  "Phoenix.PubSub.broadcast/3 Phoenix.PubSub.broadcast/4 Phoenix.PubSub.broadcast!/3 Phoenix.PubSub.broadcast!/4 Phoenix.PubSub.local_broadcast/3 Phoenix.PubSub.local_broadcast/4",
  "broadcast",
  "plain",
  topic,
);
const topicFrom = { receiver: 0, topic: 2, message: 3 };
add(
  "Phoenix.PubSub.broadcast_from/4 Phoenix.PubSub.broadcast_from/5 Phoenix.PubSub.broadcast_from!/4 Phoenix.PubSub.broadcast_from!/5 Phoenix.PubSub.local_broadcast_from/4",
  "broadcast",
  "plain",
  topicFrom,
);
add("Phoenix.PubSub.direct_broadcast/4 Phoenix.PubSub.direct_broadcast!/4", "broadcast", "plain", {
  receiver: 1,
  topic: 2,
  message: 3,
});
add(
  "Agent.get/2 Agent.get/3 Agent.get/4 Agent.get/5 Agent.update/2 Agent.update/3 Agent.update/4 Agent.update/5 Agent.get_and_update/2 Agent.get_and_update/3 Agent.get_and_update/4 Agent.get_and_update/5",
  "call",
  "agent",
  {},
);
add("Agent.cast/2 Agent.cast/4", "cast", "agent", {});

/** Undefined for functions that do not send. */
export function sendFunction(key: string): SendFunction | undefined {
  return table.get(key);
}
