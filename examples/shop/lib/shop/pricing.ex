defmodule Shop.Pricing do
  @moduledoc "Prices, discounts and a slow loyalty score."

  @prices %{"apple" => 2, "banana" => 1, "cherry" => 7, "durian" => 30, "elderberry" => 12}

  @spec price(String.t()) :: pos_integer()
  def price(sku), do: Map.get(@prices, sku, 5)

  @spec total(map(), String.t()) :: number()
  def total(items, customer) do
    sum = items |> Map.values() |> Enum.map(&(&1.quantity * &1.price)) |> Enum.sum()
    score = loyalty_score(rem(:erlang.phash2(customer), 16))
    sum - discount(sum, %{score: score, vip: score > 300})
  end

  @doc """
  The discount on a sum.

  Planted bug: the second clause matches every customer, so a VIP never gets the VIP discount.
  """
  @spec discount(number(), map()) :: number()
  def discount(sum, _customer) when sum < 10, do: 0
  def discount(sum, %{score: _}), do: div(sum, 20)
  def discount(sum, %{vip: true}), do: div(sum, 4)
  def discount(_sum, _customer), do: 0

  @doc "Planted bug: exponential where it could be linear."
  @spec loyalty_score(non_neg_integer()) :: pos_integer()
  def loyalty_score(visits), do: fib(visits)

  defp fib(n) when n < 2, do: 1
  defp fib(n), do: fib(n - 1) + fib(n - 2)
end
