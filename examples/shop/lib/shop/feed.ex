defmodule Shop.Feed do
  @moduledoc "A bare receive loop: no behaviour, tail calls for ever, the last prices in its argument."

  def child_spec(_), do: %{id: __MODULE__, start: {__MODULE__, :start_link, []}}

  def start_link do
    pid = :proc_lib.spawn_link(__MODULE__, :run, [])
    Process.register(pid, __MODULE__)
    {:ok, pid}
  end

  @spec publish(String.t(), number()) :: :ok
  def publish(sku, price) do
    send(__MODULE__, {:price, sku, price})
    :ok
  end

  @spec latest() :: map()
  def latest do
    ref = make_ref()
    send(__MODULE__, {:latest, self(), ref})

    receive do
      {^ref, prices} -> prices
    after
      1_000 -> %{}
    end
  end

  @doc false
  def run, do: loop(%{})

  defp loop(prices) do
    receive do
      {:price, sku, price} ->
        loop(Map.put(prices, sku, price))

      {:latest, from, ref} ->
        send(from, {ref, prices})
        loop(prices)
    end
  end
end
