# What generated programs meet outside of themselves: code that nobody instruments, other processes, a
# protocol, a macro that writes functions.

defprotocol Speaks do
  @moduledoc false
  @spec speak(t) :: term
  def speak(thing)
end

defmodule Thing do
  @moduledoc false
  defstruct [:says]
end

defmodule Around do
  @moduledoc "Functions that call back, fail, and stand for the rest of the world."

  def call(fun), do: fun.()
  def call(module, name, args), do: apply(module, name, args)
  def map(fun, list), do: :lists.map(fun, list)
  def risky(value), do: Some.risky(value)
  def fail(value), do: :erlang.error({:failed, value})

  def again(kind, reason, stack), do: :erlang.raise(kind, reason, stack)

  @doc "A stack trace as a value; that of the harness below is the same in every run."
  def trace(stack), do: stack

  def thing(value), do: %Thing{says: value}

  @doc "A process that keeps what it is told and answers what it is asked."
  def peer do
    case Process.get(:peer) do
      nil ->
        owner = self()

        pid =
          spawn(fn ->
            Process.monitor(owner)
            peer_loop()
          end)

        Process.put(:peer, pid)
        pid

      pid ->
        pid
    end
  end

  defp peer_loop do
    receive do
      {:DOWN, _, :process, _, _} ->
        :ok

      {:ask, from, ref, value} ->
        send(from, {ref, {:ok, value}})
        peer_loop()

      _told ->
        peer_loop()
    end
  end

  @doc "A server's whole life."
  def serve(module, value) do
    {:ok, pid} = GenServer.start(module, value)
    monitor = Process.monitor(pid)

    answer =
      try do
        GenServer.call(pid, {:ask, value})
      catch
        kind, reason -> {kind, reason}
      end

    if Process.alive?(pid), do: GenServer.stop(pid, :normal)

    receive do
      {:DOWN, ^monitor, _, _, reason} -> {answer, reason}
    end
  end
end

defmodule Makes do
  @moduledoc "`use Makes` writes functions into a module."

  defmacro __using__(_options) do
    kept =
      quote location: :keep do
        def kept_used(x), do: Some.risky({:kept_used, x})
      end

    quote do
      def used(x) do
        y = Some.risky(x)
        z = kept(y)
        {y, z}
      end

      def wrapped(x), do: kept([x])
      defoverridable wrapped: 1
      unquote(kept)
    end
  end
end
