defmodule Shop do
  @moduledoc """
  A small shop with planted bugs: the target that ElixirScope is shown and tested on.

  | bug | where |
  |---|---|
  | lost update | `Shop.Inventory.reserve/2` reads and writes in two calls |
  | crash and restart | `Shop.Courier` has no clause for fragile parcels |
  | mailbox pile-up | `Shop.Notifier` sleeps while casts arrive faster |
  | slow function | `Shop.Pricing.loyalty_score/1` is exponential |
  | clause surprise | `Shop.Pricing.discount/2` never reaches its last-but-one clause |
  """

  alias Shop.{Cart, CartSupervisor, Inventory, Order, Payments, Pricing}

  @doc "One customer's visit: fill a cart, reserve the stock, pay and follow the order."
  @spec visit(String.t(), [{String.t(), pos_integer()}]) :: {:ok, map()} | {:error, term()}
  def visit(customer, wishes) do
    {:ok, cart} = CartSupervisor.open(customer)
    for {sku, quantity} <- wishes, do: Cart.add(cart, sku, quantity)
    result = check_out(cart, customer)
    Cart.close(cart)
    result
  end

  defp check_out(cart, customer) do
    items = Cart.items(cart)
    total = Pricing.total(items, customer)

    with :ok <- reserve(items),
         {:ok, payment} <- Payments.charge(customer, total) do
      {:ok, order} = Order.start_link(customer, items)
      Order.pay(order, payment)
      Order.ship(order)
      shipped = Order.status(order)
      Order.stop(order)
      {:ok, %{customer: customer, total: total, status: shipped}}
    end
  end

  defp reserve(items) do
    Enum.reduce_while(items, :ok, fn {sku, %{quantity: quantity}}, :ok ->
      case Inventory.reserve(sku, quantity) do
        {:ok, _left} -> {:cont, :ok}
        {:error, reason} -> {:halt, {:error, reason}}
      end
    end)
  end
end
