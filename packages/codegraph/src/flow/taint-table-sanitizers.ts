// What makes untrusted input harmless, and calls whose result is not what they were given.

import type { Sanitizer } from "./taint-tables.ts";

/** Functions and operators of Kernel that answer numbers, booleans and pids. */
const PLAIN_RESULTS: readonly string[] = (
  "== != === !== < > <= >= =~ in not ! + - * / div rem abs round trunc length byte_size bit_size " +
  "map_size tuple_size self send is_atom is_binary is_bitstring is_boolean is_float is_function " +
  "is_integer is_list is_map is_nil is_number is_struct is_tuple"
).split(" ");

export const SANITIZERS: readonly Sanitizer[] = [
  {
    functions: [
      "String.to_existing_atom",
      "List.to_existing_atom",
      ":erlang.binary_to_existing_atom",
      "Module.safe_concat",
      "String.to_integer",
      "String.to_float",
      "List.to_integer",
      "Integer.parse",
      "Float.parse",
      "Date.from_iso8601",
      "DateTime.from_iso8601",
      "NaiveDateTime.from_iso8601",
      "Ecto.Changeset.cast",
      "Ecto.Type.cast",
      "Ecto.UUID.cast",
      "Ecto.UUID.dump",
      "Phoenix.Token.verify",
      "Plug.Crypto.verify",
      "Base.encode16",
      "Base.encode32",
      "Base.url_encode64",
      ":crypto.hash",
      ":crypto.mac",
    ],
  },
  // what a database answers is not what it was asked with
  {
    functions: [
      "*Repo.all",
      "*Repo.get",
      "*Repo.get!",
      "*Repo.get_by",
      "*Repo.get_by!",
      "*Repo.one",
      "*Repo.one!",
      "*Repo.insert",
      "*Repo.insert!",
      "*Repo.update",
      "*Repo.update!",
      "*Repo.delete",
      "*Repo.aggregate",
      "*Repo.exists?",
      "*Repo.stream",
      "*Repo.preload",
    ],
  },
  { functions: PLAIN_RESULTS.map((name) => `Kernel.${name}`) },
  {
    functions: [
      "String.length",
      "String.valid?",
      "String.contains?",
      "String.starts_with?",
      "String.ends_with?",
      "String.match?",
      "Enum.count",
      "Enum.empty?",
      "Enum.member?",
      "Enum.any?",
      "Enum.all?",
      "Map.has_key?",
      "Keyword.has_key?",
      "File.exists?",
      "File.dir?",
      "File.regular?",
      "IO.puts",
      "Logger.debug",
      "Logger.info",
      "Logger.warning",
      "Logger.error",
    ],
  },
  {
    functions: [
      "Plug.HTML.html_escape",
      "Plug.HTML.html_escape_to_iodata",
      "Phoenix.HTML.html_escape",
      "Phoenix.HTML.escape_to_iodata",
      "HtmlSanitizeEx.strip_tags",
      "HtmlSanitizeEx.basic_html",
      "Jason.encode",
      "Jason.encode!",
    ],
    categories: ["xss"],
  },
  {
    functions: ["Path.basename", "Path.safe_relative", "Path.safe_relative_to"],
    categories: ["path"],
  },
  {
    functions: ["URI.encode_www_form", "URI.encode_query", "URI.encode"],
    categories: ["path", "redirect", "xss"],
  },
  { functions: ["Regex.escape"], categories: ["regex"] },
];
