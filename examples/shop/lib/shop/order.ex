defmodule Shop.Order do
  @moduledoc "An order's life as a state machine: placed, paid, shipped."
  @behaviour :gen_statem

  def start_link(customer, items), do: :gen_statem.start_link(__MODULE__, {customer, items}, [])
  def pay(order, payment), do: :gen_statem.call(order, {:pay, payment})
  def ship(order), do: :gen_statem.call(order, :ship)
  def status(order), do: :gen_statem.call(order, :status)
  def stop(order), do: :gen_statem.stop(order)

  @impl true
  def callback_mode, do: :state_functions

  @impl true
  def init({customer, items}) do
    {:ok, :placed, %{customer: customer, items: items, payment: nil}}
  end

  def placed({:call, from}, {:pay, payment}, order) do
    {:next_state, :paid, %{order | payment: payment}, [{:reply, from, :ok}]}
  end

  def placed(event, content, order), do: status(:placed, event, content, order)

  def paid({:call, from}, :ship, order) do
    Shop.Courier.deliver(%{customer: order.customer, items: map_size(order.items)})
    {:next_state, :shipped, order, [{:reply, from, :ok}]}
  end

  def paid(event, content, order), do: status(:paid, event, content, order)

  def shipped(event, content, order), do: status(:shipped, event, content, order)

  defp status(state, {:call, from}, :status, _order) do
    {:keep_state_and_data, [{:reply, from, state}]}
  end

  defp status(_state, {:call, from}, _content, _order) do
    {:keep_state_and_data, [{:reply, from, {:error, :not_now}}]}
  end
end
