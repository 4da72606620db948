# What the inserted probes call: a list of what happened, in the dictionary of the running process.
#
# Values are recorded as a hash (are two the same?) and the tokens in them with their places (where
# did they come from?).

defmodule Recorder do
  @moduledoc false
  require Some

  @limit 20_000
  @tokens_of_value 64

  @spec start() :: :ok
  def start do
    Process.put(:events, [])
    Process.put(:count, 0)
    :ok
  end

  @doc "What happened, in order; nil when it was too much to keep."
  @spec stop() :: [list] | nil
  def stop do
    events = Process.get(:events)
    if Process.get(:count) < @limit, do: Enum.reverse(events)
  end

  def enter(kind, name, number, args), do: add(["enter", kind, name, number, infos(args)])
  def leave(value), do: add(["leave", info(value)])
  def fail(class), do: add(["fail", Atom.to_string(class)])
  def call(line, args), do: add(["call", line, infos(args)])
  def returned(line, value), do: add(["returned", line, info(value)])
  def clause(line), do: add(["clause", line])
  def tried(line, matches), do: add(["tried", line, if(matches, do: 1, else: 0)])
  def match(line), do: add(["match", line])
  def matched(line), do: add(["matched", line])
  def bind(name, line, value), do: add(["bind", Atom.to_string(name), line, info(value)])

  defp add(event) do
    count = Process.get(:count)
    Process.put(:count, count + 1)
    if count < @limit, do: Process.put(:events, [event | Process.get(:events)])
    :ok
  end

  defp infos(values), do: Enum.map(values, &info/1)

  # a hash, the tokens in the value, where in it each is
  defp info(value) do
    found = value |> tokens("", []) |> Enum.uniq() |> Enum.take(@tokens_of_value)
    [:erlang.phash2(value), Enum.map(found, &elem(&1, 0)), Enum.map(found, &elem(&1, 1))]
  end

  # selectors as the graphs write them: `{0}` of a tuple, `[0]` of a list, `[1..]` its tail, `.name` and
  # `["k"]` of a map; `~` inside a binary or a key
  defp tokens(value, path, found) when Some.is_token(value), do: [{value, path} | found]

  defp tokens(value, path, found) when is_tuple(value) do
    value
    |> Tuple.to_list()
    |> Enum.with_index()
    |> Enum.reduce(found, fn {part, index}, found -> tokens(part, "#{path}{#{index}}", found) end)
  end

  defp tokens([_ | _] = list, path, found), do: items(list, path, 0, found)

  defp tokens(value, path, found) when is_map(value) do
    Enum.reduce(Map.to_list(value), found, fn {key, part}, found ->
      tokens(part, path <> selector(key), tokens(key, path <> "~", found))
    end)
  end

  defp tokens(value, path, found) when is_binary(value) do
    for token <- in_digits(value, in_bits(value, [])), reduce: found do
      found -> [{token, path <> "~"} | found]
    end
  end

  defp tokens(_value, _path, found), do: found

  defp items([head | tail], path, index, found) do
    items(tail, path, index + 1, tokens(head, "#{path}[#{index}]", found))
  end

  defp items([], _path, _index, found), do: found
  defp items(tail, path, index, found), do: tokens(tail, "#{path}[#{index}..]", found)

  defp selector(key) when is_atom(key), do: "." <> Atom.to_string(key)
  defp selector(key) when is_binary(key), do: "[#{inspect(key)}]"
  defp selector(key) when is_integer(key), do: "[#{key}]"
  defp selector(_key), do: "~"

  # a program puts a token into a binary as 32 bits or as ten digits
  defp in_bits(<<token::32, rest::binary>>, found) when Some.is_token(token) do
    in_bits(rest, [token | found])
  end

  defp in_bits(<<_, rest::binary>>, found), do: in_bits(rest, found)
  defp in_bits(<<>>, found), do: found

  defp in_digits(value, found) do
    ~r/1\d{9}/
    |> Regex.scan(value)
    |> Enum.reduce(found, fn [digits], found -> [String.to_integer(digits) | found] end)
  end
end
