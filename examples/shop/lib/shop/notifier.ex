defmodule Shop.Notifier do
  @moduledoc "Sends notifications, slowly. Planted bug: casts arrive faster than it works."
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @spec notify(String.t(), term()) :: :ok
  def notify(customer, what), do: GenServer.cast(__MODULE__, {:notify, customer, what})

  @impl true
  def init(_), do: {:ok, %{sent: 0, last: nil}}

  @impl true
  def handle_cast({:notify, customer, what}, state) do
    Process.sleep(8)
    {:noreply, %{state | sent: state.sent + 1, last: {customer, what}}}
  end
end
