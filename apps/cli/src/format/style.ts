// Colours, only where a person watches: a terminal, and no NO_COLOR in the environment.

const codes = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36" } as const;

export type Style = keyof typeof codes;

export function styled(stream: NodeJS.WriteStream, style: Style, text: string): string {
  const colour = stream.isTTY && (process.env["NO_COLOR"] ?? "") === "";
  return colour ? `\u001B[${codes[style]}m${text}\u001B[0m` : text;
}
