# What generated programs call: arbitrary values and decisions.
#
# Everything is drawn from a seeded generator in the process, so that a run is determined by its seed.
# Tokens are integers in one range that nothing else produces, so that a value can be followed.

defmodule Point do
  @moduledoc false
  defstruct [:x, :y]
end

defmodule Some do
  @moduledoc "Arbitrary values and decisions: `Some.fresh()` is `1000004711`, `Some.shape(v)` may be `{:ok, v}`."

  @first_token 1_000_000_000
  @last_token 1_199_999_999

  @doc "Is it one of ours?"
  defguard is_token(value)
           when is_integer(value) and value >= @first_token and value <= @last_token

  @spec seed(integer) :: :ok
  def seed(seed) do
    :rand.seed(:exsss, seed)
    Process.put(:fuel, 4)
    # tokens in the text of programs are below 1_100_000_000
    Process.put(:next_token, 1_100_000_000 + rem(seed, 1000) * 100_000)
    :ok
  end

  @spec fresh() :: integer
  def fresh do
    token = Process.get(:next_token)
    Process.put(:next_token, token + 1)
    token
  end

  def id(value), do: value
  def first(value, _other), do: value
  def second(_other, value), do: value
  def choose(one, other), do: if(chance(50), do: one, else: other)
  def pair(one, other), do: {one, other}
  def forget(_value), do: fresh()

  def small, do: :rand.uniform(4) - 1
  def small(_value), do: small()
  def bool, do: chance(50)
  def bool(_value), do: chance(50)

  @doc "Mostly a boolean, and sometimes none, for `and`, `or`, `not`."
  def almost_bool(value), do: if(chance(90), do: chance(50), else: value)

  @doc "Truthy or falsy; a truthy one may carry the value."
  def flag(value), do: one_of([nil, false, true, value, {:flag, value}])

  @doc "False after a few times in a run: programs that ask end."
  def fuel do
    left = Process.get(:fuel)
    Process.put(:fuel, left - 1)
    left > 0
  end

  @doc "The value in one of the shapes that the patterns of programs ask for."
  def shape(value) do
    value = if chance(25), do: shape(value), else: value

    case :rand.uniform(14) do
      1 -> {:ok, value}
      2 -> {:ok, value}
      3 -> {:error, value}
      4 -> [value]
      5 -> [value, fresh() | list(value)]
      6 -> %{k: value}
      7 -> %{k: fresh(), j: value}
      8 -> %Point{x: value, y: fresh()}
      9 -> bits(value)
      10 -> {value, fresh()}
      11 -> one_of([nil, :none, [], %{}, "", {}])
      12 -> value
      13 -> {:ok, {:ok, value}}
      14 -> text(value)
    end
  end

  def list(value) do
    one_of([[], [value], [fresh(), value], [value, fresh(), value], [shape(value), fresh()]])
  end

  def map(value), do: one_of([%{k: value}, %{k: value, j: fresh()}, %{k: fresh(), j: value}])
  def point(value), do: %Point{x: value, y: fresh()}

  @doc "The value's tokens, 32 bits each, so that a pattern `<<v::32, rest::binary>>` takes one."
  def bits(value), do: one_of([<<int(value)::32>>, <<int(value)::32, fresh()::32>>, <<>>])
  def bytes(value), do: <<int(value)::32, int(fresh())::32>>
  # what an operator or function asks for, most of the time
  def maybe_number(value), do: mostly(fresh() * 4, value)
  def maybe_text(value), do: mostly(text(value), value)
  def maybe_list(value), do: mostly([value, fresh()], one_of([value, []]))
  def maybe_map(value), do: mostly(%{k: value}, one_of([value, %{}]))
  def maybe_point(value), do: mostly(point(value), value)
  def maybe_tuple(value), do: mostly({fresh(), value}, value)

  def text(value), do: Integer.to_string(int(value))

  def int(value) when is_token(value), do: value
  def int({_, value}) when is_token(value), do: value
  def int([value | _]) when is_token(value), do: value
  def int(_), do: fresh()

  @doc "The value, or one of every way not to return."
  def risky(value) do
    case :rand.uniform(40) do
      1 -> raise "risky"
      2 -> raise ArgumentError, "risky"
      3 -> raise KeyError, key: value, term: %{}
      4 -> throw({:thrown, value})
      5 -> throw(value)
      6 -> exit({:shutdown, value})
      7 -> :erlang.error({:odd, value})
      8 -> hd(one_of([[], [value]]))
      _ -> value
    end
  end

  defp chance(percent), do: :rand.uniform(100) <= percent
  defp mostly(one, other), do: if(chance(80), do: one, else: other)
  defp one_of(list), do: Enum.at(list, :rand.uniform(length(list)) - 1)
end
