# One run of a function of a program: everything that somebody outside could see of it.
#
# The VM's own tracing is the witness: calls of the world's functions with their arguments, messages with
# their receivers, links, registrations, spawned children, exits; each process's in order.

defmodule Observed do
  @moduledoc false

  @timeout 5_000
  @flags [:call, :send, :procs, :set_on_spawn]

  @doc "The world's functions are traced wherever they are called from."
  def watch do
    for module <- [Some, Around], do: :erlang.trace_pattern({module, :_, :_}, true, [:global])
    :ok
  end

  @doc "`way` is `:caught` or `:uncaught`. `unseen` are processes whose messages are not the program's."
  def run(call, seed, way, unseen) do
    {:ok, output} = StringIO.open("")
    {pid, outcome, reason, seen} = witnessed(call, seed, way, output, @flags)
    {:ok, {_, text}} = StringIO.close(output)
    {outcome, reason, text, by_process(seen, pid, [self() | unseen])}
  end

  @doc "The calls that the VM sees of a module's functions, local ones and their ends too, by process."
  def calls(call, seed, way, module) do
    {:ok, output} = StringIO.open("")
    ends = [{:_, [], [{:return_trace}, {:exception_trace}]}]
    :erlang.trace_pattern({module, :_, :_}, ends, [:local])
    {pid, _, _, seen} = witnessed(call, seed, way, output, [:call, :procs, :set_on_spawn])
    :erlang.trace_pattern({module, :_, :_}, false, [:local])
    StringIO.close(output)
    by_process(seen, pid, [])
  end

  defp witnessed(call, seed, way, output, flags) do
    parent = self()
    witness = spawn_link(fn -> witness([]) end)

    {pid, monitor} =
      spawn_monitor(fn ->
        Process.group_leader(self(), output)
        receive do: (:go -> :ok)
        Some.seed(seed)
        live(call, way, parent)
      end)

    :erlang.trace(pid, true, [{:tracer, witness} | flags])
    send(pid, :go)
    {outcome, reason} = ended(pid, monitor, nil)
    {pid, outcome, reason, seen(witness)}
  end

  # frames that are the same in every run, below those of the program
  defp live({module, name, args}, :uncaught, _parent), do: apply(module, name, args)

  defp live({module, name, args}, :caught, parent) do
    outcome =
      try do
        {:returned, apply(module, name, args)}
      catch
        class, reason -> {:raised, class, reason, __STACKTRACE__}
      end

    ours = [:rand_seed, :"$elixir_scope"]
    dictionary = Process.get() |> Enum.reject(&(elem(&1, 0) in ours)) |> Enum.sort()
    {:messages, messages} = Process.info(self(), :messages)
    send(parent, {:ran, self(), {outcome, dictionary, messages}})
    :ok
  end

  defp ended(pid, monitor, outcome) do
    receive do
      {:ran, ^pid, outcome} -> ended(pid, monitor, outcome)
      {:DOWN, ^monitor, _, _, reason} -> {outcome, reason}
    after
      @timeout ->
        Process.exit(pid, :kill)
        Process.demonitor(monitor, [:flush])
        {:timeout, :timeout}
    end
  end

  defp witness(seen) do
    receive do
      {:stop, from} -> send(from, {:seen, self(), Enum.reverse(seen)})
      message -> witness([message | seen])
    end
  end

  defp seen(witness) do
    ref = :erlang.trace_delivered(:all)
    receive do: ({:trace_delivered, :all, ^ref} -> :ok)
    send(witness, {:stop, self()})
    receive do: ({:seen, ^witness, seen} -> seen)
  end

  # the program's process first, then its children in the order in which they were started
  defp by_process(seen, first, unseen) do
    groups = Enum.group_by(seen, &elem(&1, 1))
    in_order([first], groups, unseen, [])
  end

  defp in_order([], _groups, _unseen, done), do: Enum.reverse(done)

  defp in_order([pid | rest], groups, unseen, done) do
    events = for event <- Map.get(groups, pid, []), told = tell(event, unseen), do: told
    children = for {:spawn, child, _} <- events, do: child
    in_order(rest ++ children, groups, unseen, [{pid, events} | done])
  end

  defp tell({:trace, _, kind, message, to}, unseen)
       when kind in [:send, :send_to_non_existing_process],
       do: if(to not in unseen, do: {kind, message, to})

  # when a child's end is heard of depends on the scheduler; its reason is in a DOWN message
  defp tell({:trace, _, :exit, _}, _unseen), do: nil
  defp tell(event, _unseen), do: event |> Tuple.delete_at(0) |> Tuple.delete_at(0)
end
