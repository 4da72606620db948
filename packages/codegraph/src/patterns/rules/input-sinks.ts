// Rules about input that reaches a place where it can do harm: atoms, code, SQL, commands, paths, HTML,
// terms. Each rule lists its sinks; whether the value is input is decided by `trust.ts`.

import { isCall, walk, type Node } from "@elixirscope/syntax";
import { accessOf, isFieldRead, tupleItems, type Call } from "../code/call.ts";
import type { FileCode } from "../code/file-code.ts";
import { definedAs } from "../code/defined-as.ts";
import { isInterpolated, isLiteral } from "../code/literals.ts";
import { inputIn, type Input } from "../code/trust.ts";
import { isRepo } from "../code/slow-calls.ts";
import type { FileRule, Report } from "../rule.ts";

/** The value that a call would do harm with, if it is input; null when the call is no sink. */
type Sink = (call: Call, code: FileCode) => Node | null;

type SinkRule = Omit<FileRule, "check" | "inTests" | "category" | "severity"> & {
  readonly names: readonly string[];
  readonly sink: Sink;
  /** input less sure than this is not reported */
  readonly atLeast: number;
  readonly explain: (value: string, input: Input, call: Call) => string;
};

function sinkRule({ names, sink, atLeast, explain, ...rule }: SinkRule): FileRule {
  return {
    ...rule,
    category: "security",
    severity: "error",
    inTests: false,
    check: (code, report) => {
      for (const name of names) {
        for (const call of code.calls(name))
          checkSink(call, code, report, { sink, atLeast, explain });
      }
    },
  };
}

function checkSink(
  call: Call,
  code: FileCode,
  report: Report,
  { sink, atLeast, explain }: Pick<SinkRule, "sink" | "atLeast" | "explain">,
): void {
  const value = sink(call, code);
  if (value === null || isLiteral(value) || isScript(code)) return;
  const input = inputIn(value, code);
  if (input === null || input.confidence < atLeast) return;
  report(call.node, {
    explanation: explain(code.text(value, 40), input, call),
    confidence: input.confidence,
    severity: input.confidence >= 0.7 ? "error" : "warning",
  });
}

/** Build and configuration files are run by those who wrote them. */
function isScript(code: FileCode): boolean {
  return /(^|\/)(mix\.exs|config\/[^/]+\.exs)$/.test(code.file);
}

const unsafeEval = sinkRule({
  id: "unsafe-eval",
  title: "Code is run that somebody else may write",
  about: "Input that reaches Code.eval_string and its like",
  names: [
    "eval_string",
    "eval_quoted",
    "compile_string",
    "compile_quoted",
    "string_to_quoted",
    "eval_file",
    "expr",
    "exprs",
  ],
  sink: (call, code) => {
    const module = code.moduleOf(call);
    if (
      module === "Code" &&
      /^(eval_string|eval_quoted|compile_string|compile_quoted|eval_file)$/.test(call.name)
    )
      return call.args[0] ?? null;
    if (module === "EEx" && /^eval_(string|file)$/.test(call.name)) return call.args[0] ?? null;
    return module === ":erl_eval" && /^exprs?$/.test(call.name) ? (call.args[0] ?? null) : null;
  },
  atLeast: 0.6,
  explain: (value, input, call) =>
    `\`${call.name}\` runs \`${value}\` with all rights of the application, and it is made of ${input.text}. Parse the input into data and decide on that; code that must come from outside belongs in a sandboxed interpreter.`,
});

const SQL_MODULES = /^(Ecto\.Adapters\.SQL|Postgrex|MyXQL|Tds|Exqlite|:epgsql|:mysql)$/;

