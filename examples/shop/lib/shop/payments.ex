defmodule Shop.Payments do
  @moduledoc "Payments: the gateway asks the fraud check and writes to the ledger, each its own process."
  use Supervisor

  alias Shop.Payments.{Fraud, Gateway, Ledger}

  def start_link(_), do: Supervisor.start_link(__MODULE__, [], name: __MODULE__)

  @spec charge(String.t(), number()) :: {:ok, map()} | {:error, :declined}
  def charge(customer, amount), do: GenServer.call(Gateway, {:charge, customer, amount})

  @impl true
  def init(_), do: Supervisor.init([Ledger, Fraud, Gateway], strategy: :rest_for_one)
end

defmodule Shop.Payments.Gateway do
  @moduledoc false
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_), do: {:ok, %{accepted: 0, declined: 0}}

  @impl true
  def handle_call({:charge, customer, amount}, _from, counts) do
    case Shop.Payments.Fraud.check(customer, amount) do
      :ok ->
        payment = %{id: System.unique_integer([:positive]), customer: customer, amount: amount}
        :ok = Shop.Payments.Ledger.book(payment)
        Shop.Notifier.notify(customer, {:charged, amount})
        {:reply, {:ok, payment}, %{counts | accepted: counts.accepted + 1}}

      :suspicious ->
        {:reply, {:error, :declined}, %{counts | declined: counts.declined + 1}}
    end
  end
end

defmodule Shop.Payments.Fraud do
  @moduledoc false
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  def check(customer, amount), do: GenServer.call(__MODULE__, {:check, customer, amount})

  @impl true
  def init(_), do: {:ok, %{}}

  @impl true
  def handle_call({:check, customer, amount}, _from, seen) do
    verdict = if amount > 150, do: :suspicious, else: :ok
    {:reply, verdict, Map.update(seen, customer, 1, &min(&1 + 1, 1_000))}
  end
end

defmodule Shop.Payments.Ledger do
  @moduledoc false
  use Agent

  def start_link(_), do: Agent.start_link(fn -> %{balance: 0, last: []} end, name: __MODULE__)

  def book(payment) do
    Agent.update(__MODULE__, fn ledger ->
      %{balance: ledger.balance + payment.amount, last: Enum.take([payment | ledger.last], 10)}
    end)
  end
end
