// Patterns and guards, each on one line. The shapes are those that `Some.shape` makes.

import type { Name, NameKind, Scope, Writer } from "./writer.ts";

export type Pattern = {
  readonly text: string;
  readonly names: readonly Name[];
  readonly tags: readonly string[];
};

/** Names bound outside can be pinned; inside a pattern a name is bound once. */
export function pattern(
  writer: Writer,
  scope: Scope,
  depth: number,
  taken: readonly Name[] = [],
): Pattern {
  const { random } = writer;
  if (depth <= 0 || random.chance(depth > 1 ? 15 : 50))
    return variable(writer, scope, taken, "any");
  const part = (names: readonly Name[] = []): Pattern =>
    pattern(writer, scope, depth - 1, [...taken, ...names]);
  const made = random.weighted(shapes).make(writer, scope, taken, part);
  if (!random.chance(15)) return made;
  const name = writer.name(scope, [...taken, ...made.names]);
  return {
    text: random.chance(50) ? `${made.text} = ${name}` : `${name} = ${made.text}`,
    names: [...made.names, { name, kind: "any" }],
    tags: [...made.tags, "pattern.="],
  };
}

export function variable(
  writer: Writer,
  scope: Scope,
  taken: readonly Name[],
  kind: NameKind,
): Pattern {
  if (writer.random.chance(8)) return { text: "_", names: [], tags: ["pattern._"] };
  const name = writer.name(scope, taken);
  return { text: name, names: [{ name, kind }], tags: ["pattern.name"] };
}

type Shape = {
  readonly weight: number;
  readonly make: (
    writer: Writer,
    scope: Scope,
    taken: readonly Name[],
    part: (names?: readonly Name[]) => Pattern,
  ) => Pattern;
};

function around(begin: string, inner: Pattern, end: string, tag: string): Pattern {
  return { text: begin + inner.text + end, names: inner.names, tags: [...inner.tags, tag] };
}

function both(
  begin: string,
  one: Pattern,
  between: string,
  other: Pattern,
  end: string,
  tag: string,
): Pattern {
  return {
    text: begin + one.text + between + other.text + end,
    names: [...one.names, ...other.names],
    tags: [...one.tags, ...other.tags, tag],
  };
}

function two(begin: string, between: string, end: string, tag: string): Shape["make"] {
  return (_writer, _scope, _taken, part) => {
    const one = part();
    return both(begin, one, between, part(one.names), end, tag);
  };
}

function literal(text: string): Pattern {
  return { text, names: [], tags: ["pattern.literal"] };
}

const shapes: readonly Shape[] = [
  { weight: 8, make: (_w, _s, _t, part) => around("{:ok, ", part(), "}", "pattern.tuple") },
  { weight: 4, make: (_w, _s, _t, part) => around("{:error, ", part(), "}", "pattern.tuple") },
  { weight: 3, make: two("{", ", ", "}", "pattern.tuple") },
  { weight: 3, make: (_w, _s, _t, part) => around("[", part(), "]", "pattern.list") },
  { weight: 4, make: two("[", " | ", "]", "pattern.cons") },
  { weight: 2, make: two("[", ", ", " | _]", "pattern.cons") },
  { weight: 4, make: (_w, _s, _t, part) => around("%{k: ", part(), "}", "pattern.map") },
  { weight: 2, make: two("%{k: ", ", j: ", "}", "pattern.map") },
  { weight: 3, make: (_w, _s, _t, part) => around("%Point{x: ", part(), "}", "pattern.struct") },
  {
    weight: 4,
    make: (writer, scope, taken) => {
      const one = variable(writer, scope, taken, "any");
      const other = variable(writer, scope, [...taken, ...one.names], "bits");
      return both("<<", one, "::32, ", other, "::binary>>", "pattern.binary");
    },
  },
  {
    weight: 2,
    make: (writer, scope, taken) =>
      around('"10" <> ', variable(writer, scope, taken, "any"), "", "pattern.prefix"),
  },
  {
    weight: 3,
    make: (writer) =>
      literal(writer.random.pick(["nil", ":none", "[]", '""', "{}", "%{}", "true"])),
  },
  {
    weight: 3,
    make: (writer, scope, taken, part) => {
      const name = writer.variable(scope);
      if (name === null || writer.random.chance(50) || taken.some((other) => other.name === name))
        return part();
      return { text: `^${name}`, names: [], tags: ["pattern.pin"] };
    },
  },
];

/** Several patterns, as of arguments; null for none. */
export function patterns(
  writer: Writer,
  scope: Scope,
  depth: number,
  count: number,
): { readonly text: string; readonly names: readonly Name[]; readonly tags: readonly string[] } {
  let names: readonly Name[] = [];
  const texts: string[] = [];
  const tags: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const made = pattern(writer, scope, count > 1 ? Math.min(depth, 1) : depth, names);
    names = [...names, ...made.names];
    texts.push(made.text);
    tags.push(...made.tags);
  }
  return { text: texts.join(", "), names, tags };
}

/** A guard over the names, some of which raise for most values. */
export function guard(
  writer: Writer,
  names: Scope,
): { readonly text: string; readonly tag: string } {
  const { random } = writer;
  const name = writer.variable(names) ?? "nil";
  const other = writer.variable(names) ?? "nil";
  const simple = [
    `is_integer(${name})`,
    `is_tuple(${name})`,
    `is_list(${name})`,
    `not is_nil(${name})`,
    `is_map(${name})`,
    `${name} != ${other}`,
    `${name} > 100`,
  ];
  const raising = [
    `hd(${name}) != nil`,
    `elem(${name}, 1) != ${other}`,
    `map_size(${name}) > 0`,
    `tuple_size(${name}) == 2`,
    `byte_size(${name}) > 3`,
    `${name} + 1 > 0`,
    `${name} - 1 != ${other}`,
    `rem(${name}, 3) != 1`,
  ];
  const one = random.pick(simple);
  const kinds = [
    { text: one, tag: "guard" },
    { text: random.pick(raising), tag: "guard.raising" },
    { text: `${one} and ${random.pick(raising)}`, tag: "guard.and" },
    { text: `${random.pick(raising)} or ${one}`, tag: "guard.or" },
    { text: `${random.pick(raising)} when ${one}`, tag: "guard.when" },
    { text: `${name} in [nil, :none, []]`, tag: "guard.in" },
    { text: `not (${one})`, tag: "guard.not" },
    { text: `is_map_key(${name}, :k) and ${one}`, tag: "guard.and" },
  ];
  return random.pick(kinds);
}

/** `pattern when guard`, the guard with some probability. */
export function guardedHead(
  writer: Writer,
  scope: Scope,
  depth: number,
  count: number,
  percent: number,
): { readonly head: string; readonly scope: Scope; readonly tags: readonly string[] } {
  const made = patterns(writer, scope, depth, count);
  const inside = [...scope, ...made.names];
  if (!writer.random.chance(percent) || inside.length === 0) {
    return { head: made.text, scope: inside, tags: made.tags };
  }
  const test = guard(writer, made.names.length > 0 ? made.names : inside);
  const when = count === 0 ? `when ${test.text}` : `${made.text} when ${test.text}`;
  return { head: when, scope: inside, tags: [...made.tags, test.tag] };
}
