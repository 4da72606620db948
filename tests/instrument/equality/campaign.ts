// Runs generated programs plain and instrumented and adds up what was compared.

import {
  atom,
  binary,
  boolean,
  inspect,
  integer,
  list,
  tuple,
  type AtomTerm,
  type Term,
} from "@elixirscope/etf";
import type { BeamSide } from "./beam-side.ts";
import type { Program } from "./generate/program.ts";

/** What the other side asks for: the forms of one module. */
export type Asked = {
  readonly module: string;
  readonly md5: string;
  readonly vsn: Term | null;
  readonly forms: Term;
};

/** Instrumented forms and a term for each site, or why there are none. */
export type Answer =
  | { readonly forms: Term; readonly sites: readonly Term[] }
  | { readonly skip: string };

export type Run = {
  readonly name: string;
  readonly arity: number;
  readonly seed: number;
  readonly way: "caught" | "uncaught";
};

/** `muted`: over its budget of events */
export type Check = "open" | "closed" | "muted" | "truth";

export type Report = {
  readonly runs: number;
  readonly events: number;
  /** calls and values of variables of the recording that were held against the program's own */
  readonly checked: number;
  readonly values: number;
  readonly differences: readonly string[];
  readonly lies: readonly string[];
};

export type Outcome = Report | { readonly refused: string } | { readonly failed: string };

/** One program: its source goes out, its forms come in, are instrumented and go out, the report comes in. */
export async function compare(
  beam: BeamSide,
  source: string,
  runs: readonly Run[],
  options: {
    readonly optimise: boolean;
    readonly checks: readonly Check[];
    readonly instrument: (asked: Asked) => Answer;
  },
): Promise<Outcome> {
  beam.tell(
    tuple(
      atom("program"),
      binary(source),
      list(
        runs.map(({ name, arity, seed, way }) =>
          tuple(atom(name), integer(arity), integer(seed), atom(way)),
        ),
      ),
      boolean(options.optimise),
      list(options.checks.map((check) => atom(check))),
    ),
  );
  for (;;) {
    const term = await beam.hear();
    if (isTagged(term, "forms")) answerForms(beam, term, options.instrument);
    else return outcome(term);
  }
}

/** Answers `{forms, [{Module, Md5, Vsn, Forms}]}` with `{code, [{forms, Forms, Sites} | {skip, Reason}]}`. */
export function answerForms(
  beam: BeamSide,
  term: Term,
  instrument: (asked: Asked) => Answer,
): readonly { readonly module: string; readonly skip: string }[] {
  const skipped: { module: string; skip: string }[] = [];
  const answers = items(element(term, 1)).map((asked) => {
    const module = atomText(element(asked, 0));
    const vsn = element(asked, 2);
    const answer = instrument({
      module,
      md5: text(element(asked, 1)),
      vsn: isAtom(vsn, "nil") ? null : vsn,
      forms: element(asked, 3),
    });
    if ("forms" in answer) return tuple(atom("forms"), answer.forms, list(answer.sites));
    skipped.push({ module, skip: answer.skip });
    return tuple(atom("skip"), binary(answer.skip));
  });
  beam.tell(tuple(atom("code"), list(answers)));
  return skipped;
}

/** Every function three times, with failures that are caught by the harness and such that are not. */
export function runsOf(program: Program, times: number): readonly Run[] {
  return program.functions.flatMap(({ name: called, arity }, at) =>
    Array.from({ length: arity === 0 ? Math.ceil(times / 2) : times }, (_, round) => ({
      name: called,
      arity,
      seed: program.seed * 1000 + at * 100 + round,
      way: round % 3 === 2 ? ("uncaught" as const) : ("caught" as const),
    })),
  );
}

function outcome(term: Term): Outcome {
  if (isTagged(term, "refused")) return { refused: text(element(term, 1)) };
  if (!isTagged(term, "report")) return { failed: text(element(term, 1)) };
  const report = element(term, 1);
  return {
    runs: Number(inspect(field(report, "runs"))),
    events: Number(inspect(field(report, "events"))),
    checked: Number(inspect(field(report, "checked"))),
    values: Number(inspect(field(report, "values"))),
    differences: items(field(report, "differences")).map((each) =>
      [atomText(element(each, 0)), text(element(each, 1)), text(element(each, 2))].join("\n"),
    ),
    lies: items(field(report, "lies")).map((each) => text(each)),
  };
}

export function isTagged(term: Term, tag: string): boolean {
  return term.kind === "tuple" && isAtom(term.items[0], tag);
}

function isAtom(term: Term | undefined, wanted: string): term is AtomTerm {
  return term?.kind === "atom" && term.name === wanted;
}

export function element(term: Term, at: number): Term {
  const found = term.kind === "tuple" ? term.items[at] : undefined;
  if (found === undefined) throw new Error(`no element ${String(at)} in ${inspect(term)}`);
  return found;
}

export function field(term: Term, key: string): Term {
  const found = term.kind === "map" ? term.entries.find(([each]) => isAtom(each, key)) : undefined;
  if (found === undefined) throw new Error(`no ${key} in ${inspect(term)}`);
  return found[1];
}

export function items(term: Term): readonly Term[] {
  return term.kind === "list" ? term.items : [];
}

export function atomText(term: Term): string {
  return term.kind === "atom" ? term.name : inspect(term);
}

export function text(term: Term): string {
  return term.kind === "binary" ? Buffer.from(term.bytes).toString() : inspect(term);
}
