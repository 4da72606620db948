// Fields of structs of Elixir's own libraries in the order of their definition, where that is not the
// alphabet. Elixir prints structs in this order, and a term does not carry it.

const ORDERS: Readonly<Record<string, string>> = {
  BadArityError: "function args",
  BadBooleanError: "term operator",
  CompileError: "file line description",
  DynamicSupervisor:
    "args extra_arguments mod name strategy max_children max_restarts max_seconds children restarts",
  "ExUnit.AssertionError": "left right message expr args doctest context",
  "ExUnit.Test": "name case module state time tags logs",
  ErlangError: "original reason",
  "File.CopyError": "reason source destination on action",
  "File.Error": "reason path action",
  "File.LinkError": "reason existing new action",
  "File.RenameError": "reason source destination on action",
  "File.Stat":
    "size type access atime mtime ctime mode links major_device minor_device inode uid gid",
  "File.Stream": "path modes line_or_bytes raw",
  FunctionClauseError: "module function arity kind args clauses",
  "IO.Stream": "device raw line_or_bytes",
  "IO.StreamError": "reason message",
  KeyError: "key term message",
  "Protocol.UndefinedError": "protocol value description",
  SyntaxError: "file line column snippet description",
  TokenMissingError: "file line snippet column description",
  URI: "scheme authority userinfo host port path query fragment",
  "URI.Error": "action reason part",
  UndefinedFunctionError: "module function arity reason message",
  Version: "major minor patch pre build",
};

export const STANDARD_FIELD_ORDER: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(ORDERS).map(([module, fields]) => [module, fields.split(" ")]),
);
