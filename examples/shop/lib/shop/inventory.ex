defmodule Shop.Inventory do
  @moduledoc """
  Stock levels behind a server.

  Planted bug: `reserve/2` reads the level in one call and writes it in another, so two customers
  who reserve at the same time can both start from the same level and one update is lost.
  """
  use GenServer

  @skus ~w(apple banana cherry durian elderberry)

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @spec skus() :: [String.t()]
  def skus, do: @skus

  @spec level(String.t()) :: non_neg_integer()
  def level(sku), do: GenServer.call(__MODULE__, {:level, sku})

  @spec set_level(String.t(), non_neg_integer()) :: :ok
  def set_level(sku, level), do: GenServer.call(__MODULE__, {:set_level, sku, level})

  @spec reserve(String.t(), pos_integer()) :: {:ok, non_neg_integer()} | {:error, :sold_out}
  def reserve(sku, quantity) do
    case level(sku) do
      level when level >= quantity ->
        :ok = set_level(sku, level - quantity)
        {:ok, level - quantity}

      _ ->
        restock(sku)
        {:error, :sold_out}
    end
  end

  @spec restock(String.t()) :: :ok
  def restock(sku), do: GenServer.cast(__MODULE__, {:restock, sku, 500})

  @impl true
  def init(_), do: {:ok, Map.new(@skus, &{&1, 500})}

  @impl true
  def handle_call({:level, sku}, _from, levels), do: {:reply, Map.get(levels, sku, 0), levels}

  def handle_call({:set_level, sku, level}, _from, levels) do
    {:reply, :ok, Map.put(levels, sku, level)}
  end

  @impl true
  def handle_cast({:restock, sku, quantity}, levels) do
    {:noreply, Map.update(levels, sku, quantity, &(&1 + quantity))}
  end
end