const sqlInjection = sinkRule({
  id: "sql-injection",
  title: "SQL is put together from text",
  about: "Strings with interpolation or <> that reach Repo.query, Ecto.Adapters.SQL or a driver",
  names: [
    "query",
    "query!",
    "query_many",
    "query_many!",
    "stream",
    "prepare",
    "prepare!",
    "prepare_execute",
    "equery",
    "squery",
    "execute",
  ],
  sink: (call, code) => {
    const module = code.moduleOf(call);
    if (module === null) return null;
    if (isRepo(module) && /^query(_many)?!?$/.test(call.name))
      return builtString(call.args[0], code);
    if (module === "Ecto.Migration" || !SQL_MODULES.test(module)) return null;
    return builtString(call.args[1], code);
  },
  atLeast: 0.6,
  explain: (value, input) =>
    `The statement \`${value}\` contains ${input.text} as text, so whoever chooses it can write SQL of their own. Pass it as a parameter: \`$1\` in the statement and the value in the list of parameters, or use an Ecto query with \`^\`.`,
});

/** The expression itself, when it or what its variable is bound to is text put together from parts. */
function builtString(node: Node | undefined, code: FileCode): Node | null {
  if (node === undefined) return null;
  return definedAs(node, code).some(isPutTogether) ? node : null;
}

function isPutTogether(node: Node): boolean {
  if (isCall(node, "<>", 2)) return true;
  if (node.kind === "list") return node.items.length > 1;
  return isInterpolated(node);
}

const SHELLS = /^(\/(usr\/)?bin\/)?(env )?(sh|bash|zsh|ash|dash|cmd|cmd\.exe|powershell)$/;

const commandInjection = sinkRule({
  id: "command-injection",
  title: "A shell reads text that somebody else may choose",
  about: "Input in System.shell, :os.cmd, Port.open spawn, or sh -c",
  names: ["shell", "cmd", "open", "open_port"],
  sink: (call, code) => {
    const module = code.moduleOf(call);
    if (module === "System" && call.name === "shell") return call.args[0] ?? null;
    if (module === ":os" && call.name === "cmd") return call.args[0] ?? null;
    if (module === "System" && call.name === "cmd") return shellArgument(call);
    const opens =
      (module === "Port" && call.name === "open") ||
      (module === ":erlang" && call.name === "open_port");
    return opens ? spawnedCommand(call) : null;
  },
  atLeast: 0.6,
  explain: (value, input, call) =>
    `\`${call.name}\` hands \`${value}\` to a shell, with ${input.text} in it: a \`;\` or \`$(…)\` there runs another command. Use \`System.cmd(program, [arguments])\`, which starts the program without a shell.`,
});

/** `System.cmd("sh", ["-c", script])`; and the program itself, when that is input. */
function shellArgument({ args }: Call): Node | null {
  const [program, list] = args;
  if (program === undefined) return null;
  if (!isLiteral(program)) return program;
  if (program.kind !== "string" || !SHELLS.test(program.value)) return null;
  if (list?.kind !== "list") return list ?? null;
  const script = list.items.find((item) => !isLiteral(item));
  return list.items.some((item) => item.kind === "string" && /^(-l?c|\/c)$/i.test(item.value))
    ? (script ?? null)
    : null;
}

/** `{:spawn, command}`; `:spawn_executable` starts no shell. */
function spawnedCommand({ args }: Call): Node | null {
  const items = tupleItems(args[0]);
  return items?.[0]?.kind === "atom" && items[0].name === "spawn" ? (items[1] ?? null) : null;
}

const FILE_CALLS =
  /^(read|read!|write|write!|open|open!|rm|rm!|rm_rf|rm_rf!|cp|cp!|cp_r|cp_r!|rename|rename!|stream!|ls|ls!|mkdir|mkdir!|mkdir_p|mkdir_p!|touch|touch!|stat|stat!)$/;

const pathTraversal = sinkRule({
  id: "path-traversal",
  title: "A path is made of what a client sent",
  about: "Input in File functions, send_file and send_download",
  names: [
    ..."read read! write write! open open! rm rm! rm_rf rm_rf! cp cp! cp_r cp_r! rename rename! stream! ls ls! mkdir mkdir! mkdir_p mkdir_p! touch touch! stat stat!".split(
      " ",
    ),
    "send_file",
    "send_download",
  ],
  sink: (call, code) => {
    const value = pathOf(call, code);
    return value === null || isChecked(value, call, code) ? null : value;
  },
  atLeast: 0.75,
  explain: (value, input, call) =>
    `\`${call.name}\` is given the path \`${value}\`, made of ${input.text}: \`../\` in it leads out of the directory that was meant. Take \`Path.basename/1\` of it, or check it with \`Path.safe_relative/2\` first.`,
});

