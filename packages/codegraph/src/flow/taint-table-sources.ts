// Where untrusted input comes in: the functions and callbacks of Elixir, Plug and Phoenix.

import type { TaintSource } from "./taint-tables.ts";

const CONTROLLER = ["Phoenix.Controller", ":controller"];
const LIVE = [
  "Phoenix.LiveView",
  "Phoenix.LiveComponent",
  ":live_view",
  ":live_component",
  ":surface_live_view",
];
const CHANNEL = ["Phoenix.Channel", ":channel"];

export const SOURCES: readonly TaintSource[] = [
  {
    kind: "action",
    label: "parameters of a controller action",
    first: "conn",
    arity: 2,
    parameter: 1,
    uses: CONTROLLER,
  },
  {
    kind: "parameter",
    label: "parameters of a LiveView event",
    callbacks: ["handle_event/3", "handle_params/3"],
    parameter: 1,
    uses: LIVE,
  },
  {
    kind: "parameter",
    label: "parameters of a LiveView",
    callbacks: ["mount/3", "handle_params/3"],
    parameter: 0,
    uses: LIVE,
  },
  {
    kind: "parameter",
    label: "payload of a channel message",
    callbacks: ["handle_in/3", "join/3"],
    parameter: 1,
    uses: CHANNEL,
  },
  {
    kind: "parameter",
    label: "topic of a channel",
    callbacks: ["join/3"],
    parameter: 0,
    uses: CHANNEL,
  },
  {
    kind: "parameter",
    label: "command line",
    callbacks: ["run/1"],
    parameter: 0,
    uses: ["Mix.Task"],
  },
  {
    kind: "field",
    label: "request",
    of: "conn",
    fields: [
      "params",
      "body_params",
      "query_params",
      "path_params",
      "path_info",
      "query_string",
      "request_path",
      "req_headers",
      "req_cookies",
      "cookies",
      "host",
    ],
  },
  {
    kind: "call",
    label: "request",
    functions: [
      "Plug.Conn.read_body",
      "Plug.Conn.get_req_header",
      "Plug.Conn.fetch_query_params",
      "Plug.Conn.Query.decode",
      "Phoenix.LiveView.get_connect_params",
      "Phoenix.LiveView.get_connect_info",
    ],
  },
  { kind: "call", label: "command line", functions: ["System.argv", "OptionParser.parse_head"] },
  {
    kind: "call",
    label: "standard input",
    functions: ["IO.gets", "IO.read", "IO.binread", "IO.stream", "IO.binstream", ":io.get_line"],
  },
  {
    kind: "call",
    label: "content of a file",
    functions: ["File.read", "File.read!", "File.stream!", ":file.read_file"],
  },
  {
    kind: "call",
    label: "environment variable",
    functions: ["System.get_env", "System.fetch_env", "System.fetch_env!", ":os.getenv"],
  },
  {
    kind: "call",
    label: "data from a socket",
    functions: [":gen_tcp.recv", ":ssl.recv", ":gen_udp.recv", ":socket.recv"],
  },
];

/** For `findTaint(…, { sources: [...TAINT_TABLES.sources, ...MESSAGE_SOURCES] })`: other processes are trusted by default. */
export const MESSAGE_SOURCES: readonly TaintSource[] = [
  { kind: "message", label: "received message" },
  {
    kind: "parameter",
    label: "message to a server",
    callbacks: ["handle_call/3", "handle_cast/2", "handle_info/2"],
    parameter: 0,
    uses: ["GenServer"],
  },
];
