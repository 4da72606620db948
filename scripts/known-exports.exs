# Prints what the public modules of this Elixir export: `Module f/1,2 … | macro/1 …`, a line each.
# Run by known-exports.mjs with each release; Kernel.SpecialForms has macros only.
Application.ensure_all_started(:mix)

for app <- [:elixir, :eex, :ex_unit, :iex, :logger, :mix] do
  Application.load(app)
  {:ok, modules} = :application.get_key(app, :modules)

  for module <- Enum.sort(modules),
      Code.ensure_loaded?(module),
      function_exported?(module, :__info__, 1),
      match?({:docs_v1, _, _, _, doc, _, _} when is_map(doc), Code.fetch_docs(module)) do
    text = fn kind ->
      module.__info__(kind)
      |> Enum.reject(fn {name, _} -> String.starts_with?(Atom.to_string(name), ["__", "MACRO-"]) end)
      |> Enum.group_by(&elem(&1, 0), &elem(&1, 1))
      |> Enum.sort()
      |> Enum.map_join(" ", fn {name, arities} -> "#{name}/#{Enum.join(arities, ",")}" end)
    end

    IO.puts("#{inspect(module)}\t#{text.(:functions)}\t#{text.(:macros)}")
  end
end
