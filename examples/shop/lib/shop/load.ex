defmodule Shop.Load do
  @moduledoc "Customers: some visits side by side every tick, a report and prices now and then."
  use GenServer

  @tick_ms 50
  @visits 3

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_) do
    Process.send_after(self(), :tick, @tick_ms)
    {:ok, 0}
  end

  @impl true
  def handle_info(:tick, n) do
    for i <- 1..@visits do
      {:ok, _} = Task.Supervisor.start_child(Shop.Tasks, fn -> visit(n * @visits + i) end)
    end

    if rem(n, 20) == 0, do: Task.Supervisor.start_child(Shop.Tasks, &Shop.Reports.stock_value/0)
    Shop.Feed.publish(Enum.at(Shop.Inventory.skus(), rem(n, 5)), rem(n * 7, 40))
    Process.send_after(self(), :tick, @tick_ms)
    {:noreply, n + 1}
  end

  defp visit(n) do
    # every 25th customer wants four kinds, and the courier cannot carry that
    kinds = if rem(n, 25) == 0, do: 4, else: rem(n, 3) + 1
    skus = Shop.Inventory.skus()
    wishes = for k <- 1..kinds, do: {Enum.at(skus, rem(n + k, length(skus))), rem(n + k, 4) + 1}
    Shop.visit("customer-#{rem(n, 40)}", wishes)
  end
end
