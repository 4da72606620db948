# The value of a `with` that does not match is the value of the whole, also when it is a literal.
# run: f(1)
defmodule Program do
  def f(v1) do
    Some.pair(
      v1,
      (
        with {:ok, v2} <- 1_000_000_001,
             {:ok, v3} <- Some.id(v2) do
          v3
        end
      )
    )
  end
end
