// Findings from the project's data flow: input on its way through modules to where it does harm.

import { splitFunctionKey } from "../../link/function-key.ts";
import type { TaintFlow } from "../../flow/taint.ts";
import type { Finding } from "../finding.ts";

type About = { readonly rule: string; readonly title: string; readonly advice: string };

const ABOUT: Readonly<Record<TaintFlow["category"], About>> = {
  atom: {
    rule: "atoms-from-input",
    title: "Atoms are made of input",
    advice: "Use `String.to_existing_atom/1`, or map the allowed values one by one.",
  },
  code: {
    rule: "unsafe-eval",
    title: "Code is run that somebody else may write",
    advice: "Parse the input into data and decide on that.",
  },
  command: {
    rule: "command-injection",
    title: "A shell reads text that somebody else may choose",
    advice: "Use `System.cmd(program, [arguments])` with a fixed program.",
  },
  deserialization: {
    rule: "unsafe-deserialization",
    title: "Foreign bytes become any term",
    advice: "Use `Plug.Crypto.non_executable_binary_to_term/2`, or a format such as JSON.",
  },
  path: {
    rule: "path-traversal",
    title: "A path is made of what a client sent",
    advice: "Take `Path.basename/1` of it, or check it with `Path.safe_relative/2`.",
  },
  redirect: {
    rule: "open-redirect",
    title: "A client chooses where it is sent",
    advice: "Redirect with `to:` and a path of your own, or compare the host with a list.",
  },
  regex: {
    rule: "regex-from-input",
    title: "A regular expression is made of input",
    advice: "Use `Regex.escape/1` for text; some expressions take for ever on some texts.",
  },
  request: {
    rule: "request-to-input",
    title: "A client chooses which address is asked",
    advice: "Compare the host with a list: internal addresses are reached from here too.",
  },
  sql: {
    rule: "sql-injection",
    title: "SQL is put together from text",
    advice: "Pass values as parameters, or use an Ecto query with `^`.",
  },
  xss: {
    rule: "xss-raw",
    title: "HTML is sent without escaping",
    advice: "Let the template escape it, or clean it with an HTML sanitiser first.",
  },
};

/** Less sure flows are left to those who ask for all of them. */
const AT_LEAST = 0.6;

/** What comes from whoever runs the program is no input of a stranger's; tools are made to take it. */
const LOCAL = new Set([
  "command line",
  "content of a file",
  "environment variable",
  "standard input",
]);

export function taintFindings(flows: readonly TaintFlow[]): Finding[] {
  return flows
    .filter(({ confidence, source }) => confidence >= AT_LEAST && !LOCAL.has(source.label))
    .map(taintFinding);
}

function taintFinding({ category, source, sink, steps, confidence }: TaintFlow): Finding {
  const { rule, title, advice } = ABOUT[category];
  const way = [...new Set(steps.map((step) => step.function))]
    .map((key) => `\`${key}\``)
    .join(" → ");
  const { range, nodeId } = sink.site;
  return {
    rule,
    category: "security",
    severity: "error",
    title,
    explanation: `${source.label} (line ${source.line} of ${source.file}${source.name === null ? "" : `, \`${source.name}\``}) reaches \`${sink.called}\`, ${sink.label}, by ${way}. ${advice}`,
    file: sink.file,
    module: splitFunctionKey(sink.function).module,
    function: sink.function,
    range,
    nodeId,
    confidence,
  };
}
