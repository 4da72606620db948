# A session of the real capture runtime whose events stay in this node: what the probe's keeper and tracer
# do for it, without the socket.

defmodule Recording do
  @moduledoc false

  @waiting 9
  @shared_size 16
  @budgets %{target_memory_bytes: 1_000_000_000, events_per_second_per_process: 1_000_000_000}
  @limits %{nodes: 1_000_000, depth: 10_000, binary_bytes: 1_000_000}

  @doc "Which build of the capture module instrumented code meets: `:open` records, `:closed` does not."
  def gate(:open), do: :ok = :elixir_scope_gate.open()
  def gate(_closed), do: :ok = :elixir_scope_gate.close()

  @doc "The process that receives; it keeps the events, or with `:count` only their number."
  def start(keep \\ :keep) do
    parent = self()

    pid =
      spawn_link(fn ->
        shared = :atomics.new(@shared_size, signed: true)
        :ets.new(:elixir_scope_session, [:named_table, :public])

        :elixir_scope_buffer.open(%{
          shared: shared,
          tracer: self(),
          keeper: self(),
          limits: @limits,
          budgets: @budgets,
          sampling: :always
        })

        send(parent, {:recording, self()})
        loop(keep, shared, [], 0)
      end)

    receive do: ({:recording, ^pid} -> true = Process.unlink(pid))
    pid
  end

  @doc "Each process's events, oldest first; processes in the order in which they were first heard of."
  def stop(pid), do: asked(pid, :stop)

  @doc "How many events came."
  def count(pid), do: asked(pid, :count)

  defp asked(pid, what) do
    monitor = Process.monitor(pid)
    send(pid, {what, self()})

    receive do
      {:told, ^pid, answer} ->
        receive do: ({:DOWN, ^monitor, _, _, _} -> answer)

      {:DOWN, ^monitor, _, _, reason} ->
        exit(reason)
    end
  end

  defp loop(keep, shared, batches, count) do
    receive do
      {:events, pid, first, n, _depth, _at, weight, _flags, events} ->
        :atomics.sub(shared, @waiting, weight)
        batches = if keep == :keep, do: [{pid, first, events} | batches], else: batches
        loop(keep, shared, batches, count + n)

      {:stop, from} ->
        send(from, {:told, self(), by_process(Enum.reverse(batches))})

      {:count, from} ->
        send(from, {:told, self(), count})
    end
  end

  defp by_process(batches) do
    pids = for {pid, _, _} <- batches, uniq: true, do: pid
    for pid <- pids, do: {pid, for({^pid, _, events} <- batches, event <- events, do: event)}
  end
end
