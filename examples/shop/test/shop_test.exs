defmodule ShopTest do
  use ExUnit.Case

  test "a visit is paid and shipped" do
    assert {:ok, %{status: :shipped, total: 4}} = Shop.visit("ann", [{"apple", 2}])
  end

  test "the stock goes down by what was reserved" do
    before = Shop.Inventory.level("banana")
    assert {:ok, left} = Shop.Inventory.reserve("banana", 3)
    assert left == before - 3
  end
end
