# Which lines of a program can be observed, told from Elixir's own quoted form.
#
# A line stands for one operation when exactly one call or operator is written on it and nothing else
# there becomes a call in compiled code (`for`, interpolation, `in` …). Patterns and guards are no
# operations. Names are taken with the line of the pattern that binds them.

defmodule Observable do
  @moduledoc false

  defstruct calls: %{},
            fns: MapSet.new(),
            matches: MapSet.new(),
            clauses: MapSet.new(),
            tried: MapSet.new(),
            binds: MapSet.new()

  # macros that are one call when compiled
  @raising [:raise, :reraise]
  @quiet Enum.map(Kernel.__info__(:macros) ++ Kernel.SpecialForms.__info__(:macros), &elem(&1, 0)) --
           @raising
  # functions that cannot fail and do nothing, so that nobody needs to see them run; `not` in a test is
  # where it branches and no operation
  @harmless [:not, :==, :!=, :===, :!==, :<, :>, :<=, :>=, :self, :make_ref, :max, :min, :node] ++
              [:is_atom, :is_binary, :is_bitstring, :is_boolean, :is_float, :is_function] ++
              [
                :is_integer,
                :is_list,
                :is_map,
                :is_number,
                :is_pid,
                :is_port,
                :is_reference,
                :is_tuple
              ]
  # what becomes calls of its own at its line
  @noisy [:for, :in, :.., :"..//", :<>, :to_string, :to_charlist, :match?, :then, :tap, :is_nil] ++
           [:dbg, :binding, :sigil_w, :sigil_r, :sigil_s, :sigil_c]
  # what becomes clauses of its own at its line
  @branching [:if, :unless, :&&, :||, :and, :or, :!]
  @paths [:put_in, :update_in, :pop_in, :get_and_update_in]

  @spec lines(Macro.t()) :: %__MODULE__{}
  def lines(quoted) do
    facts = quoted |> expr() |> List.flatten()

    %__MODULE__{
      calls: alone(facts, :call),
      fns: facts |> alone(:fn) |> Map.keys() |> MapSet.new(),
      matches: facts |> alone(:match) |> Map.keys() |> MapSet.new(),
      clauses: facts |> alone(:clause) |> Map.keys() |> MapSet.new(),
      tried: for({line, :tried} <- alone(facts, :clause), into: MapSet.new(), do: line),
      binds: for({:bind, line, name} <- facts, into: MapSet.new(), do: {name, line})
    }
  end

  defp alone(facts, kind) do
    disturbing = %{call: [:noise], clause: [:noise, :branch]}[kind] || []

    facts
    |> Enum.filter(&(elem(&1, 0) in [kind | disturbing]))
    |> Enum.group_by(&elem(&1, 1))
    |> Enum.flat_map(fn
      {line, [{^kind, line, what}]} -> [{line, what}]
      _ -> []
    end)
    |> Map.new()
  end

  # expressions ---------------------------------------------------------------------------------

  defp expr({:__block__, _, parts}), do: Enum.map(parts, &expr/1)
  defp expr({:@, _, _}), do: []
  defp expr({:quote, _, args}), do: unquoted(args)
  defp expr({:__aliases__, _, _}), do: []
  defp expr({:defmodule, _, [_, [{_do, body}]]}), do: expr(body)
  defp expr({:defstruct, _, _}), do: []
  defp expr({name, _, [_ | _]}) when name in [:alias, :import, :require, :use], do: []

  defp expr({kind, _, [head]}) when kind in [:def, :defp], do: head(head)

  defp expr({kind, _, [head, blocks]}) when kind in [:def, :defp],
    do: [head(head), blocks(blocks)]

  defp expr({:=, meta, [left, right]}) do
    [{:match, meta[:line], nil}, pattern(left), expr(right)]
  end

  defp expr({:destructure, meta, [left, right]}) do
    [{:noise, meta[:line], :destructure}, pattern(left), expr(right)]
  end

  # what is on the way to a place is not read by itself
  defp expr({name, meta, [path | args]}) when name in @paths do
    [{:noise, meta[:line], name}, path(path), Enum.map(args, &expr/1)]
  end

  defp expr({:fn, meta, clauses}) do
    # compiled, a pin in the head of a `fn` is part of the guard
    kind = fn {:->, _, [heads, _]} -> if pinned?(heads), do: :pattern, else: :tried end
    [{:fn, meta[:line], nil}, Enum.map(clauses, &clause(&1, kind.(&1)))]
  end

  defp expr({:&, _, [{:/, _, [{name, _, context}, arity]}]})
       when is_atom(name) and is_atom(context) and is_integer(arity),
       do: []

  defp expr({:&, _, [{:/, _, [{{:., _, _}, _, []}, arity]}]}) when is_integer(arity), do: []
  defp expr({:&, _, [place]}) when is_integer(place), do: []
  defp expr({:&, meta, [body]}), do: [{:fn, meta[:line], nil}, expr(body)]

  defp expr({:cond, meta, [[{_do, clauses}]]}) do
    [{:branch, meta[:line], :cond}, Enum.map(clauses, &clause(&1, :expr))]
  end

  defp expr({:case, _, args}) do
    {args, [[{_do, clauses}]]} = Enum.split(args, -1)
    [Enum.map(args, &expr/1), Enum.map(clauses, &clause(&1, :tried))]
  end

  defp expr({:try, _, [blocks]}), do: blocks(blocks)

  defp expr({:receive, _, [blocks]}) do
    Enum.map(blocks, fn
      {:do, {:__block__, _, []}} -> []
      {:do, clauses} -> Enum.map(clauses, &clause(&1, :pattern))
      {:after, [{:->, _, [[timeout], body]}]} -> [expr(timeout), expr(body)]
    end)
  end

  defp expr({:with, meta, args}) do
    {steps, blocks} = split_blocks(args)

    # compiled `else` clauses have the line of the `with`
    blocks =
      Enum.map(blocks, fn
        {:else, clauses} -> Enum.map(clauses, &clause(&1, :unplaced))
        {_do, body} -> expr(body)
      end)

    [{:branch, meta[:line], :with}, Enum.map(steps, &step/1), blocks]
  end

  defp expr({:for, meta, args}) do
    {steps, options} = split_blocks(args)

    options =
      Enum.map(options, fn
        {:do, [{:->, _, _} | _] = clauses} -> Enum.map(clauses, &clause(&1, :pattern))
        {_name, value} -> expr(value)
      end)

    [{:noise, meta[:line], :for}, Enum.map(steps, &step/1), options]
  end

  defp expr({:<<>>, meta, parts}) do
    Enum.map(parts, fn
      # interpolation
      {:"::", _, [{{:., _, [Kernel, :to_string]}, _, [part]}, _]} ->
        [{:noise, meta[:line], :to_string}, {:noise, line_of(part, meta), :to_string}, expr(part)]

      {:"::", _, [part, _type]} ->
        expr(part)

      part ->
        expr(part)
    end)
  end

  defp expr({:"::", _, [part, _]}), do: expr(part)
  defp expr({:^, _, _}), do: []
  defp expr({:%, _, [_, map]}), do: expr(map)
  defp expr({name, _, parts}) when name in [:{}, :%{}, :|], do: Enum.map(parts, &expr/1)

  # a sign that is part of a number
  defp expr({sign, _, [number]}) when sign in [:-, :+] and is_number(number), do: []

  defp expr({{:., _, [left, name]}, meta, args}) do
    call =
      if meta[:no_parens] && not match?({:__aliases__, _, _}, left),
        do: {:noise, meta[:line], name},
        else: {:call, meta[:line], {name, length(args)}}

    [expr(left), Enum.map(args, &expr/1), call]
  end

  defp expr({{:., _, [fun]}, meta, args}) do
    [expr(fun), Enum.map(args, &expr/1), {:call, meta[:line], {:., length(args)}}]
  end

  defp expr({name, meta, args}) when is_atom(name) and is_list(args) do
    fact =
      cond do
        name in @noisy or name in @harmless -> {:noise, meta[:line], name}
        name in @branching -> {:branch, meta[:line], name}
        name in @quiet -> []
        true -> {:call, meta[:line], {name, length(args)}}
      end

    {args, blocks} = split_blocks(args)
    [Enum.map(args, &expr/1), blocks(blocks), fact]
  end

  defp expr({name, _, context}) when is_atom(name) and is_atom(context), do: []
  defp expr({left, right}), do: [expr(left), expr(right)]
  defp expr(list) when is_list(list), do: Enum.map(list, &expr/1)
  defp expr(_literal), do: []

  # clauses, steps, heads -----------------------------------------------------------------------

  defp split_blocks(args) do
    case List.last(args) do
      [{key, _} | _] = last when is_atom(key) -> {Enum.drop(args, -1), last}
      _ -> {args, []}
    end
  end

  defp blocks(blocks) do
    Enum.map(blocks, fn
      {:rescue, clauses} -> Enum.map(clauses, &clause(&1, :rescue))
      {_, [{:->, _, _} | _] = clauses} -> Enum.map(clauses, &clause(&1, :pattern))
      {_, body} -> expr(body)
    end)
  end

  defp clause({:->, meta, [heads, body]}, kind) do
    facts =
      case kind do
        :expr -> [{:branch, meta[:line], :cond}, Enum.map(heads, &expr/1)]
        :rescue -> [{:noise, meta[:line], :rescue}, Enum.map(heads, &rescue_head/1)]
        :unplaced -> [Enum.map(heads, &guarded/1)]
        :pattern -> [{:clause, meta[:line], :chosen}, Enum.map(heads, &guarded/1)]
        :tried -> [{:clause, meta[:line], :tried}, Enum.map(heads, &guarded/1)]
      end

    [facts, expr(body)]
  end

  # of what is quoted only `unquote(…)` is evaluated
  defp unquoted({:unquote, _, [part]}), do: expr(part)
  defp unquoted({form, _, args}), do: [unquoted(form), unquoted(args)]
  defp unquoted({left, right}), do: [unquoted(left), unquoted(right)]
  defp unquoted(list) when is_list(list), do: Enum.map(list, &unquoted/1)
  defp unquoted(_), do: []

  defp path({{:., _, [left, key]}, meta, args}) do
    [{:noise, meta[:line], :get}, path(left), expr(key), Enum.map(args, &expr/1)]
  end

  defp path(data), do: expr(data)

  defp pinned?({:^, _, _}), do: true
  defp pinned?({form, _, args}), do: pinned?(form) or pinned?(args)
  defp pinned?({left, right}), do: pinned?(left) or pinned?(right)
  defp pinned?(list) when is_list(list), do: Enum.any?(list, &pinned?/1)
  defp pinned?(_), do: false

  defp rescue_head({:in, _, [name, _]}), do: pattern(name)
  defp rescue_head({:__aliases__, _, _}), do: []
  defp rescue_head(list) when is_list(list), do: []
  defp rescue_head(name), do: pattern(name)

  defp guarded({:when, _, parts}), do: parts |> Enum.drop(-1) |> Enum.map(&pattern/1)
  defp guarded(head), do: pattern(head)

  defp step({:<-, _, [left, right]}), do: [guarded(left), expr(right)]

  defp step({:<<>>, _, parts} = binary) do
    case List.last(parts) do
      {:<-, _, [left, right]} ->
        [Enum.map(Enum.drop(parts, -1), &pattern/1), pattern(left), expr(right)]

      _ ->
        expr(binary)
    end
  end

  defp step(other), do: expr(other)

  defp head({:when, _, [head | _]}), do: head(head)

  defp head({_name, meta, args}) when is_list(args) do
    # one with defaults is several functions on one line
    defaults? = Enum.any?(args, &match?({:\\, _, _}, &1))
    clause = if defaults?, do: [], else: [{:clause, meta[:line], :tried}]
    [clause, Enum.map(args, &pattern/1)]
  end

  defp head(_), do: []

  # patterns ------------------------------------------------------------------------------------

  defp pattern({:^, _, _}), do: []
  defp pattern({:__aliases__, _, _}), do: []
  defp pattern({:\\, _, [left, default]}), do: [pattern(left), expr(default)]
  defp pattern({:"::", _, [left, _]}), do: pattern(left)
  defp pattern({:<>, _, [_, right]}), do: pattern(right)
  defp pattern({:_, _, context}) when is_atom(context), do: []

  defp pattern({name, meta, context}) when is_atom(name) and is_atom(context),
    do: {:bind, meta[:line], name}

  defp pattern({:%, _, [name, map]}), do: [pattern(name), pattern(map)]
  defp pattern({_, _, args}) when is_list(args), do: Enum.map(args, &pattern/1)
  defp pattern({left, right}), do: [pattern(left), pattern(right)]
  defp pattern(list) when is_list(list), do: Enum.map(list, &pattern/1)
  defp pattern(_), do: []

  defp line_of({_, meta, _}, _) when is_list(meta), do: meta[:line]
  defp line_of(_, meta), do: meta[:line]
end
