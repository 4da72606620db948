# Is what was recorded true? Calls, arguments, results and exceptions are held against the VM's own call
# tracing of the plain program, values of variables against what the program itself saw.

defmodule Truth do
  @moduledoc false

  # kinds of events, as packages/trace/src/instrumented.ts numbers them
  @enter 1
  @no_clause 2
  @return 3
  @raise 4
  @tail 5
  @bind 6
  @branch 7

  @doc """
  `theirs` is what `traced/2` made of the plain program's run, `recorded` are the events of the
  instrumented one: `{calls compared, values compared, lies}`.
  """
  def check(theirs, recorded, sites) do
    known =
      Map.new(sites, fn {site, kind, name, arity, names} -> {site, {kind, name, arity, names}} end)

    streams =
      for {pid, events} <- recorded,
          do: {pid, Enum.filter(events, &is_map_key(known, elem(&1, 1)))}

    ours = for {_pid, events} <- streams, do: recorded(events, known)
    {compared, lies} = compare(theirs, ours)
    {seen, unseen} = variables(streams, known)
    {compared, seen, lies ++ unseen}
  end

  @doc """
  `[{function, args, outcome}]` of VM trace messages by process, in the order of the calls. `sites` are
  `{site, kind, function, arity, names}`: functions without an entry are left out.
  """
  def traced(processes, sites) do
    functions = MapSet.new(for {_, "function_clause", name, arity, _} <- sites, do: {name, arity})

    for {_pid, events} <- processes do
      {calls, _open} =
        Enum.reduce(events, {%{}, []}, fn
          {:call, {Program, name, args}}, {calls, open} ->
            index = map_size(calls)
            call = {{Atom.to_string(name), length(args)}, term(args), :open}
            {Map.put(calls, index, call), [index | open]}

          {:return_from, {Program, _, _}, value}, {calls, [top | open]} ->
            {ended(calls, top, term({:returned, value})), open}

          {:exception_from, {Program, _, _}, {class, reason}}, {calls, [top | open]} ->
            {ended(calls, top, term({:raised, class, reason})), open}

          _, state ->
            state
        end)

      in_order = for index <- 0..(map_size(calls) - 1)//1, do: calls[index]
      Enum.filter(in_order, fn {function, _, _} -> function in functions end)
    end
  end

  defp ended(calls, index, outcome), do: Map.update!(calls, index, &put_elem(&1, 2, outcome))

  # the same of the recorded events; a tail call leaves the outcome open
  defp recorded(events, known) do
    {calls, frames} =
      Enum.reduce(events, {%{}, %{}}, fn event, {calls, frames} = state ->
        case event do
          {@enter, site, _, frame, args, _} ->
            entered(state, known[site], frame, args)

          {@enter, site, _, frame, args} ->
            entered(state, known[site], frame, args)

          {@no_clause, site, _, _, args} ->
            refused(state, known[site], args)

          {@return, _, _, frame, value} ->
            left(calls, frames, frame, term({:returned, value}))

          {@raise, _, _, frame, class, reason, _} ->
            left(calls, frames, frame, term({:raised, class, reason}))

          {@tail, _, _, frame} ->
            left(calls, frames, frame, :tail)

          _ ->
            state
        end
      end)

    _ = frames
    for index <- 0..(map_size(calls) - 1)//1, do: calls[index]
  end

  defp entered({calls, frames}, {"function_clause", function, arity, _}, frame, args) do
    index = map_size(calls)

    {Map.put(calls, index, {{function, arity}, term(args), :open}), Map.put(frames, frame, index)}
  end

  defp entered(state, _fn_clause, _frame, _args), do: state

  defp refused({calls, frames}, {_, function, arity, _}, args) do
    call = {{function, arity}, term(args), {:raised, :error, :function_clause}}
    {Map.put(calls, map_size(calls), call), frames}
  end

  defp left(calls, frames, frame, outcome) do
    case frames do
      %{^frame => index} -> {ended(calls, index, outcome), frames}
      _ -> {calls, frames}
    end
  end

  # process by process; which one it is is told by its calls
  defp compare(theirs, ours) do
    [theirs, ours] =
      for processes <- [theirs, ours] do
        Enum.sort(for [_ | _] = calls <- processes, do: {calls(calls), outcomes(calls)})
      end

    [happened, told] = for list <- [theirs, ours], do: Enum.map(list, &elem(&1, 0))

    if told !== happened do
      {0, ["calls: recorded #{shown(told -- happened)} happened #{shown(happened -- told)}"]}
    else
      pairs =
        for {{calls, one}, {_, other}} <- Enum.zip(ours, theirs),
            pair <- Enum.zip([calls, one, other]),
            do: pair

      {length(pairs),
       for({_, one, other} = pair <- pairs, not agree?(one, other), do: shown(pair))}
    end
  end

  defp calls(calls), do: for({function, args, _} <- calls, do: {function, args})
  defp outcomes(calls), do: for({_, _, outcome} <- calls, do: outcome)

  defp agree?(outcome, _) when outcome in [:tail, :open], do: true
  # nobody catches a throw: the VM says so when the process ends
  defp agree?({:raised, :throw, value}, {:raised, :error, {:nocatch, other}}),
    do: value === other

  defp agree?(one, other), do: one === other

  # `seen(:v, v)` in the program: the frame that calls it has recorded a v of that value
  defp variables(streams, known) do
    # below full trace variables are not recorded
    full = for {_, events} <- streams, Enum.any?(events, &(elem(&1, 0) == @bind)), do: events
    checks = for events <- full, check <- seen(events, known), do: check
    {length(checks), for({:lie, text} <- checks, do: text)}
  end

  defp seen(events, known) do
    {_frames, _open, checks} =
      Enum.reduce(events, {%{}, [], []}, fn event, {frames, open, checks} = state ->
        case event do
          {@enter, site, _, frame, args, values} ->
            enter(state, known[site], frame, args, values)

          {@enter, site, _, frame, args} ->
            enter(state, known[site], frame, args, [])

          {kind, site, _, frame, values} when kind in [@bind, @branch] ->
            {kept(frames, frame, known[site], values), open, checks}

          {kind, _, _, frame, _} when kind == @return ->
            {frames, List.delete(open, frame), checks}

          {@raise, _, _, frame, _, _, _} ->
            {frames, List.delete(open, frame), checks}

          {@tail, _, _, frame} ->
            {frames, List.delete(open, frame), checks}

          _ ->
            state
        end
      end)

    checks
  end

  defp enter(
         {frames, open, checks},
         {_, "seen", 2, _} = site,
         frame,
         [name, value] = args,
         values
       ) do
    name = Atom.to_string(name)
    values_of = for {^name, found} <- Map.get(frames, List.first(open), []), do: found

    check =
      cond do
        open == [] or values_of == [] -> :ok
        Enum.any?(values_of, &(&1 === value)) -> :ok
        true -> {:lie, "#{name} was #{shown(value)}, recorded are #{shown(values_of)}"}
      end

    {kept(frames, frame, site, args ++ values), [frame | open], [check | checks]}
  end

  defp enter({frames, open, checks}, site, frame, args, values),
    do: {kept(frames, frame, site, args ++ values), [frame | open], checks}

  defp kept(frames, frame, {_, _, _, names}, values) do
    bound = for {name, value} <- Enum.zip(names, values), name != nil, do: {name, value}
    Map.update(frames, frame, bound, &(bound ++ &1))
  end

  defp term(term), do: term |> Canonical.term() |> Canonical.without_stacks()

  defp shown(term), do: inspect(term, limit: 40, printable_limit: 300)
end
