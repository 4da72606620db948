# The connection to the transformer: Erlang terms with a 4-byte length; forms go out, instrumented forms
# come back and are compiled here.

defmodule Exchange do
  @moduledoc false

  def connect(port) do
    options = [:binary, packet: 4, active: false]
    {:ok, socket} = :gen_tcp.connect({127, 0, 0, 1}, port, options)
    socket
  end

  def tell(socket, term), do: :ok = :gen_tcp.send(socket, :erlang.term_to_binary(term))

  def hear(socket) do
    case :gen_tcp.recv(socket, 0) do
      {:ok, bytes} -> :erlang.binary_to_term(bytes)
      {:error, :closed} -> :closed
    end
  end

  @doc "Instrumented code of the modules `{name, beam}`, those that cannot be as they were; and their sites."
  def instrument(socket, modules, options) do
    asked =
      for {module, beam} <- modules,
          do: {module, md5(module, beam), vsn(beam), forms(module, beam)}

    tell(socket, {:forms, asked})
    {:code, answers} = hear(socket)

    code =
      for {{module, beam}, answer} <- Enum.zip(modules, answers) do
        case answer do
          {:forms, forms, _sites} ->
            {module, compile(module, forms, [{:source, source(beam)} | options])}

          {:skip, _reason} ->
            {module, beam}
        end
      end

    {code,
     for({{module, _}, {:forms, _, sites}} <- Enum.zip(modules, answers), do: {module, sites})}
  end

  defp md5(module, beam) do
    {:ok, {^module, md5}} = :beam_lib.md5(beam)
    Base.encode16(md5, case: :lower)
  end

  defp vsn(beam) do
    {:ok, {_, attributes: attributes}} = :beam_lib.chunks(beam, [:attributes])
    attributes[:vsn]
  end

  # doctests look for it
  defp source(beam) do
    {:ok, {_, compile_info: info}} = :beam_lib.chunks(beam, [:compile_info])
    info[:source]
  end

  defp forms(module, beam) do
    with {:ok, {_, debug_info: {:debug_info_v1, backend, data}}} <-
           :beam_lib.chunks(beam, [:debug_info]),
         {:ok, forms} <- backend.debug_info(:erlang_v1, module, data, []) do
      forms
    else
      _ -> :none
    end
  end

  defp compile(module, forms, options) do
    case :compile.noenv_forms(forms, [:no_spawn_compiler_process, :return_errors | options]) do
      {:ok, ^module, beam} -> beam
      {:ok, ^module, beam, _warnings} -> beam
      errors -> raise "instrumented #{inspect(module)} does not compile: #{inspect(errors)}"
    end
  end
end
