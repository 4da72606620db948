# Compiles programs, puts probes in, runs them and answers what happened. Serves one connection.
#
# usage: elixir observer.exs PORT
# A request is `{compile options}` as text: first line the number of runs, then a line per run
# `function arity seed`, or `= expression` for one that is written out; the rest is the source. The answer is JSON.

for file <- ["some.ex", "recorder.ex", "observable.ex", "probes.ex", "reaching.ex"] do
  Code.require_file(file, __DIR__)
end

defmodule Observer do
  @moduledoc false

  @run_timeout 5_000

  # what is checked is the order of evaluation, not the speed: this halves the time of compiling
  @compiler_options [:no_copt, :no_postopt, :no_ssa_opt, :no_bsm_opt, :no_type_opt] ++
                      [:no_recv_opt, :no_share_opt, :no_bool_opt, :no_module_opt]

  def serve(port) do
    System.put_env(
      "ERL_COMPILER_OPTIONS",
      :io_lib.format("~w", [@compiler_options]) |> to_string()
    )

    Code.compiler_options(ignore_module_conflict: true, docs: false)
    {:ok, socket} = :gen_tcp.connect({127, 0, 0, 1}, port, [:binary, packet: 4, active: false])
    :ok = :gen_tcp.send(socket, json(System.version()))
    loop(socket)
  end

  defp loop(socket) do
    case :gen_tcp.recv(socket, 0) do
      {:ok, request} ->
        :ok = :gen_tcp.send(socket, json(answer(request)))
        loop(socket)

      {:error, :closed} ->
        :ok
    end
  end

  defp answer(request) do
    [count, rest] = String.split(request, "\n", parts: 2)

    {runs, [source]} =
      rest |> String.split("\n", parts: String.to_integer(count) + 1) |> Enum.split(-1)

    try do
      observable = source |> Code.string_to_quoted!(columns: true) |> Observable.lines()
      loaded = source |> compile() |> Enum.map(&load(&1, observable))
      {module, _, _} = List.last(loaded)

      %{
        "calls" =>
          for({line, {name, arity}} <- observable.calls, do: [line, Atom.to_string(name), arity]),
        "fns" => Enum.sort(observable.fns),
        "matches" => Enum.sort(observable.matches),
        "tried" => Enum.sort(observable.tried),
        "clauses" => Enum.sort(observable.clauses),
        "functions" =>
          for(
            {_, functions, _} <- loaded,
            {name, arity} <- functions,
            do: [Atom.to_string(name), arity]
          ),
        "reads" => Enum.flat_map(loaded, &elem(&1, 2)),
        "runs" => Enum.map(runs, &run(module, &1))
      }
    catch
      {:refused, reason} -> %{"refused" => reason}
      kind, reason -> %{"error" => Exception.format(kind, reason, __STACKTRACE__)}
    end
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

  defp load({module, beam}, observable) do
    {:ok, {_, [debug_info: {:debug_info_v1, backend, data}]}} =
      :beam_lib.chunks(beam, [:debug_info])

    {:ok, forms} = backend.debug_info(:erlang_v1, module, data, [])
    reads = Reaching.definitions(forms, observable)
    functions = for {:function, _, name, arity, _} <- forms, do: {name, arity}
    forms = Probes.insert(forms, observable)

    case :compile.forms(forms, [:return_errors, :no_spawn_compiler_process | @compiler_options]) do
      {:ok, ^module, beam} ->
        :code.purge(module)
        {:module, ^module} = :code.load_binary(module, 'program', beam)
        :code.purge(module)
        {module, functions, reads}

      errors ->
        raise "probes do not compile: #{inspect(errors)}"
    end
  end

  # each in a process of its own: its mailbox, its dictionary, its death
  defp run(module, run) do
    parent = self()

    {pid, monitor} =
      spawn_monitor(fn ->
        {function, args, seed} = prepared(module, run)
        Some.seed(seed)
        args = args.()
        Recorder.start()

        try do
          apply(module, function, args)
        catch
          _, _ -> :ok
        end

        send(parent, {:ran, self(), Recorder.stop()})
      end)

    receive do
      {:ran, ^pid, events} ->
        Process.demonitor(monitor, [:flush])
        events

      {:DOWN, ^monitor, _, _, reason} ->
        ["died", inspect(reason)]
    after
      @run_timeout ->
        Process.exit(pid, :kill)
        Process.demonitor(monitor, [:flush])
        ["died", "timeout"]
    end
  end

  # `= f({:ok, 1}, [])` is written out, `f 2 17` draws two arguments from seed 17
  defp prepared(_module, "= " <> call) do
    {name, _, args} = Code.string_to_quoted!(call)
    {name, fn -> Enum.map(args, &(&1 |> Code.eval_quoted() |> elem(0))) end, :erlang.phash2(call)}
  end

  defp prepared(_module, run) do
    [name, arity, seed] = String.split(run, " ")
    args = fn -> for _ <- 1..String.to_integer(arity)//1, do: Some.shape(Some.fresh()) end
    {String.to_atom(name), args, String.to_integer(seed)}
  end

  # JSON: maps with text keys, lists, integers, text, nil
  defp json(nil), do: "null"
  defp json(value) when is_integer(value), do: Integer.to_string(value)
  defp json(list) when is_list(list), do: [?[, Enum.intersperse(Enum.map(list, &json/1), ?,), ?]]

  defp json(map) when is_map(map) do
    pairs = for {key, value} <- map, do: [json(key), ?:, json(value)]
    [?{, Enum.intersperse(pairs, ?,), ?}]
  end

  defp json(text) when is_binary(text) do
    [?", for(<<byte <- text>>, do: escaped(byte)), ?"]
  end

  defp escaped(byte) when byte in [?", ?\\], do: [?\\, byte]
  defp escaped(byte) when byte < 32, do: ["\\u00", Base.encode16(<<byte>>)]
  defp escaped(byte), do: byte
end

[port] = System.argv()
Observer.serve(String.to_integer(port))
