// How good a module is to read, to change, to test and to run, from facts alone.
//
// The limits are those that reviewers of Elixir code commonly use (Credo's defaults where it has one:
// cyclomatic 9, nesting 2, arity 8, ABC 30); the points are judgement.

import { splitFunctionKey } from "../link/function-key.ts";
import type { FunctionMetrics } from "../metrics/function-metrics.ts";
import { isPublic, type ModuleMetrics } from "../metrics/module-metrics.ts";
import type { FunctionData, ModuleData } from "../module/module-data.ts";
import type { Finding } from "../patterns/finding.ts";
import { effectsOf } from "./effects.ts";
import { above, scoreOf, type QualityReason, type QualityScore } from "./score.ts";

export type ModuleQuality = {
  readonly module: string;
  readonly readability: QualityScore;
  readonly maintainability: QualityScore;
  readonly testability: QualityScore;
  readonly performance: QualityScore;
};

export type QualityFacts = {
  readonly module: ModuleData;
  readonly measures: ModuleMetrics;
  /** of the module's functions */
  readonly functions: readonly FunctionMetrics[];
  /** in the module */
  readonly findings: readonly Finding[];
};

export function moduleQuality(facts: QualityFacts): ModuleQuality {
  return {
    module: facts.module.name,
    readability: scoreOf(readability(facts)),
    maintainability: scoreOf(maintainability(facts)),
    testability: scoreOf(testability(facts)),
    performance: scoreOf(performance(facts)),
  };
}

type Reasons = readonly (QualityReason | null)[];

function readability({ module, functions }: QualityFacts): Reasons {
  const codeLines = functions.reduce((total, { lines }) => total + lines, 0);
  const perFunction = functions.flatMap((fn) => {
    const name = shortName(fn.function);
    const of = (measure: string, value: number, text: string): Omit<QualityReason, "points"> => ({
      measure,
      function: fn.function,
      value,
      text: `${name} ${text}`,
    });
    return [
      above(
        9,
        1,
        20,
        of("cognitive", fn.cognitive, `is hard to follow: cognitive complexity ${fn.cognitive}`),
      ),
      above(2, 3, 12, of("nesting", fn.nesting, `is nested ${fn.nesting} deep`)),
      above(40, 0.2, 12, of("lines", fn.lines, `has ${fn.lines} lines`)),
      above(
        25,
        0.3,
        8,
        of("pattern_match", fn.patternMatch, `asks much of its patterns (${fn.patternMatch})`),
      ),
    ];
  });
  const open = documentable(module);
  const undocumented = open.filter(({ doc }) => doc === null).length;
  const share = open.length === 0 ? 0 : undocumented / open.length;
  return [
    ...perFunction,
    module.doc === null && module.kind !== "implementation"
      ? about("moduledoc", 0, 5, `${module.name} does not say what it is for (@moduledoc)`)
      : null,
    share > 0.5 && module.doc !== false
      ? about(
          "documented",
          undocumented,
          share * 8,
          `${undocumented} of ${open.length} public functions have no @doc`,
        )
      : null,
    above(400, 0.03, 10, {
      measure: "lines",
      function: null,
      value: codeLines,
      text: `its functions have ${codeLines} lines together`,
    }),
  ];
}

/** Public functions that are no callbacks: what others call. */
function documentable({ functions }: ModuleData): readonly FunctionData[] {
  return functions.filter(
    (fn) => isPublic(fn) && fn.callbackOf === null && !fn.impl && fn.doc !== false,
  );
}

function maintainability({ module, measures, functions, findings }: QualityFacts): Reasons {
  const perFunction = functions.flatMap((fn) => {
    const name = shortName(fn.function);
    return [
      above(9, 1.2, 18, {
        measure: "cyclomatic",
        function: fn.function,
        value: fn.cyclomatic,
        text: `${name} decides ${fn.cyclomatic - 1} times (cyclomatic complexity ${fn.cyclomatic})`,
      }),
      above(30, 0.4, 12, {
        measure: "abc",
        function: fn.function,
        value: fn.abc.size,
        text: `${name} does much at once: ABC size ${fn.abc.size}`,
      }),
      above(12, 1, 10, {
        measure: "state",
        function: fn.function,
        value: fn.state,
        text: `${name} handles much of the state (${fn.state})`,
      }),
    ];
  });
  const open = documentable(module);
  const untyped = open.filter(({ specs }) => specs.length === 0).length;
  const share = open.length === 0 ? 0 : untyped / open.length;
  return [
    ...perFunction,
    ...findings.map(wrongdoing),
    above(15, 0.7, 15, {
      measure: "fan_out",
      function: null,
      value: measures.fanOut,
      text: `it calls ${measures.fanOut} other modules`,
    }),
    above(30, 0.3, 10, {
      measure: "functions",
      function: null,
      value: measures.functions,
      text: `it has ${measures.functions} functions`,
    }),
    share > 0.5
      ? about(
          "specified",
          untyped,
          share * 5,
          `${untyped} of ${open.length} public functions have no @spec`,
        )
      : null,
  ];
}

