// Makers of constructs that choose: if, unless, cond, case, with.

import {
  arrow,
  bound,
  call,
  indented,
  line,
  operand,
  prefixed,
  suffixed,
  tagged,
  type Text,
} from "./text.ts";
import { guardedHead } from "./patterns.ts";
import type { Maker, Scope, Writer } from "./writer.ts";

/** `pattern when guard -> body`, several; the last takes everything most of the time. */
export function clauses(
  w: Writer,
  s: Scope,
  depth: number,
  tag: string,
  options: { readonly patterns?: number; readonly total?: number } = {},
): Text {
  const count = options.patterns ?? 1;
  const some = w.random.several(1, 3, () => {
    // one that takes everything makes the following ones dead: some of those
    let made = guardedHead(w, s, 2, count, 35);
    for (let more = 0; more < 3 && /^(v\d+|_)(, (v\d+|_))*$/.test(made.head); more += 1) {
      made = guardedHead(w, s, 2, count, 35);
    }
    const { head, scope, tags } = made;
    return arrow(head, w.block(scope, depth), tag, ...tags);
  });
  if (w.random.chance(options.total ?? 80)) {
    const head = Array.from({ length: count }, () => "_").join(", ");
    some.push(arrow(head, w.expression(s, depth), tag));
  }
  return some.flat();
}

/** `keyword test do`, the test on lines of its own unless small. */
export function opened(keyword: string, test: Text): Text {
  const [first] = test;
  if (test.length === 1 && first !== undefined) {
    return [{ ...first, text: `${keyword} ${first.text} do` }];
  }
  return suffixed(
    operand(test).map((part, index) =>
      index === 0 ? { ...part, text: `${keyword} ${part.text}` } : part,
    ),
    " do",
  );
}

function choice(keyword: string): Maker["make"] {
  return (w, s, d) => [
    ...opened(keyword, w.test(s, d)),
    ...indented(tagged(w.block(s, d), `${keyword}.do`)),
    ...(w.random.chance(70)
      ? [...line("else"), ...indented(tagged(w.block(s, d), `${keyword}.else`))]
      : []),
    ...line("end"),
  ];
}

export const branches: readonly Maker[] = [
  { name: "if", weight: 6, make: choice("if") },
  { name: "unless", weight: 3, make: choice("unless") },
  {
    name: "if.keywords",
    weight: 1,
    make: (w, s, d) => [
      ...line("if("),
      ...indented(suffixed(operand(w.test(s, d)), ",")),
      ...indented(line("do:")),
      ...indented(suffixed(operand(tagged(w.expression(s, d), "if.do")), ","), 2),
      ...indented(line("else:")),
      ...indented(operand(tagged(w.expression(s, d), "if.else")), 2),
      ...line(")"),
    ],
  },
  {
    name: "cond",
    weight: 4,
    make: (w, s, d) => [
      ...line("cond do"),
      ...indented(
        w.random
          .several(1, 3, () => [
            ...suffixed(operand(w.test(s, d)), " ->"),
            ...indented(tagged(w.block(s, d), "cond.clause")),
          ])
          .flat(),
      ),
      ...(w.random.chance(75)
        ? indented([...line("true ->"), ...indented(tagged(w.expression(s, d), "cond.clause"))])
        : []),
      ...line("end"),
    ],
  },
  {
    name: "case",
    weight: 8,
    make: (w, s, d) => [
      ...opened("case", w.subject(s, d)),
      ...indented(clauses(w, s, d, "case.clause")),
      ...line("end"),
    ],
  },
  { name: "with", weight: 6, make: withSteps },
];

function withSteps(w: Writer, s: Scope, d: number): Text {
  let scope = s;
  const steps = w.random.several(1, 3, (index) => {
    const kind = index === 0 ? 0 : w.random.below(4);
    if (kind === 3)
      return operand(tagged(call("Some.flag", w.expression(scope, d - 1)), "with.expression"));
    if (kind === 2) {
      const name = w.name(scope);
      const step = bound(name, "=", w.expression(scope, d));
      scope = [...scope, { name, kind: "any" }];
      return tagged(step, "with.=");
    }
    const made = guardedHead(w, scope, 2, 1, 30);
    const step = bound(made.head, "<-", w.subject(scope, d));
    scope = made.scope;
    return step;
  });
  const last = steps.length - 1;
  return [
    ...steps.flatMap((step, index) => {
      const begun = index === 0 ? prefixed("with ", step) : indented(step, 2);
      return suffixed(begun, index === last ? " do" : ",");
    }),
    ...indented(tagged(w.block(scope, d), "with.do")),
    ...(w.random.chance(60) ? [...line("else"), ...indented(clauses(w, s, d, "with.else"))] : []),
    ...line("end"),
  ];
}
