// Rules that say all they mean as patterns, in the language that users write theirs in.

import { readPatterns, type PatternRule } from "../language/pattern-file.ts";

const TEXT = `
pattern "length-is-zero" do
  category :anti_pattern
  title "A whole list is counted to see whether it is empty"
  explain "$code walks through every element of $list to answer a question about the first. Compare with \`[]\`, or use \`Enum.empty?/1\` and \`Enum.any?/1\`."
  confidence 0.9
  match length($list) == 0 | length($list) != 0 | length($list) === 0 | length($list) !== 0
  match length($list) > 0 | length($list) >= 1 | length($list) < 1
  match 0 == length($list) | 0 < length($list) | 0 != length($list)
  match Enum.count($list) == 0 | Enum.count($list) != 0 | Enum.count($list) > 0 | Enum.count($list) >= 1 | Enum.count($list) < 1
  match Enum.count($list, _) == 0 | Enum.count($list, _) > 0 | Enum.count($list, _) != 0
end

pattern "infinite-timeout" do
  category :anti_pattern
  title "A call may wait for ever"
  explain "$code waits without a limit: when the other side hangs, so does this process, and whoever waits for it. Give it a time-out, and say what happens when it passes."
  confidence 0.85
  match GenServer.call(_, _, :infinity) | :gen_server.call(_, _, :infinity) | :gen_statem.call(_, _, :infinity)
  match GenStage.call(_, _, :infinity) | GenStateMachine.call(_, _, :infinity)
  match Task.await(_, :infinity) | Task.await_many(_, :infinity) | Task.yield(_, :infinity)
  match Agent.get(_, _, :infinity) | Agent.update(_, _, :infinity) | Agent.get_and_update(_, _, :infinity)
end

pattern "debug-leftover" do
  category :anti_pattern
  severity :info
  title "Something from debugging was left in"
  explain "$code prints to whoever holds the console, or stops the process that runs it. Remove it, or use \`Logger.debug/1\`."
  confidence 0.8
  match IO.inspect($value) | IO.inspect($value, [..., label: _]) | dbg() | dbg($value) | IEx.pry()
  where not uses(Mix.Task)
end

pattern "sys-get-state" do
  category :anti_pattern
  title "A server's state is read from outside"
  explain "$code reaches into another process past its interface, and stops it to copy the whole state. It is a tool for debugging: ask the server with a call."
  confidence 0.85
  match :sys.get_state(...) | :sys.replace_state(...)
end

pattern "wasteful-enum" do
  category :anti_pattern
  severity :info
  title "Two passes where one will do"
  explain "$code goes through the collection twice and builds a list in between. \`Enum.count/2\`, \`Enum.find/2\`, \`Enum.map_join/3\`, \`Enum.any?/2\`, \`Enum.empty?/1\`, \`Map.new/2\` and \`Enum.sort/2\` with \`:desc\` do it in one."
  confidence 0.85
  match Enum.count(Enum.filter($list, _)) | length(Enum.filter($list, _))
  match List.first(Enum.filter($list, _)) | hd(Enum.filter($list, _)) | Enum.at(Enum.filter($list, _), 0)
  match Enum.join(Enum.map($list, _), ...)
  match Enum.any?(Enum.map($list, _)) | Enum.all?(Enum.map($list, _))
  match Enum.into(Enum.map($list, _), %{}) | Map.new(Enum.map($list, _))
  match Enum.reverse(Enum.sort($list))
end
`;

/** The patterns of this package; a mistake in one is a bug of ours. */
export function builtinPatterns(): readonly PatternRule[] {
  const { rules, problems } = readPatterns(TEXT, "builtin-patterns");
  const [problem] = problems;
  if (problem !== undefined) {
    throw new Error(`builtin pattern at line ${problem.line}: ${problem.message}`);
  }
  return rules;
}