function wrongdoing(finding: Finding): QualityReason | null {
  if (
    finding.category !== "anti_pattern" &&
    finding.category !== "security" &&
    finding.category !== "user"
  )
    return null;
  const points = { error: 10, warning: 4, info: 1 }[finding.severity] * finding.confidence;
  return fromFinding(finding, points);
}

function fromFinding({ rule, function: fn, title, range }: Finding, points: number): QualityReason {
  return { measure: rule, function: fn, value: 1, points, text: `${title} (line ${range.line})` };
}

function testability({ module, functions, findings }: QualityFacts): Reasons {
  const byKey = new Map(functions.map((fn) => [fn.function, fn]));
  const perFunction = module.functions.flatMap((fn) => {
    const name = `${fn.name}/${fn.arity}`;
    const metrics = byKey.get(fn.key);
    const effects = effectsOf(fn);
    const decisions = (metrics?.cyclomatic ?? 1) - 1;
    const kinds = [...effects.keys()];
    return [
      kinds.length > 0 && decisions > 2
        ? {
            measure: "effects",
            function: fn.key,
            value: decisions,
            points: Math.min(10, decisions),
            text: `${name} decides ${decisions} times and also ${kinds.join(", ")}: its decisions cannot be tested alone`,
          }
        : null,
      effects.has("asks for the time or a random number")
        ? {
            measure: "nondeterminism",
            function: fn.key,
            value: 1,
            points: 2,
            text: `${name} gives other results each time: ${effects.get("asks for the time or a random number") ?? ""}`,
          }
        : null,
      fn.callbackOf !== null && (metrics?.cognitive ?? 0) > 6
        ? {
            measure: "callback",
            function: fn.key,
            value: metrics?.cognitive ?? 0,
            points: 5,
            text: `the logic of ${name} runs only inside ${fn.callbackOf}; a function of the state could be tested without a process`,
          }
        : null,
      above(6, 1.5, 6, {
        measure: "arity",
        function: fn.key,
        value: fn.arity,
        text: `${name} takes ${fn.arity} arguments`,
      }),
    ];
  });
  const hidden = findings
    .filter(({ rule }) =>
      /^(process-dictionary|compile-time-config|sys-get-state|unsupervised-spawn)$/.test(rule),
    )
    .map((finding) => fromFinding(finding, 5));
  return [...perFunction, ...hidden];
}

/** What slow rules cost. */
const SLOW: Readonly<Record<string, number>> = {
  "n-plus-one": 15,
  "genserver-bottleneck": 12,
  "sleep-in-callback": 12,
  "call-cycle": 12,
  "append-in-loop": 10,
  "cast-flood": 10,
  "selective-receive-without-catch-all": 8,
  "string-concat-in-loop": 8,
  "blocking-init": 8,
  "large-state-copy": 8,
  "agent-misuse": 8,
  "atom-in-loop": 5,
  "infinite-timeout": 3,
  "length-is-zero": 3,
  "wasteful-enum": 2,
};

function performance({ functions, findings }: QualityFacts): Reasons {
  const slow = findings.map((finding) => {
    const points = Object.hasOwn(SLOW, finding.rule) ? SLOW[finding.rule] : undefined;
    return points === undefined ? null : fromFinding(finding, points * finding.confidence);
  });
  const critical = functions.flatMap((fn) => {
    const nested = fn.criticalityReasons.find(({ kind }) => kind === "nested_loop");
    const waits = fn.criticalityReasons.find(({ kind }) => kind === "waits");
    const name = shortName(fn.function);
    return [
      nested === undefined
        ? null
        : {
            measure: "nested_loop",
            function: fn.function,
            value: fn.criticality,
            points: 4,
            text: `${name}: ${nested.text}`,
          },
      waits === undefined || fn.criticality < 0.4
        ? null
        : {
            measure: "waits",
            function: fn.function,
            value: fn.criticality,
            points: 4,
            text: `${name} matters for speed (${fn.criticality}) and ${waits.text.replace(/^it /, "")}`,
          },
    ];
  });
  return [...slow, ...critical];
}

function about(measure: string, value: number, points: number, text: string): QualityReason {
  return { measure, function: null, value, points, text };
}

function shortName(key: string): string {
  const { name, arity } = splitFunctionKey(key);
  return `${name}/${arity}`;
}
