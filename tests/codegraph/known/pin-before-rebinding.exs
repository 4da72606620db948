# In `^v1 = v1 = …` the pin means what was bound before the whole expression.
# run: f(5)
# run: f(3)
defmodule Program do
  def f(v1) do
    ^v1 = v1 =
      Some.id(5)

    v1
  end
end
