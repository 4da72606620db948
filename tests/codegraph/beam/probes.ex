# Inserts probes into the abstract forms of a compiled module: the order in which operations run, what
# they return, which clause is taken and what each name is bound to. Works on what the compiler made of
# the program and shares nothing with the graphs that are checked.
#
# `f(A, B)` becomes `T1 = A, T2 = B, call(Line, [T1, T2]), R = f(T1, T2), returned(Line, R), R`.

defmodule Probes do
  @moduledoc false

  @generated [generated: true, location: 0]

  @spec insert([tuple], %Observable{}) :: [tuple]
  def insert(forms, observable) do
    Process.put(:temporary, 0)
    Enum.flat_map(forms, &form(&1, observable))
  end

  # functions -----------------------------------------------------------------------------------

  defp form({:function, a, name, arity, clauses} = function, o) do
    if String.starts_with?(Atom.to_string(name), ["__", "MACRO-"]) do
      [function]
    else
      implementation = :"#{name} implementation"
      args = temporaries(arity)
      call = {:call, a, {:atom, a, implementation}, args}
      run = trials(clauses, args, o) ++ [call]
      body = frame("def", {:string, 0, Atom.to_charlist(name)}, arity, args, run)

      [
        {:function, a, name, arity, [{:clause, a, args, [], body}]},
        {:function, a, implementation, arity, Enum.map(clauses, &clause(&1, o, nil))}
      ]
    end
  end

  defp form(other, _o), do: [other]

  # enters, runs, and tells how it ended
  defp frame(kind, name, number, args, run) do
    value = temporary()
    [class, reason, stack] = temporaries(3)

    name = {:bin, 0, [{:bin_element, 0, name, :default, :default}]}

    kind =
      {:bin, 0, [{:bin_element, 0, {:string, 0, String.to_charlist(kind)}, :default, :default}]}

    [
      record(:enter, [kind, name, {:integer, 0, number}, list(args)]),
      {:try, 0, run, [{:clause, 0, [value], [], [record(:leave, [value]), value]}],
       [
         {:clause, 0, [{:tuple, 0, [class, reason, stack]}], [],
          [
            record(:fail, [class]),
            {:call, 0, {:remote, 0, {:atom, 0, :erlang}, {:atom, 0, :raise}},
             [class, reason, stack]}
          ]}
       ], []}
    ]
  end

  # clauses -------------------------------------------------------------------------------------

  defp clause({:clause, a, patterns, guards, body}, o, claimed) do
    line = line(a)

    chosen =
      if MapSet.member?(o.clauses, line), do: [record(:clause, [{:integer, 0, line}])], else: []

    {:clause, a, patterns, guards, chosen ++ binds(patterns, o) ++ body(body, o, claimed)}
  end

  # Tells, before clauses are tried in earnest, which patterns match, up to the one that is chosen. In a
  # function of its own, so that names bound by it are not bound outside.
  defp trials(clauses, values, o) do
    if Enum.any?(clauses, fn {:clause, a, _, _, _} -> MapSet.member?(o.tried, line(a)) end) do
      args = temporaries(length(values))
      run = clauses |> Enum.reverse() |> Enum.reduce({:atom, 0, :ok}, &trial(&1, &2, args, o))
      [{:call, 0, {:fun, 0, {:clauses, [{:clause, 0, args, [], [run]}]}}, values}]
    else
      []
    end
  end

  defp trial({:clause, a, patterns, guards, _}, next, args, o) do
    line = line(a)
    tried? = MapSet.member?(o.tried, line)

    told = fn matches ->
      if tried?, do: [record(:tried, [{:integer, 0, line}, {:atom, 0, matches}])], else: []
    end

    value = {:tuple, 0, args}
    pattern = {:tuple, 0, patterns}
    otherwise = fn body -> {:clause, @generated, [{:var, 0, :_}], [], body} end

    guarded = fn ->
      {:case, @generated, value,
       [{:clause, @generated, [pattern], guards, [{:atom, 0, :ok}]}, otherwise.([next])]}
    end

    matched = if guards == [], do: [{:atom, 0, :ok}], else: [guarded.()]

    {:case, @generated, value,
     [
       {:clause, @generated, [pattern], [], told.(true) ++ matched},
       otherwise.(told.(false) ++ [next])
     ]}
  end

  defp binds(pattern, o) do
    for {line, name, var} <- pattern |> variables([]) |> Enum.reverse() |> Enum.uniq(),
        MapSet.member?(o.binds, {name, line}) do
      record(:bind, [{:atom, 0, name}, {:integer, 0, line}, var])
    end
  end

  # `x` in the source is `_x@3` in the forms
  defp variables({:var, a, name}, found) do
    case Regex.run(~r/^_(.+)@\d+$/, Atom.to_string(name)) do
      [_, source] -> [{line(a), String.to_atom(source), {:var, 0, name}} | found]
      nil -> found
    end
  end

  defp variables(tuple, found) when is_tuple(tuple), do: variables(Tuple.to_list(tuple), found)
  defp variables([head | tail], found), do: variables(tail, variables(head, found))
  defp variables(_, found), do: found

  # expressions: `claimed` is the line whose operation encloses them --------------------------------

  defp body(expressions, o, claimed), do: Enum.map(expressions, &expr(&1, o, claimed))

  defp expr({:call, a, callee, args} = call, o, claimed) do
    line = line(a)

    if observed?(o, line, claimed) and counts?(callee, Map.get(o.calls, line)) do
      operands = operands(callee) ++ args

      operation(line, operands, o, fn values ->
        {callee, args} = with_operands(callee, values)
        {:call, a, callee, args}
      end)
    else
      {:call, a, callee, args} = call
      {:call, a, callee(callee, o, claimed), body(args, o, claimed)}
    end
  end

  defp expr({:op, a, operator, left, right}, o, claimed) do
    line = line(a)

    if operator not in [:andalso, :orelse] and observed?(o, line, claimed) do
      operation(line, [left, right], o, fn [left, right] -> {:op, a, operator, left, right} end)
    else
      {:op, a, operator, expr(left, o, claimed), expr(right, o, claimed)}
    end
  end

  defp expr({:op, a, operator, operand}, o, claimed) do
    line = line(a)

    if observed?(o, line, claimed) do
      operation(line, [operand], o, fn [operand] -> {:op, a, operator, operand} end)
    else
      {:op, a, operator, expr(operand, o, claimed)}
    end
  end

  defp expr({:match, a, pattern, value}, o, claimed) do
    line = line(a)
    value = expr(value, o, claimed)
    binds = binds(pattern, o)
    told? = MapSet.member?(o.matches, line)

    if binds == [] and not told? do
      {:match, a, pattern, value}
    else
      whole = temporary()
      before = if told?, do: [record(:match, [{:integer, 0, line}])], else: []
      done = if told?, do: [record(:matched, [{:integer, 0, line}])], else: []
      parts = [{:match, @generated, whole, value}] ++ before ++ [{:match, a, pattern, whole}]
      {:block, 0, parts ++ done ++ binds ++ [whole]}
    end
  end

  defp expr({:case, a, value, clauses}, o, claimed) do
    value = expr(value, o, claimed)
    probed = Enum.map(clauses, &clause(&1, o, claimed))
    whole = temporary()

    case trials(clauses, [whole], o) do
      [] ->
        {:case, a, value, probed}

      trials ->
        {:block, 0, [{:match, @generated, whole, value} | trials] ++ [{:case, a, whole, probed}]}
    end
  end

  defp expr({:if, a, clauses}, o, claimed) do
    {:if, a, Enum.map(clauses, &clause(&1, o, claimed))}
  end

  defp expr({:try, a, body, clauses, catches, after_body}, o, claimed) do
    {:try, a, body(body, o, claimed), Enum.map(clauses, &clause(&1, o, claimed)),
     Enum.map(catches, &clause(&1, o, claimed)), body(after_body, o, claimed)}
  end

  defp expr({:receive, a, clauses}, o, claimed) do
    {:receive, a, Enum.map(clauses, &clause(&1, o, claimed))}
  end

  defp expr({:receive, a, clauses, timeout, after_body}, o, claimed) do
    {:receive, a, Enum.map(clauses, &clause(&1, o, claimed)), expr(timeout, o, claimed),
     body(after_body, o, claimed)}
  end

  defp expr({:fun, a, {:clauses, clauses}}, o, claimed) do
    line = line(a)
    [{:clause, _, patterns, _, _} | _] = clauses
    probed = Enum.map(clauses, &clause(&1, o, claimed))

    if MapSet.member?(o.fns, line) do
      args = patterns |> length() |> temporaries()
      call = {:call, a, {:fun, a, {:clauses, probed}}, args}
      run = trials(clauses, args, o) ++ [call]
      body = frame("fn", {:string, 0, ''}, line, args, run)
      {:fun, a, {:clauses, [{:clause, a, args, [], body}]}}
    else
      {:fun, a, {:clauses, probed}}
    end
  end

  defp expr({:named_fun, a, name, clauses}, o, claimed) do
    {:named_fun, a, name, Enum.map(clauses, &clause(&1, o, claimed))}
  end

  defp expr({kind, a, template, qualifiers}, o, claimed) when kind in [:lc, :bc] do
    qualifiers =
      Enum.flat_map(qualifiers, fn
        {generator, a, pattern, value} when generator in [:generate, :b_generate] ->
          bound = {:block, 0, binds(pattern, o) ++ [{:atom, 0, true}]}
          [{generator, a, pattern, expr(value, o, claimed)}, bound]

        filter ->
          [expr(filter, o, claimed)]
      end)

    {kind, a, expr(template, o, claimed), qualifiers}
  end

  defp expr({:block, a, parts}, o, claimed), do: {:block, a, body(parts, o, claimed)}
  defp expr({:tuple, a, parts}, o, claimed), do: {:tuple, a, body(parts, o, claimed)}

  defp expr({:cons, a, head, tail}, o, claimed) do
    {:cons, a, expr(head, o, claimed), expr(tail, o, claimed)}
  end

  defp expr({:map, a, pairs}, o, claimed), do: {:map, a, body(pairs, o, claimed)}

  defp expr({:map, a, map, pairs}, o, claimed) do
    {:map, a, expr(map, o, claimed), body(pairs, o, claimed)}
  end

  defp expr({kind, a, key, value}, o, claimed)
       when kind in [:map_field_assoc, :map_field_exact] do
    {kind, a, expr(key, o, claimed), expr(value, o, claimed)}
  end

  defp expr({:bin, a, elements}, o, claimed) do
    {:bin, a,
     Enum.map(elements, fn {:bin_element, a, value, size, types} ->
       {:bin_element, a, expr(value, o, claimed), size, types}
     end)}
  end

  defp expr(leaf, _o, _claimed)
       when elem(leaf, 0) in [:var, :atom, :integer, :float, :string, :char, nil, :fun],
       do: leaf

  # operations ----------------------------------------------------------------------------------

  defp observed?(o, line, claimed), do: line != claimed and Map.has_key?(o.calls, line)

  # checks that the compiler adds raise by themselves: they are no call of the source
  defp counts?({:remote, _, {:atom, _, :erlang}, {:atom, _, name}}, {source, _arity})
       when name in [:error, :raise],
       do: source in [:raise, :reraise, :error]

  defp counts?(_callee, _source), do: true

  defp operation(line, operands, o, operation) do
    {bound, values} =
      operands
      |> Enum.map(fn operand ->
        value = temporary()
        {{:match, @generated, value, expr(operand, o, line)}, value}
      end)
      |> Enum.unzip()

    result = temporary()

    {:block, 0,
     bound ++
       [
         record(:call, [{:integer, 0, line}, list(values)]),
         {:match, @generated, result, operation.(values)},
         record(:returned, [{:integer, 0, line}, result]),
         result
       ]}
  end

  defp callee({:remote, a, module, name}, o, claimed) do
    {:remote, a, expr(module, o, claimed), expr(name, o, claimed)}
  end

  defp callee(fun, o, claimed), do: expr(fun, o, claimed)

  defp operands({:remote, _, {:atom, _, _}, _}), do: []
  defp operands({:remote, _, module, _}), do: [module]
  defp operands({:atom, _, _}), do: []
  defp operands(fun), do: [fun]

  defp with_operands({:remote, _, {:atom, _, _}, _} = callee, args), do: {callee, args}

  defp with_operands({:remote, a, _, name}, [module | args]),
    do: {{:remote, a, module, name}, args}

  defp with_operands({:atom, _, _} = callee, args), do: {callee, args}
  defp with_operands(_, [fun | args]), do: {fun, args}

  # making forms --------------------------------------------------------------------------------

  defp record(name, args) do
    {:call, 0, {:remote, 0, {:atom, 0, Recorder}, {:atom, 0, name}}, args}
  end

  defp list(values), do: List.foldr(values, {nil, 0}, &{:cons, 0, &1, &2})
  defp temporaries(count), do: for(_ <- 1..count//1, do: temporary())

  defp temporary do
    number = Process.get(:temporary) + 1
    Process.put(:temporary, number)
    {:var, @generated, :"probe #{number}"}
  end

  defp line(a), do: :erl_anno.line(a)
end
