// `--only`: patterns that restrict what is instrumented, written as the selectors of a recording:
//
//   [not] TARGET [/arity]    TARGET = * | Shop.Cart | Shop.* | Shop.C* | :lists | :rabbit_*, each with
//                            an optional .function, whose name may have * in it
//
// A last segment that starts with a capital is a module, any other a function. What looks at values
// (arguments, guards, callers) is refused: code is instrumented before there are any.

import { err, ok, type Result } from "@elixirscope/base";

export type OnlyPattern = {
  readonly text: string;
  /** `not …`: takes away from what the other patterns chose */
  readonly exclude: boolean;
  /** of a module as people write it: `Shop.Cart`, `:lists` */
  readonly matchesModule: (module: string) => boolean;
  /** every function of the module */
  readonly wholeModule: boolean;
  readonly matchesFunction: (name: string, arity: number) => boolean;
};

export type PatternProblem = {
  readonly code: "bad_pattern";
  readonly text: string;
  readonly message: string;
};

const LONGEST = 500;
const ELIXIR = /^(\p{Lu}[\p{L}\p{N}_*]*(?:\.\p{Lu}[\p{L}\p{N}_*]*)*)(?:\.(.+))?$/u;
const ERLANG = /^:("(?:[^"\\]|\\.)+"|[\p{Ll}_*][\p{L}\p{N}_@*]*)(?:\.(.+))?$/u;

type Target = {
  readonly matchesModule: (module: string) => boolean;
  readonly function: string | null;
};

export function parseOnly(text: string): Result<OnlyPattern, PatternProblem> {
  const exclude = /^\s*not\s/.test(text);
  const wanted = text.replace(/^\s*not\s/, "").trim();
  const refused = refusal(wanted);
  if (refused !== null) return problem(text, refused);
  const slash = /^(.+)\/(\d{1,3})$/.exec(wanted);
  const arity = slash === null ? null : Number(slash[2]);
  const target = parseTarget(slash?.[1] ?? wanted);
  if (target === null) {
    return problem(text, "write a module or function: Shop.Cart, Shop.*, :lists, Shop.Cart.add/3");
  }
  if (arity !== null && target.function === null) {
    return problem(text, "an arity belongs to a function, as in Shop.Cart.add/3");
  }
  if (arity !== null && arity > 255) return problem(text, "a function has at most 255 arguments");
  const matchesName = target.function === null ? () => true : globTest(target.function);
  return ok({
    text,
    exclude,
    matchesModule: target.matchesModule,
    wholeModule: target.function === null,
    matchesFunction: (name, of) => (arity === null || of === arity) && matchesName(name),
  });
}

/** Is the function chosen? Without patterns everything is; with nothing but `not …` all the rest. */
export function isChosen(
  only: readonly OnlyPattern[],
  module: string,
  name: string,
  arity: number,
): boolean {
  const matches = (pattern: OnlyPattern): boolean =>
    pattern.matchesModule(module) && pattern.matchesFunction(name, arity);
  if (only.some((pattern) => pattern.exclude && matches(pattern))) return false;
  const including = only.filter((pattern) => !pattern.exclude);
  return including.length === 0 || including.some(matches);
}

function refusal(wanted: string): string | null {
  if (wanted === "") return "an empty pattern chooses nothing; write Shop.* for example";
  if (wanted.length > LONGEST) return `a pattern has at most ${LONGEST} characters`;
  if (wanted.startsWith("app:")) return "applications are not known here; name modules, as Shop.*";
  if (/\(|\s(?:when|called)\s/.test(wanted)) {
    return "arguments, guards and callers choose calls, not code; leave them out";
  }
  const foreign = /^(\p{Ll}\w*)[:.](\w+)/u.exec(wanted);
  if (foreign === null) return null;
  return `a module starts with a capital or a colon: :${foreign[1] ?? ""}.${foreign[2] ?? ""}`;
}

function parseTarget(text: string): Target | null {
  if (text === "*") return { matchesModule: () => true, function: null };
  const erlang = ERLANG.exec(text);
  if (erlang?.[1] !== undefined) {
    return { matchesModule: globTest(`:${erlang[1]}`), function: erlang[2] ?? null };
  }
  const elixir = ELIXIR.exec(text.replace(/^Elixir\./, ""));
  if (elixir?.[1] === undefined) return null;
  const [, module, rest] = elixir;
  if (rest === undefined) return { matchesModule: globTest(module), function: null };
  // `Shop.**` is what some expect to need; it is the same
  const below = /^\*{1,2}(?:\.(.+))?$/.exec(rest);
  if (below === null) return { matchesModule: globTest(module), function: rest };
  const under = `${module}.`;
  const isBelow = (name: string): boolean => name === module || name.startsWith(under);
  return { matchesModule: isBelow, function: below[1] ?? null };
}

function globTest(glob: string): (name: string) => boolean {
  if (!glob.includes("*")) return (name) => name === glob;
  const parts = glob.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`, "su");
  return (name) => pattern.test(name);
}

function problem(text: string, message: string): Result<never, PatternProblem> {
  return err({ code: "bad_pattern", text, message: `${text.trim() || '""'}: ${message}` });
}
