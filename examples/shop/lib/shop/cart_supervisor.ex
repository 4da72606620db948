defmodule Shop.CartSupervisor do
  @moduledoc "Starts a `Shop.Cart` for each visit."
  use DynamicSupervisor

  def start_link(_), do: DynamicSupervisor.start_link(__MODULE__, [], name: __MODULE__)

  @doc "The customer's open cart, or a new one."
  @spec open(String.t()) :: {:ok, pid()}
  def open(customer) do
    case DynamicSupervisor.start_child(__MODULE__, {Shop.Cart, customer}) do
      {:ok, cart} -> {:ok, cart}
      {:error, {:already_started, cart}} -> {:ok, cart}
    end
  end

  @impl true
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one)
end
