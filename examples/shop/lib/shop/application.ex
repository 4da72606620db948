defmodule Shop.Application do
  @moduledoc false
  use Application

  @impl true
  def start(_type, _args) do
    children = [
      {Registry, keys: :unique, name: Shop.Carts},
      Shop.CartSupervisor,
      Shop.Inventory,
      Shop.Payments,
      {Task.Supervisor, name: Shop.Tasks},
      Shop.Notifier,
      Shop.Feed,
      %{id: Shop.Courier, start: {Shop.Courier, :start_link, [[]]}, restart: :permanent}
    ]

    load = if System.get_env("SHOP_LOAD") == "off", do: [], else: [Shop.Load]

    Supervisor.start_link(children ++ load,
      strategy: :one_for_one,
      max_restarts: 1_000,
      max_seconds: 5,
      name: Shop.Supervisor
    )
  end
end
