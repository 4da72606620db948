# Compiles programs, has their forms instrumented by the other side, runs both and compares. Serves one
# connection of Erlang terms with a 4-byte length.
#
# usage: elixir -pa probe/prebuilt server.exs PORT

Code.require_file("../../../codegraph/beam/some.ex", __DIR__)

for file <- [
      "around.ex",
      "canonical.ex",
      "observed.ex",
      "recording.ex",
      "truth.ex",
      "exchange.ex"
    ] do
  Code.require_file(file, __DIR__)
end

defmodule Server do
  @moduledoc false

  # halves the time of compiling
  @unoptimised [:no_copt, :no_postopt, :no_ssa_opt, :no_bsm_opt, :no_type_opt] ++
                 [:no_recv_opt, :no_share_opt, :no_bool_opt, :no_module_opt]

  # events in a second: most runs have more
  @few 12

  def serve(port) do
    Logger.configure(level: :none)
    Code.compiler_options(ignore_module_conflict: true, docs: false)
    Observed.watch()
    socket = Exchange.connect(port)
    Exchange.tell(socket, {:hello, System.version()})
    loop(socket)
  end

  defp loop(socket) do
    case Exchange.hear(socket) do
      {:program, source, runs, optimise, checks} ->
        Exchange.tell(socket, answer(socket, source, runs, optimise, checks))
        loop(socket)

      :closed ->
        :ok
    end
  end

  defp answer(socket, source, runs, optimise, checks) do
    options = if optimise, do: [], else: @unoptimised
    System.put_env("ERL_COMPILER_OPTIONS", to_string(:io_lib.format("~w", [options])))
    plain = compile(source)
    {instrumented, sites} = Exchange.instrument(socket, plain, options)
    load(plain)
    # a run that waits for ever would be waited for again and again
    {runs, before} =
      Enum.unzip(for run <- runs, was = observed(run, []), not timeout?(was), do: {run, was})

    load(instrumented)

    compared =
      for check <- checks, check != :truth, do: check(check, runs, before, plain, instrumented)

    told =
      if :truth in checks, do: truth(runs, plain, instrumented, sites[Program] || []), else: []

    {:report, Map.merge(merged(compared), told(told))}
  catch
    {:refused, reason} -> {:refused, reason}
    kind, reason -> {:failed, Exception.format(kind, reason, __STACKTRACE__)}
  end

  defp check(check, runs, before, plain, instrumented) do
    Recording.gate(check)
    recorder = if check == :muted, do: Recording.start(:keep, @few), else: Recording.start()
    later = for run <- runs, do: observed(run, [recorder])
    events = Recording.stop(recorder)

    differences =
      for {run, was, is} <- Enum.zip([runs, before, later]),
          not Canonical.same?(was, is),
          steady?(run, was, plain, instrumented),
          do: {check, inspect(run), difference(was, is)}

    {length(runs), events |> Enum.map(&length(elem(&1, 1))) |> Enum.sum(), differences}
  end

  defp timeout?(observation), do: elem(observation, 1) == :timeout

  defp truth(runs, plain, instrumented, sites) do
    load(plain)
    traced = for run <- runs, do: run |> traced() |> Truth.traced(sites)
    load(instrumented)
    Recording.gate(:open)

    for {run, traced} <- Enum.zip(runs, traced) do
      recorder = Recording.start()
      observed(run, [recorder])
      {checked, values, lies} = Truth.check(traced, Recording.stop(recorder), sites)
      {checked, values, for(lie <- lies, do: "#{inspect(run)} #{lie}")}
    end
  end

  defp traced({name, _, seed, way} = run),
    do: Observed.calls({Program, name, arguments(run)}, seed, way, Program)

  # a program that differs from itself says nothing
  defp steady?(run, was, plain, instrumented) do
    load(plain)
    again = for _ <- 1..3, do: observed(run, [])
    load(instrumented)
    Enum.all?(again, &(&1 === was))
  end

  defp observed({name, _, seed, way} = run, unseen),
    do: {Program, name, arguments(run)} |> Observed.run(seed, way, unseen) |> Canonical.term()

  defp arguments({_, arity, seed, _}) do
    Some.seed(seed)
    for _ <- 1..arity//1, do: Some.shape(Some.fresh())
  end

  # the parts of the two that are not the same, with what is around them
  defp difference(was, is), do: difference(was, is, [])

  defp difference(was, is, around)
       when is_tuple(was) and is_tuple(is) and tuple_size(was) == tuple_size(is),
       do: first(Tuple.to_list(was), Tuple.to_list(is), [{was, is} | around])

  defp difference(was, is, around) when is_list(was) and is_list(is),
    do: first(was, is, [{was, is} | around])

  defp difference(was, is, around) do
    {was, is} = Enum.at(around, 2) || List.last(around) || {was, is}
    "was #{shown(was)}\n is #{shown(is)}"
  end

  defp first([was | rest], [is | other], around) do
    if Canonical.same?(was, is),
      do: first(rest, other, around),
      else: difference(was, is, around)
  end

  defp first(was, is, around), do: difference({:rest, was}, {:end, is}, around)

  defp shown(term), do: inspect(term, limit: 120, printable_limit: 400, pretty: true, width: 120)

  defp merged(reports) do
    %{
      runs: reports |> Enum.map(&elem(&1, 0)) |> Enum.sum(),
      events: reports |> Enum.map(&elem(&1, 1)) |> Enum.sum(),
      differences: Enum.flat_map(reports, &elem(&1, 2))
    }
  end

  defp told(reports) do
    %{
      checked: reports |> Enum.map(&elem(&1, 0)) |> Enum.sum(),
      values: reports |> Enum.map(&elem(&1, 1)) |> Enum.sum(),
      lies: Enum.flat_map(reports, &elem(&1, 2))
    }
  end

  # on rare programs Elixir's compiler itself fails, or a process that it started
  defp compile(source) do
    {pid, monitor} =
      spawn_monitor(fn -> exit({:compiled, Code.compile_string(source, "program.ex")}) end)

    receive do
      {:DOWN, ^monitor, _, ^pid, {:compiled, modules}} -> modules
      {:DOWN, ^monitor, _, ^pid, reason} -> throw({:refused, Exception.format_exit(reason)})
    end
  end

  defp load(modules) do
    for {module, beam} <- modules do
      :code.purge(module)
      {:module, ^module} = :code.load_binary(module, ~c"program", beam)
      :code.purge(module)
    end
  end
end

[port] = System.argv()
Server.serve(String.to_integer(port))
