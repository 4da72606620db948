defmodule Shop.Cart do
  @moduledoc "One customer's cart: a process per visit, found through `Shop.Carts`."
  use GenServer, restart: :temporary

  defstruct customer: nil, items: %{}, changes: 0

  def start_link(customer) do
    GenServer.start_link(__MODULE__, customer, name: {:via, Registry, {Shop.Carts, customer}})
  end

  @spec add(pid(), String.t(), pos_integer()) :: {:ok, pos_integer()} | {:error, :quantity}
  def add(cart, sku, quantity), do: GenServer.call(cart, {:add, sku, quantity})

  @spec remove(pid(), String.t()) :: :ok
  def remove(cart, sku), do: GenServer.call(cart, {:remove, sku})

  @spec items(pid()) :: map()
  def items(cart), do: GenServer.call(cart, :items)

  @spec close(pid()) :: :ok
  def close(cart), do: GenServer.stop(cart)

  @impl true
  def init(customer), do: {:ok, %__MODULE__{customer: customer}}

  @impl true
  def handle_call({:add, _sku, quantity}, _from, cart) when quantity < 1 do
    {:reply, {:error, :quantity}, cart}
  end

  def handle_call({:add, sku, quantity}, _from, cart) do
    items =
      Map.update(
        cart.items,
        sku,
        %{quantity: quantity, price: Shop.Pricing.price(sku)},
        fn item ->
          %{item | quantity: item.quantity + quantity}
        end
      )

    {:reply, {:ok, items[sku].quantity}, %{cart | items: items, changes: cart.changes + 1}}
  end

  def handle_call({:remove, sku}, _from, cart) do
    {:reply, :ok, %{cart | items: Map.delete(cart.items, sku), changes: cart.changes + 1}}
  end

  def handle_call(:items, _from, cart), do: {:reply, cart.items, cart}
end
