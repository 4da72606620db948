defmodule Shop.Reports do
  @moduledoc "A report over all products, one task per product."

  @spec stock_value() :: number()
  def stock_value do
    Shop.Tasks
    |> Task.Supervisor.async_stream_nolink(Shop.Inventory.skus(), &value/1, max_concurrency: 3)
    |> Enum.reduce(0, fn {:ok, value}, sum -> sum + value end)
  end

  defp value(sku), do: Shop.Inventory.level(sku) * Shop.Pricing.price(sku)
end
