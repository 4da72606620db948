# Runs an application's own test suite in the folder where it stands, the application instrumented or not.
#
# usage: elixir -pa probe/prebuilt suite.exs PORT APPLICATION plain|open|closed
# Asks the other side for instrumented code before anything of the suite is loaded; tells each test's
# result, and what was recorded, at the very end.

for file <- ["recording.ex", "exchange.ex"], do: Code.require_file(file, __DIR__)

defmodule Results do
  @moduledoc "A formatter that remembers how each test ended."
  use GenServer

  def init(_options), do: {:ok, []}

  def handle_cast({:test_finished, %ExUnit.Test{} = test}, results) do
    {:noreply, [{test.module, test.name, state(test.state)} | results]}
  end

  def handle_cast({:suite_finished, _times}, results) do
    :persistent_term.put({Results, self()}, results)
    {:noreply, results}
  end

  def handle_cast(_event, results), do: {:noreply, results}

  @doc "Of all suites that ran, those inside tests too."
  def all,
    do:
      Enum.sort(
        for {{Results, _}, results} <- :persistent_term.get(), result <- results, do: result
      )

  defp state(nil), do: "passed"
  defp state({kind, _}) when kind in [:skipped, :excluded, :invalid], do: Atom.to_string(kind)
  # numbers of processes, references and nanoseconds differ from run to run
  defp state({:failed, failures}) do
    for({kind, reason, _stack} <- failures, do: Exception.format_banner(kind, reason))
    |> Enum.join("\n")
    |> String.replace(~r/#(PID|Reference|Function|Port)<[^>]*>/, "#\\1<>")
    |> then(&"failed: #{&1}")
  end
end

defmodule Suite do
  @moduledoc false

  def run(port, app, mode) do
    socket = Exchange.connect(port)
    Exchange.tell(socket, {:hello, System.version()})
    # this process has ended when the suite runs
    :ok = :gen_tcp.controlling_process(socket, spawn(fn -> Process.sleep(:infinity) end))
    System.at_exit(fn _ -> Exchange.tell(socket, {:results, results()}) end)
    Application.load(:ex_unit)
    Application.put_env(:ex_unit, :formatters, [ExUnit.CLIFormatter, Results])
    Application.put_env(:ex_unit, :seed, 14)
    if mode != :plain, do: instrument(socket, app, mode)
    Code.require_file("test/test_helper.exs")
    Kernel.ParallelCompiler.require(Path.wildcard("test/**/*_test.exs"))
    ExUnit.Server.modules_loaded()
  end

  defp instrument(socket, app, mode) do
    :ok = Application.ensure_loaded(app)
    {:ok, modules} = :application.get_key(app, :modules)

    asked =
      for module <- modules do
        {^module, beam, _file} = :code.get_object_code(module)
        {module, beam}
      end

    {code, _sites} = Exchange.instrument(socket, asked, [])

    for {module, beam} <- code do
      true = :code.soft_purge(module)
      {:module, ^module} = :code.load_binary(module, :code.which(module), beam)
    end

    Recording.gate(mode)
    :persistent_term.put(Suite, Recording.start(:count))
  end

  defp results do
    events =
      case :persistent_term.get(Suite, nil) do
        nil -> 0
        recorder -> Recording.count(recorder)
      end

    {Results.all(), events}
  end
end

[port, app, mode] = System.argv()
Suite.run(String.to_integer(port), String.to_atom(app), String.to_atom(mode))
