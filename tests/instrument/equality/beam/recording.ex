# A session of the real capture runtime whose events stay in this node: what the probe's keeper and tracer
# do for it, without the socket.

defmodule Recording do
  @moduledoc false

  @waiting 24
  @shared_size 96
  @memory 1_000_000_000
  @unlimited 1_000_000_000
  @sweep_ms 100
  # numbers of one buffer, as the probe gives them
  @generation 0x100_0000_0000
  @limits %{nodes: 1_000_000, depth: 10_000, binary_bytes: 1_000_000}

  @doc "Which build of the capture module instrumented code meets: `:open` records, `:closed` does not."
  def gate(check) when check in [:open, :muted], do: :ok = :elixir_scope_gate.open()
  def gate(_closed), do: :ok = :elixir_scope_gate.close()

  @doc """
  The process that receives; it keeps the events, or with `:count` only their number. A process that makes
  more than `rate` events in a second is muted for the rest of it.
  """
  def start(keep \\ :keep, rate \\ @unlimited) do
    parent = self()

    pid =
      spawn_link(fn ->
        shared = :atomics.new(@shared_size, signed: true)
        :ets.new(:elixir_scope_session, [:named_table, :public])

        session =
          :elixir_scope_buffer.open(%{
            state: false,
            shared: shared,
            gatherer: self(),
            keeper: self(),
            limits: @limits,
            budgets: %{target_memory_bytes: @memory, events_per_second_per_process: rate},
            sampling: :always
          })

        if rate < @unlimited,
          do: send(self(), {:sweep, :elixir_scope_sweeper.new(session, self())})

        send(parent, {:recording, self()})
        loop(keep, shared, [], %{})
      end)

    receive do: ({:recording, ^pid} -> true = Process.unlink(pid))
    pid
  end

  @doc "Each process's events, oldest first; processes in the order in which they were first heard of."
  def stop(pid), do: asked(pid, :stop)

  @doc """
  How many events were made, from the first that came to the last: they are numbered without holes, so those
  that a busy machine had no room for on the way count too.
  """
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

  # `seen`: of each buffer (a process has another one when it lost the first) the numbers of its first event
  # and of the next one
  defp loop(keep, shared, batches, seen) do
    receive do
      {:events, pid, first, n, _depth, _at, weight, _flags, events} ->
        :atomics.sub(shared, @waiting, weight)
        batches = if keep == :keep, do: [{pid, first, events} | batches], else: batches
        loop(keep, shared, batches, seen(seen, pid, first, first + n))

      {:sweep, sweeper} ->
        Process.send_after(self(), {:sweep, :elixir_scope_sweeper.some(sweeper)}, @sweep_ms)
        loop(keep, shared, batches, seen)

      {:muted, _pid, _at, _until} ->
        loop(keep, shared, batches, seen)

      {:lost_buffer, _pid, _since} ->
        loop(keep, shared, batches, seen)

      {:stop, from} ->
        send(from, {:told, self(), by_process(Enum.reverse(batches))})

      {:count, asking} ->
        send(asking, {:told, self(), Enum.sum(for {_, {first, next}} <- seen, do: next - first)})
    end
  end

  defp seen(seen, pid, first, next) do
    Map.update(seen, {pid, div(first, @generation)}, {first, next}, fn {begin, _} ->
      {begin, next}
    end)
  end

  defp by_process(batches) do
    pids = for {pid, _, _} <- batches, uniq: true, do: pid
    for pid <- pids, do: {pid, for({^pid, _, events} <- batches, event <- Enum.reverse(events), do: event)}
  end
end

