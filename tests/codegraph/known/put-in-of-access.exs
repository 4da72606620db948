# `put_in(call()[key], value)` does not read the key by itself.
# run: f(1)
defmodule Program do
  def f(v1) do
    put_in(
      Some.map(v1)[:k],
      Some.id(v1)
    )
  end
end
