# The reference side: parses the sources in a file with this Elixir and writes what it answers.
#
#   elixir reference.exs INPUT OUTPUT MODE...
#
# INPUT is a list of binaries in the external term format. For each source and mode OUTPUT gets the
# length (32 bits) and the bytes of `{:ok, quoted}` or `{:error, {line, column, message}}`.

defmodule ParserReference do
  def main([input, output | modes]) do
    sources = input |> File.read!() |> :erlang.binary_to_term()
    file = File.open!(output, [:write, :raw, :delayed_write])

    for source <- sources, mode <- modes do
      bytes = :erlang.term_to_binary(answer(source, options(mode)))
      :file.write(file, [<<byte_size(bytes)::32>>, bytes])
    end

    File.close(file)
  end

  defp options("full") do
    [
      columns: true,
      token_metadata: true,
      literal_encoder: &{:ok, {:__block__, &2, [&1]}},
      unescape: false
    ]
  end

  defp options("plain"), do: []
  defp options("metadata"), do: [columns: true, token_metadata: true]

  defp answer(source, options) do
    case Code.string_to_quoted(source, [emit_warnings: false] ++ options) do
      {:ok, quoted} -> {:ok, quoted}
      {:error, {location, message, token}} -> {:error, reason(location, message, token)}
    end
  rescue
    error -> {:error, {0, 0, Exception.message(error)}}
  end

  defp reason(location, message, token) do
    {location[:line], location[:column], "#{words(message)}#{words(token)}"}
  end

  defp words({first, second}), do: words(first) <> words(second)
  defp words(text) when is_binary(text), do: text
  defp words(other), do: inspect(other)
end

ParserReference.main(System.argv())
