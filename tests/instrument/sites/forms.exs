# Writes what a compiler made of modules, as one external term: `[{Module, Forms}]`.
#
#     elixir forms.exs OUT FOLDER FILE…
#
# A FILE is a `.beam`, or a source relative to FOLDER, which is compiled in memory and named so in the forms.

[out, folder | files] = System.argv()

forms = fn module, beam ->
  with {:ok, {_, [debug_info: {:debug_info_v1, backend, data}]}} <-
         :beam_lib.chunks(beam, [:debug_info]),
       {:ok, forms} <- backend.debug_info(:erlang_v1, module, data, []) do
    [{module, forms}]
  else
    _ -> []
  end
end

{beams, sources} = Enum.split_with(files, &String.ends_with?(&1, ".beam"))

from_beams =
  Enum.flat_map(beams, fn file ->
    {:ok, {module, _}} = :beam_lib.chunks(String.to_charlist(file), [])
    forms.(module, String.to_charlist(file))
  end)

from_sources =
  if sources == [] do
    []
  else
    File.cd!(folder)
    Code.compiler_options(ignore_module_conflict: true, debug_info: true)
    test = self()

    # quietly: warnings about older code are nobody's business here
    {:ok, quiet} = StringIO.open("")
    Process.register(quiet, :quiet)

    {:ok, _, _} =
      Kernel.ParallelCompiler.compile(sources,
        each_module: fn _file, module, beam -> send(test, {:compiled, module, beam}) end
      )

    Stream.repeatedly(fn ->
      receive do
        {:compiled, module, beam} -> {module, beam}
      after
        0 -> nil
      end
    end)
    |> Enum.take_while(& &1)
    |> Enum.flat_map(fn {module, beam} -> forms.(module, beam) end)
  end

File.write!(out, :erlang.term_to_binary(from_beams ++ from_sources))

# at once: applications that were compiled again could not be stopped in order
System.halt(0)
