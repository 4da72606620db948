defmodule Shop.Courier do
  @moduledoc """
  Delivers parcels. Planted bug: no clause for large parcels, so it crashes and is restarted.
  """
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @spec deliver(map()) :: :ok
  def deliver(parcel), do: GenServer.cast(__MODULE__, {:deliver, parcel})

  @impl true
  def init(_), do: {:ok, %{delivered: 0}}

  @impl true
  def handle_cast({:deliver, parcel}, state) do
    :ok = carry(parcel)
    {:noreply, %{state | delivered: state.delivered + 1}}
  end

  defp carry(%{items: items}) when items < 4, do: :ok
end
