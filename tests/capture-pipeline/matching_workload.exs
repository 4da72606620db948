# Processes that send each other messages in every way, and keep a record of their own of what they sent
# and took: the truth that a recording is held against. Times are the node's monotonic clock in ns.
defmodule Workload do
  @truth :workload_truth

  defmodule Server do
    use GenServer
    @impl true
    def init(_), do: {:ok, 0}
    @impl true
    def handle_call({:uniq, tag, _, _}, _from, n) do
      Workload.taken(tag)
      answer = Workload.tag()
      {:reply, {:uniq, answer, self(), nil}, n + 1}
    end
  end

  @doc "Runs `processes` of them for `steps` each, writes what happened to `file`."
  def run(processes, steps, peer, file) do
    owner = spawn(fn -> own_truth() end)
    wait(fn -> :ets.whereis(@truth) != :undefined end)
    servers = for _ <- 1..8, do: elem(GenServer.start(Server, nil), 1)
    remote = if peer, do: remote_processes(peer), else: []
    pids = for i <- 0..(processes - 1), do: spawn(fn -> begin(i, steps) end)
    for {pid, i} <- Enum.with_index(pids), rem(i, 4) == 0, do: Process.register(pid, name(i))
    refs = for pid <- pids, do: Process.monitor(pid)
    for pid <- pids, do: send(pid, {:go, pids, servers, remote})
    for ref <- refs, do: receive(do: ({:DOWN, ^ref, _, _, _} -> :ok))
    for pid <- remote ++ servers, do: Process.exit(pid, :kill)
    File.write!(file, Enum.map(:ets.tab2list(@truth), &line/1))
    Process.exit(owner, :kill)
    :ok
  end

  def tag, do: :erlang.unique_integer([:positive, :monotonic])

  def taken(tag), do: log({:taken, tag, self(), now()})

  defp own_truth do
    :ets.new(@truth, [:named_table, :public, :duplicate_bag, write_concurrency: true])
    receive(do: (:never -> :ok))
  end

  defp log(entry), do: :ets.insert(@truth, {entry})
  defp now, do: :erlang.monotonic_time(:nanosecond)

  defp line({entry}) do
    [entry |> Tuple.to_list() |> Enum.map_join("|", &text/1), "\n"]
  end

  defp text(pid) when is_pid(pid), do: pid |> :erlang.pid_to_list() |> to_string()
  defp text(other), do: to_string(other)

  defp name(i), do: :"workload_#{i}"

  defp begin(i, steps) do
    receive do
      {:go, pids, servers, remote} ->
        :rand.seed(:exsss, {i, 17, 23})
        Process.flag(:trap_exit, rem(i, 3) == 0)
        if rem(i, 8) in [1, 2], do: link_to(Enum.at(pids, i - 1))
        Process.put(:seen, %{})
        pair = Enum.at(pids, rem(i + 5, length(pids)))
        step(%{i: i, pids: pids, servers: servers, remote: remote, pair: pair, dups: 0}, steps)
    end
  end

  # the other may be gone already; who does not trap exits goes with it
  defp link_to(pid), do: Process.link(pid)

  defp step(_state, 0), do: drain(200)

  defp step(%{i: i} = state, left) do
    # every eighth ends in the middle, with what is in its mailbox, and takes those linked to it along
    if rem(i, 8) == 1 and left == 20, do: exit(:boom)
    state = act(:rand.uniform(12), state)
    drain(0)
    step(state, left - 1)
  end

  defp act(n, state) when n in 1..3, do: uniq(state, other(state))
  defp act(4, state), do: sent_to_name(state)
  defp act(5, state), do: urgent(state)
  defp act(6, state), do: dup(state)
  defp act(7, %{remote: []} = state), do: uniq(state, other(state))
  defp act(7, state), do: uniq(state, Enum.random(state.remote))
  defp act(8, state), do: call(state)
  defp act(9, state), do: child(state, :normal)
  defp act(10, state), do: child(state, :crash)
  defp act(11, state), do: busy(state)

  defp act(12, state) do
    Process.send_after(self(), {:timer, tag()}, 1)
    Process.sleep(1)
    state
  end

  defp uniq(state, to) do
    logged(tag(), to, fn tag -> send(to, {:uniq, tag, self(), to}) end)
    state
  end

  defp urgent(state) do
    to = other(state)
    logged(tag(), to, fn tag -> send(to, {:urgent, tag, self(), to}) end)
    state
  end

  defp sent_to_name(state) do
    i = 4 * :rand.uniform(div(length(state.pids), 4)) - 4
    to = Enum.at(state.pids, i)

    case Process.whereis(name(i)) do
      nil -> state
      _ -> logged(tag(), to, fn tag -> send(name(i), {:uniq, tag, self(), to}) end)
    end

    state
  rescue
    # it ended between the two
    ArgumentError -> state
  end

  # always the same message: only the order tells which is which, and the pauses tell the truth
  defp dup(%{pair: to, dups: n} = state) do
    Process.sleep(2)
    key = "#{text(self())}-#{text(to)}-#{n}"
    logged(key, to, fn _ -> send(to, {:dup, self()}) end)
    %{state | dups: n + 1}
  end

  defp call(state) do
    server = Enum.random(state.servers)
    tag = tag()
    before = now()
    {:uniq, answer, ^server, _} = GenServer.call(server, {:uniq, tag, self(), server})
    log({:sent, tag, self(), server, before, now()})
    taken(answer)
    state
  end

  defp child(state, how) do
    to = other(state)
    start = if how == :normal, do: &spawn_link/1, else: &spawn/1

    start.(fn ->
      logged(tag(), to, fn tag -> send(to, {:uniq, tag, self(), to}) end)
      if how == :crash, do: exit(:crash)
    end)

    state
  end

  # on a dirty scheduler messages are taken in by another thread
  defp busy(%{i: i} = state) do
    if rem(i, 2) == 0, do: :erts_debug.dirty_cpu(:wait, 2), else: :erts_debug.dirty_io(:wait, 2)
    state
  end

  defp other(%{pids: pids} = state) do
    pid = Enum.random(pids)
    if pid == self(), do: other(state), else: pid
  end

  defp logged(key, to, send) do
    before = now()
    send.(key)
    log({:sent, key, self(), to, before, now()})
  end

  # what is urgent is taken out of the middle of the mailbox
  defp drain(wait) do
    receive do
      {:urgent, tag, _, _} ->
        taken(tag)
        drain(wait)
    after
      0 -> drain_rest(wait)
    end
  end

  defp drain_rest(wait) do
    receive do
      {:uniq, tag, _, _} ->
        taken(tag)
        drain(wait)

      {:dup, from} ->
        n = Map.get(Process.get(:seen), from, 0)
        Process.put(:seen, Map.put(Process.get(:seen), from, n + 1))
        taken("#{text(from)}-#{text(self())}-#{n}")
        drain(wait)

      {:timer, _} ->
        drain(wait)

      {:EXIT, _, _} ->
        drain(wait)
    after
      wait -> :ok
    end
  end

  # processes of another node: they take what comes, and send as much back
  defp remote_processes(peer) do
    for _ <- 1..4, do: :erpc.call(peer, Workload, :start_echo, [])
  end

  def start_echo, do: spawn(fn -> echo() end)

  defp echo do
    receive do
      {:uniq, tag, from, _} -> send(from, {:uniq, -tag, self(), from})
    end

    echo()
  end

  defp wait(done) do
    if not done.() do
      Process.sleep(1)
      wait(done)
    end
  end
end