function pathOf(call: Call, code: FileCode): Node | null {
  if (code.isIn(call, "File") && FILE_CALLS.test(call.name)) return call.args[0] ?? null;
  if (call.name === "send_file") return call.args[2] ?? null;
  if (call.name !== "send_download") return null;
  const source = tupleItems(call.args[1]);
  return source?.[0]?.kind === "atom" && source[0].name === "file" ? (source[1] ?? null) : null;
}

/** The function checks the path, or it is where the server itself put an upload. */
function isChecked(value: Node, call: Call, code: FileCode): boolean {
  if (definedAs(value, code).some(isUploadPath)) return true;
  const clause = code.placeOf(call.node)?.clause;
  if (clause === undefined || clause === null) return false;
  return ["starts_with?", "safe_relative", "safe_relative_to", "relative_to", "basename"].some(
    (name) => code.calls(name).some(({ node }) => code.placeOf(node)?.clause === clause),
  );
}

function isUploadPath(node: Node): boolean {
  if (isFieldRead(node))
    return (
      node.kind === "call" &&
      typeof node.callee !== "string" &&
      isCall(node.callee, ".", 2) &&
      node.callee.args[1]?.kind === "atom" &&
      node.callee.args[1].name === "path"
    );
  const access = accessOf(node);
  return access !== null && access.key.kind === "atom" && access.key.name === "path";
}

const xssRaw = sinkRule({
  id: "xss-raw",
  title: "HTML is sent without escaping",
  about: "Input in raw/1, and HTML put together from text in html/2 and send_resp/3",
  names: ["raw", "html", "send_resp", "resp"],
  sink: (call, code) => {
    if (call.name === "raw" && call.args.length === 1) {
      const foreign =
        call.receiver === null
          ? code.localFunction(call) === null
          : code.isIn(call, "Phoenix.HTML");
      return foreign ? (call.args[0] ?? null) : null;
    }
    if (call.name === "html" && call.args.length === 2 && code.isIn(call, "Phoenix.Controller"))
      return builtString(call.args[1], code);
    if (
      !/^(send_)?resp$/.test(call.name) ||
      call.args.length !== 3 ||
      !code.isIn(call, "Plug.Conn")
    )
      return null;
    const body = builtString(call.args[2], code);
    return body !== null && definedAs(body, code).some(hasTags) ? body : null;
  },
  atLeast: 0.6,
  explain: (value, input, call) =>
    `\`${call.name}\` sends \`${value}\` as it is, and it is made of ${input.text}: a \`<script>\` in it runs in the reader's browser. Let the template escape it, or clean it with an HTML sanitiser first.`,
});

/** Some of its text is HTML. */
function hasTags(node: Node): boolean {
  let found = false;
  walk(node, (part) => {
    found ||= part.kind === "string" && /<[a-z!]/i.test(part.value);
    return !found;
  });
  return found;
}

const unsafeDeserialization = sinkRule({
  id: "unsafe-deserialization",
  title: "Foreign bytes become any term",
  about: ":erlang.binary_to_term of input without :safe",
  names: ["binary_to_term"],
  sink: (call, code) => {
    if (code.moduleOf(call) !== ":erlang" || isSafe(call.args[1])) return null;
    return call.args[0] ?? null;
  },
  atLeast: 0.6,
  explain: (value, input) =>
    `\`binary_to_term\` decodes \`${value}\`, which is ${input.text}, into any term: new atoms fill the atom table, and functions in it run when called. Use \`Plug.Crypto.non_executable_binary_to_term(bytes, [:safe])\`, or a format such as JSON.`,
});

function isSafe(options: Node | undefined): boolean {
  return (
    options?.kind === "list" &&
    options.items.some((item) => item.kind === "atom" && item.name === "safe")
  );
}

export const INPUT_SINK_RULES: readonly FileRule[] = [
  unsafeEval,
  sqlInjection,
  commandInjection,
  pathTraversal,
  xssRaw,
  unsafeDeserialization,
];
