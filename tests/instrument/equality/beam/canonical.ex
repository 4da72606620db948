# Terms as they can be compared between two runs: processes, references and ports by the order in which
# they first appear, closures by their function and variables.

defmodule Canonical do
  @moduledoc false

  @spec term(term) :: term
  def term(term), do: term |> walk(%{}) |> elem(0)

  @doc """
  The same, but for what cannot be equal (docs/decisions/0009): functions that the compiler makes of
  comprehensions and of `after` may take one more variable; a stack trace that a `catch` looks at below
  held calls may lack its last entries.
  """
  @spec same?(term, term) :: boolean
  def same?(was, is) when was === is, do: true

  def same?({module, name, was, where}, {module, other, is, where})
      when is_atom(name) and is_atom(other),
      do: (name == other and same?(was, is)) or (compiler_made?(name) and compiler_made?(other))

  def same?([first | _] = was, is) when is_list(is),
    do: if(entry?(first), do: same_stack?(was, is), else: pairwise?(was, is))

  def same?(was, is) when is_tuple(was) and is_tuple(is),
    do: pairwise?(Tuple.to_list(was), Tuple.to_list(is))

  def same?(_, _), do: false

  # Known and to be mended: a function whose last call is a comprehension or a literal fun has an entry
  # that it had not.
  defp same_stack?([was | rest], [is | other] = stack) do
    if same?(was, is), do: same_stack?(rest, other), else: same_stack?([was | rest], stack, 1)
  end

  defp same_stack?([], rest), do: match?([], rest) or match?([{_, _, _, _}], rest)
  defp same_stack?(_cut_off, []), do: true

  defp same_stack?(was, [{module, _, _, _} | rest], 1) when module != Some and module != Around,
    do: pairwise?(Enum.take(was, length(rest)), rest)

  defp same_stack?(_, _, _), do: false

  defp compiler_made?(name), do: match?("-" <> _, Atom.to_string(name))

  defp pairwise?([was | rest], [is | other]), do: same?(was, is) and pairwise?(rest, other)
  defp pairwise?(was, is) when is_list(was) or is_list(is), do: was === is
  defp pairwise?(was, is), do: same?(was, is)

  @doc "Without stack traces: tracing changes what is on the stack."
  @spec without_stacks(term) :: term
  def without_stacks([head | tail]) do
    if entry?(head),
      do: :stack,
      else: [without_stacks(head) | without_stacks(tail)]
  end

  def without_stacks(tuple) when is_tuple(tuple),
    do: tuple |> Tuple.to_list() |> Enum.map(&without_stacks/1) |> List.to_tuple()

  def without_stacks(term), do: term

  defp entry?({module, name, arity, where}),
    do:
      is_atom(module) and is_atom(name) and (is_integer(arity) or is_list(arity)) and
        is_list(where)

  defp entry?(_), do: false

  defp walk(term, seen) when is_pid(term) or is_reference(term) or is_port(term) do
    case seen do
      %{^term => label} -> {label, seen}
      _ -> label(term, seen)
    end
  end

  defp walk(fun, seen) when is_function(fun) do
    case Function.info(fun, :type) do
      {:type, :external} ->
        {fun, seen}

      _ ->
        info = Function.info(fun)
        {env, seen} = walk(info[:env], seen)
        {{:fun, info[:module], info[:name], info[:arity], Enum.sort(List.wrap(env))}, seen}
    end
  end

  defp walk([head | tail], seen) do
    {head, seen} = walk(head, seen)
    {tail, seen} = walk(tail, seen)
    {[head | tail], seen}
  end

  defp walk(tuple, seen) when is_tuple(tuple) do
    {list, seen} = walk(Tuple.to_list(tuple), seen)
    {List.to_tuple(list), seen}
  end

  defp walk(map, seen) when is_map(map) do
    {pairs, seen} = walk(:maps.to_list(map), seen)
    {{:map, pairs}, seen}
  end

  defp walk(other, seen), do: {other, seen}

  defp label(term, seen) do
    kind = if is_pid(term), do: :pid, else: if(is_reference(term), do: :ref, else: :port)
    label = {kind, map_size(seen)}
    {label, Map.put(seen, term, label)}
  end
end
