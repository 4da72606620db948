# What a failing update, interpolation or construction raises holds what it was given.
# run: interpolated({1_100_000_001, 2})
# run: interpolated(1_100_000_001)
# run: updated({:ok, 1_100_000_001})
# run: updated(%{k: 1, j: 1_100_000_001})
# run: updated(%{j: 1_100_000_001})
# run: point({:ok, 1_100_000_001})
# run: point(%Point{x: 1, y: 1_100_000_001})
# run: field(%{j: 1_100_000_001})
# run: matched({:error, 1_100_000_001})
# run: chosen({:error, 1_100_000_001})
# run: generated({:error, 1_100_000_001})
# run: strict({1_100_000_001, true})
# run: collected({:error, 1_100_000_001})
# run: bits({:error, 1_100_000_001})
# run: sigil({:error, 1_100_000_001})
defmodule Program do
  def collected(v1) do
    for v3 <- [1], into: v1 do
      v3
    end
  rescue
    v2 ->
      Some.id(v2)
  end

  def bits(v1) do
    for <<v3 <- v1>> do
      v3
    end
  rescue
    v2 ->
      Some.id(v2)
  end

  def sigil(v1) do
    ~s(got #{v1})
  rescue
    v2 ->
      Some.id(v2)
  end

  def interpolated(v1) do
    "got #{v1}"
  rescue
    v2 ->
      Some.id(v2)
  end

  def updated(v1) do
    %{v1 | k: 1}
  rescue
    v2 ->
      Some.id(v2)
  end

  def point(v1) do
    %Point{v1 | x: 1}
  rescue
    v2 ->
      Some.id(v2)
  end

  def field(v1) do
    v1.k
  rescue
    v2 ->
      Some.id(v2)
  end

  def matched(v1) do
    {:ok, v3} = v1
    v3
  rescue
    v2 ->
      Some.id(v2)
  end

  def chosen(v1) do
    case v1 do
      {:ok, v3} ->
        v3
    end
  rescue
    v2 ->
      Some.id(v2)
  end

  def generated(v1) do
    for v3 <- v1 do
      v3
    end
  rescue
    v2 ->
      Some.id(v2)
  end

  def strict(v1) do
    v1 and true
  rescue
    v2 ->
      Some.id(v2)
  end
end
