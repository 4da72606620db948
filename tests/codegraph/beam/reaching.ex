# Which binding each variable of a program has where it is read, told by the compiler: in the forms every
# binding of a name is a variable of its own (`v` is `_v@1`, then `_v@2` …).

defmodule Reaching do
  @moduledoc false

  @doc "`[name, line where it is read, line where that was bound]`, each once."
  @spec definitions([tuple], %Observable{}) :: [[String.t() | integer]]
  def definitions(forms, observable) do
    for {:function, _, name, _, clauses} <- forms,
        not String.starts_with?(Atom.to_string(name), ["__", "MACRO-"]),
        {source, line, bound} <- clauses |> fresh(%{}) |> List.flatten(),
        # not what macros bind
        MapSet.member?(observable.binds, {String.to_atom(source), bound}),
        line != bound,
        uniq: true do
      [source, line, bound]
    end
  end

  # clauses whose patterns bind what they name whatever is bound outside
  defp fresh(clauses, env) do
    Enum.map(clauses, fn {:clause, _, patterns, guards, body} ->
      {inner, reads} = pattern(patterns, env, %{})
      [reads, elem(walk([guards, body], inner), 1)]
    end)
  end

  # clauses in whose patterns what is bound outside is compared
  defp clauses(clauses, env) do
    Enum.map(clauses, fn {:clause, _, patterns, guards, body} ->
      {inner, reads} = pattern(patterns, env, env)
      [reads, elem(walk([guards, body], inner), 1)]
    end)
  end

  # answers what is bound afterwards, and what was read
  defp walk({:match, _, pattern, value}, env) do
    {env, reads} = walk(value, env)
    {env, more} = pattern(pattern, env, env)
    {env, [reads, more]}
  end

  defp walk({:case, _, value, clauses}, env) do
    {env, reads} = walk(value, env)
    {env, [reads, clauses(clauses, env)]}
  end

  defp walk({:receive, _, clauses}, env), do: {env, clauses(clauses, env)}

  defp walk({:receive, _, clauses, timeout, body}, env) do
    {env, reads} = walk(timeout, env)
    {env, [reads, clauses(clauses, env), elem(walk(body, env), 1)]}
  end

  defp walk({:try, _, body, clauses, catches, last}, env) do
    {inside, reads} = walk(body, env)
    {env, [reads, clauses(clauses, inside), clauses(catches, env), elem(walk(last, env), 1)]}
  end

  defp walk({:fun, _, {:clauses, clauses}}, env), do: {env, fresh(clauses, env)}
  defp walk({:named_fun, _, _, clauses}, env), do: {env, fresh(clauses, env)}

  defp walk({kind, _, template, qualifiers}, env) when kind in [:lc, :bc] do
    {inside, reads} =
      Enum.reduce(qualifiers, {env, []}, fn
        {generator, _, pattern, value}, {env, reads} when generator in [:generate, :b_generate] ->
          {_, more} = walk(value, env)
          {env, bits} = pattern(pattern, env, %{})
          {env, [reads, more, bits]}

        filter, {env, reads} ->
          {env, more} = walk(filter, env)
          {env, [reads, more]}
      end)

    {env, [reads, elem(walk(template, inside), 1)]}
  end

  defp walk({:var, a, name}, env), do: {env, read(env, a, name)}
  defp walk(tuple, env) when is_tuple(tuple), do: walk(Tuple.to_list(tuple), env)

  defp walk([head | tail], env) do
    {env, reads} = walk(head, env)
    {env, more} = walk(tail, env)
    {env, [reads | more]}
  end

  defp walk(_, env), do: {env, []}

  # `known` are the names that the pattern compares; others it binds
  defp pattern({:var, a, name}, env, known) do
    if Map.has_key?(known, name),
      do: {env, read(env, a, name)},
      else: {Map.put(env, name, :erl_anno.line(a)), []}
  end

  # a size is read, from before or from the same pattern
  defp pattern({:bin_element, _, value, size, _}, env, known) do
    {_, reads} = walk(size, env)
    {env, more} = pattern(value, env, known)
    {env, [reads, more]}
  end

  defp pattern(tuple, env, known) when is_tuple(tuple),
    do: pattern(Tuple.to_list(tuple), env, known)

  defp pattern([head | tail], env, known) do
    {env, reads} = pattern(head, env, known)
    {env, more} = pattern(tail, env, known)
    {env, [reads, more]}
  end

  defp pattern(_, env, _known), do: {env, []}

  defp read(env, a, name) do
    with [_, source] <- Regex.run(~r/^_(.+)@\d+$/, Atom.to_string(name)),
         {:ok, bound} <- Map.fetch(env, name) do
      [{source, :erl_anno.line(a), bound}]
    else
      _ -> []
    end
  end
end
