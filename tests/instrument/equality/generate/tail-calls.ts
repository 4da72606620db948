// Makers of calls in every way there is: to functions of the program itself through names, modules,
// funs and `apply`, back into callers while there is fuel, and deep enough to pass eight stack frames.

import { call, indented, line, suffixed, type Text } from "../../../codegraph/generate/text.ts";
import type { Callee, Maker, Scope, Writer } from "../../../codegraph/generate/writer.ts";

/** `all` are the program's public functions, `f1` first. */
export function tailCalls(all: readonly Callee[]): readonly Maker[] {
  return [
    { name: "call.mutual", weight: 3, make: (w, s, d) => fueled(w, s, d, ways(w, s, all)) },
    { name: "call.deep", weight: 3, make: (w, s) => line(deep(w, s)) },
    {
      name: "call.through",
      weight: 2,
      make: (w, s, d) => {
        const one = all.filter(({ arity }) => arity === 1).map(({ name }) => name);
        const name = one.length === 0 ? "kept" : w.random.pick(one);
        const way = w.random.pick([
          `&${name}/1`,
          `&Program.${name}/1`,
          `&${name}(&1)`,
          `fn x -> ${name}(x) end`,
        ]);
        return [
          ...line("if Some.fuel() do"),
          ...indented(call(w.random.pick(["Enum.map", ":lists.map"]), ...mapped(w, s, d, way))),
          ...line("else"),
          ...indented(w.atom(s)),
          ...line("end"),
        ].map((part) => ({ ...part, text: part.text.replace(":lists.map", "Around.map") }));
      },
    },
    {
      name: "apply.fun",
      weight: 2,
      make: (w, s, d) => {
        const fun = w.random.pick([
          "&kept/1",
          "&Program.kept/1",
          "fn x -> kept(x) end",
          "&Some.risky/1",
        ]);
        const way = w.random.pick(["apply", ":erlang.apply"]);
        return [
          ...line(`${way}(`),
          ...indented(line(`${fun},`)),
          ...indented(line("[")),
          ...indented(w.expression(s, d), 2),
          ...indented(line("]")),
          ...line(")"),
        ];
      },
    },
    {
      name: "call.made",
      weight: 2,
      make: (w, s, d) =>
        call(
          w.random.pick(["made_one", "made_two", "used", "kept_used", "wrapped"]),
          w.expression(s, d),
        ),
    },
  ];
}

function mapped(w: Writer, s: Scope, d: number, way: string): readonly Text[] {
  return [w.list(s, d), line(way)];
}

function fueled(w: Writer, s: Scope, d: number, made: Text): Text {
  return [
    ...line("if Some.fuel() do"),
    ...indented(made),
    ...line("else"),
    ...indented(w.expression(s, d)),
    ...line("end"),
  ];
}

/** A call of any function of the program, in any way. */
function ways(w: Writer, s: Scope, all: readonly Callee[]): Text {
  const { name, arity } = w.random.pick(all);
  const args = Array.from({ length: arity }, () => w.variable(s) ?? w.token()).join(", ");
  return line(
    w.random.pick([
      `${name}(${args})`,
      `Program.${name}(${args})`,
      `__MODULE__.${name}(${args})`,
      `apply(Program, :${name}, [${args}])`,
      `:erlang.apply(Program, :${name}, [${args}])`,
      `(&${name}/${String(arity)}).(${args})`,
      `(&Program.${name}/${String(arity)}).(${args})`,
      `Around.call(Program, :${name}, [${args}])`,
      `Around.call(fn -> ${name}(${args}) end)`,
    ]),
  );
}

/** Recursion to a depth at which stack traces are cut, and a failure there more often than not. */
function deep(w: Writer, s: Scope): string {
  const value = w.variable(s) ?? w.token();
  const depth = String(w.random.between(1, w.random.chance(20) ? 200 : 14));
  const name = w.random.pick([
    "grow",
    "loop",
    "ping",
    "far",
    "held",
    "mixed",
    "guarded",
    "funs",
    "handed",
    "outward",
    "inward",
    "stored",
  ]);
  return `${name}(${depth}, ${value})`;
}

/** What the calls above need; the same in every program. */
export const helpers: Text = suffixed(
  `use Makes

for {name, n} <- [made_one: 1, made_two: 2] do
  def unquote(name)(x), do: {unquote(n), kept(x)}
end

def wrapped(x), do: [super(x) | kept(x)]

def kept(x), do: Some.risky(x)
def seen(_name, value), do: value

def grow(0, v), do: Some.risky(Some.risky(Some.risky(v)))

def grow(n, v) do
  more = grow(n - 1, v)
  {n, more}
end

def loop(0, v), do: Around.fail(v)
def loop(n, v) when n > 0, do: loop(n - 1, {v, n}) |> elem(1)

def ping(0, v), do: Some.risky(v)
def ping(n, v), do: pong(n - 1, v)

defp pong(0, v), do: raise(ArgumentError, "pong #{inspect(v)}")
defp pong(n, v), do: if(n == 3, do: [ping(n - 1, v)], else: ping(n - 1, v))

def far(0, v), do: Around.fail(v)
def far(n, v), do: Program.far(n - 1, v)

def held(0, v), do: Around.fail(v)
def held(n, v), do: Around.call(fn -> held(n - 1, v) end)

def mixed(0, v), do: Around.risky(v)

def mixed(n, v) do
  case rem(n, 4) do
    0 -> mixed(n - 1, v)
    1 -> Around.call(Program, :mixed, [n - 1, v])
    2 -> [mixed(n - 1, v)]
    3 -> apply(Program, :mixed, [n - 1, v])
  end
end

def guarded(0, v), do: Some.risky(Some.risky(v))

def guarded(n, v) do
  try do
    if rem(n, 3) == 0, do: Around.call(fn -> guarded(n - 1, v) end), else: guarded(n - 1, v)
  rescue
    e in [ArgumentError, KeyError] -> if(n > 3, do: reraise(e, __STACKTRACE__), else: Around.trace(__STACKTRACE__))
  catch
    :throw, x when n > 2 -> throw({x, n})
    :exit, x when n > 2 -> :erlang.raise(:exit, x, __STACKTRACE__)
  end
end

def funs(n, v) do
  step = fn
    0, v, _ -> Around.risky(v)
    n, v, step when rem(n, 2) == 0 -> step.(n - 1, v, step)
    n, v, step -> {n, step.(n - 1, v, step)}
  end

  step.(n, v, step)
end

def again(kind, reason, stack), do: :erlang.raise(kind, reason, stack)

def handed(n, v) do
  [grow(n, v)]
catch
  kind, reason -> again(kind, reason, __STACKTRACE__)
end

def outward(n, v) do
  [grow(n, v)]
catch
  kind, reason -> Around.again(kind, reason, __STACKTRACE__)
end

def inward(0, v) do
  Around.risky(v)
rescue
  e -> {e, __STACKTRACE__}
catch
  kind, reason -> {kind, reason, __STACKTRACE__}
end

def inward(n, v), do: Around.call(fn -> inward(n - 1, v) end)

def stored(0, v), do: kept(v)

def stored(n, v) do
  try do
    mixed(n, v)
  catch
    _, _ -> Process.put(:stack, __STACKTRACE__)
  end

  Around.again(:error, {:stored, n}, Process.get(:stack) || [])
end`
    .split("\n")
    .flatMap((text) => line(text)),
  "",
);
