# Loops that never grow, plain and instrumented: how long they take and how big their process gets.
#
# usage: elixir -pa probe/prebuilt loops.exs PORT
# A request is `{run, Loop, Iterations, plain | open | muted | closed}`.

for file <- ["recording.ex", "exchange.ex"], do: Code.require_file(file, __DIR__)

defmodule LoopServer do
  @moduledoc false

  # events of one process in a second, as sessions have it where nothing else is said
  @rate 50_000

  @source """
  defmodule Loops do
    def self(0), do: :done
    def self(n), do: self(n - 1)

    def even(0), do: :done
    def even(n), do: odd(n - 1)
    defp odd(0), do: :done
    defp odd(n), do: even(n - 1)

    def remote(0), do: :done
    def remote(n), do: Loops.remote(n - 1)

    def dynamic(0), do: :done
    def dynamic(n), do: apply(Loops, :dynamic, [n - 1])

    def through(0), do: :done
    def through(n), do: Elsewhere.back(Loops, :through, n - 1)

    def closure(n), do: step(n, fn again, left -> step(left, again) end)
    defp step(0, _), do: :done
    defp step(n, again), do: again.(again, n - 1)

    def branches(0), do: :done

    def branches(n) do
      case rem(n, 3) do
        0 -> branches(n - 1)
        1 -> if n > 0, do: branches(n - 1), else: :never
        2 -> with true <- n > 0, do: branches(n - 1)
      end
    end

    def received(0), do: :done

    def received(n) do
      send(self(), n - 1)
      receive do: (left -> received(left))
    end

    def guarded(0), do: :done

    def guarded(n) do
      left =
        try do
          n - 1
        rescue
          _ -> 0
        end

      guarded(left)
    end
  end
  """

  @elsewhere """
  defmodule Elsewhere do
    def back(module, name, n), do: apply(module, name, [n])
  end
  """

  def serve(port) do
    Code.compiler_options(ignore_module_conflict: true)
    Code.compile_string(@elsewhere, "elsewhere.ex")
    socket = Exchange.connect(port)
    plain = Code.compile_string(@source, "loops.ex")
    {instrumented, _sites} = Exchange.instrument(socket, plain, [])
    loop(socket, plain, instrumented)
  end

  defp loop(socket, plain, instrumented) do
    case Exchange.hear(socket) do
      {:run, name, iterations, mode} ->
        load(if mode == :plain, do: plain, else: instrumented)
        Exchange.tell(socket, {:ran, run(name, iterations, mode)})
        loop(socket, plain, instrumented)

      :closed ->
        :ok
    end
  end

  defp run(name, iterations, mode) do
    if mode != :plain, do: Recording.gate(mode)

    recorder =
      if mode == :muted, do: Recording.start(:count, @rate), else: Recording.start(:count)

    {pid, monitor} =
      spawn_monitor(fn ->
        began = System.monotonic_time()
        :done = apply(Loops, name, [iterations])
        exit({:took, System.monotonic_time() - began})
      end)

    result = watched(pid, monitor, 0, 0, 0)
    Map.put(result, :events, Recording.count(recorder))
  after
    Recording.gate(:closed)
  end

  # words of the whole process and of its stack, the biggest that were seen
  defp watched(pid, monitor, heap, stack, samples) do
    receive do
      {:DOWN, ^monitor, _, _, {:took, took}} ->
        ns = System.convert_time_unit(took, :native, :nanosecond)
        %{ns: ns, heap: heap, stack: stack, samples: samples}

      {:DOWN, ^monitor, _, _, reason} ->
        exit(reason)
    after
      10 ->
        case Process.info(pid, [:total_heap_size, :stack_size]) do
          [total_heap_size: now_heap, stack_size: now_stack] ->
            watched(pid, monitor, max(heap, now_heap), max(stack, now_stack), samples + 1)

          nil ->
            watched(pid, monitor, heap, stack, samples)
        end
    end
  end

  defp load([{module, beam}]) do
    true = :code.soft_purge(module)
    {:module, ^module} = :code.load_binary(module, ~c"loops", beam)
    true = :code.soft_purge(module)
  end
end

[port] = System.argv()
LoopServer.serve(String.to_integer(port))
