// What `print` found as text: a line for each time, with the values that the expressions came to.

import type { Print, Printed, PrintsView } from "@elixirscope/query";
import { formatCount } from "./units.ts";
import { styled } from "./style.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 200;

export function printsText(view: PrintsView, stream: NodeJS.WriteStream): string {
  const texts = view.expressions.map(({ text }) => text);
  return [
    ...view.prints.map((print) => printText(print, texts, stream)),
    "",
    ...summary(view).map((line) => styled(stream, "dim", line)),
  ].join("\n");
}

function printText(print: Print, texts: readonly string[], stream: NodeJS.WriteStream): string {
  const { t, pid, event, file, line, mfa, trigger } = print;
  const atLine = trigger === "line" && file !== null ? `${file}:${line ?? "?"}` : null;
  const place = atLine ?? (mfa === null ? trigger : `${mfa} (${trigger})`);
  const head = [
    styled(stream, "bold", `${(t / 1e9).toFixed(6)} s`),
    visible(pid),
    styled(stream, "cyan", visible(place)),
    styled(stream, "dim", `event ${event}`),
  ].join("  ");
  const [only] = print.printed;
  if (print.printed.length === 1 && only !== undefined)
    return `${head}  ${valueText(only, stream)}`;
  const lines = print.printed.map(
    (printed, i) => `    ${visible(texts[i] ?? "")} = ${valueText(printed, stream)}`,
  );
  return [head, ...lines].join("\n");
}

function valueText(printed: Printed, stream: NodeJS.WriteStream): string {
  switch (printed.kind) {
    case "value":
      return clipped(printed.text, MOST_COLUMNS);
    case "unknown":
      return styled(stream, "yellow", "(unknown: cut or not recorded)");
    case "raised":
      return styled(stream, "red", `** (raises) ${clipped(printed.message, MOST_COLUMNS)}`);
    default:
      return printed satisfies never;
  }
}

function summary({ prints, more, expressions, limits }: PrintsView): readonly string[] {
  const times = prints.length === 1 ? "1 time" : `${formatCount(prints.length)} times`;
  const said = [`${times}${more ? "; there are more (--limit)" : ""}`];
  for (const { text, unknown, raised, firstRaised } of expressions) {
    if (unknown > 0) {
      said.push(
        `${visible(text)}: ${formatCount(unknown)} times unknown, as values were cut or not recorded`,
      );
    }
    if (raised > 0) {
      said.push(
        `${visible(text)}: would have raised ${formatCount(raised)} times, first: ${visible(firstRaised ?? "")}`,
      );
    }
  }
  return [...said, ...limits.map(visible)];
}
