// Program text while it is written: lines with tags.
//
// A tag names the construct that has run when something on its line has run; it ends up as a comment
// `#: case` of the line, where the check counts it.

export type Line = {
  readonly indent: number;
  readonly text: string;
  readonly tags: readonly string[];
};

export type Text = readonly Line[];

export function line(text: string, ...tags: readonly string[]): Text {
  return [{ indent: 0, text, tags }];
}

/** The tag goes to the first line that can have a node of a graph: brackets and keys have none. */
export function tagged(text: Text, ...tags: readonly string[]): Text {
  const first = Math.max(
    text.findIndex(({ text: written }) => /\w/.test(written) && !/^\w+:$|^%\w+\{$/.test(written)),
    0,
  );
  return text.map((part, index) =>
    index === first ? { ...part, tags: [...part.tags, ...tags] } : part,
  );
}

export function indented(text: Text, by = 1): Text {
  return text.map((part) => ({ ...part, indent: part.indent + by }));
}

/** `text` and then `end` on its last line. */
export function suffixed(text: Text, end: string): Text {
  return text.map((part, index) =>
    index === text.length - 1 ? { ...part, text: part.text + end } : part,
  );
}

export function prefixed(begin: string, text: Text): Text {
  return text.map((part, index) => (index === 0 ? { ...part, text: begin + part.text } : part));
}

/** One expression that needs no line of its own: a name, a literal, a container of such. */
export function isAtomic(text: Text): boolean {
  const [first] = text;
  return text.length === 1 && first !== undefined && /^[@\w:.%"{}[\], |]*$/.test(first.text);
}

/** One expression that can stand as an argument or before an operator without parentheses. */
function isTight(text: Text): boolean {
  const [first] = text;
  const last = text.at(-1);
  if (first === undefined || last === undefined) return false;
  if (isAtomic(text)) return true;
  if (text.length === 1) return /^[\w.]+\([\w:.%"{}[\], |]*\)$/.test(first.text);
  const inside = text.slice(1, -1).every(({ indent }) => indent > first.indent);
  return (
    /^[\w.]+\($/.test(first.text) && last.indent === first.indent && last.text === ")" && inside
  );
}

/** In parentheses of its own unless it is tight. */
export function operand(text: Text): Text {
  return isTight(text) ? text : [...line("("), ...indented(text), ...line(")")];
}

/** `begin` arguments `end`, each on its own lines unless all are atomic. */
export function enclosed(begin: string, args: readonly Text[], end: string): Text {
  if (args.every(isAtomic)) {
    return [
      {
        indent: 0,
        text: begin + args.map((arg) => arg[0]?.text ?? "").join(", ") + end,
        tags: args.flatMap((arg) => arg[0]?.tags ?? []),
      },
    ];
  }
  const parts = args.map(operand);
  return [
    ...line(begin),
    ...parts.flatMap((part, index) =>
      indented(index === parts.length - 1 ? part : suffixed(part, ",")),
    ),
    ...line(end),
  ];
}

export function call(name: string, ...args: readonly Text[]): Text {
  return enclosed(`${name}(`, args, ")");
}

/** `pattern = value`, `pattern <- value`: the value on lines of its own unless it is atomic. */
export function bound(pattern: string, operator: string, value: Text): Text {
  if (isAtomic(value)) return prefixed(`${pattern} ${operator} `, value);
  return [...line(`${pattern} ${operator}`), ...indented(operand(value))];
}

/** `head -> body` */
export function arrow(head: string, body: Text, ...tags: readonly string[]): Text {
  return [...line(`${head} ->`), ...indented(tagged(body, ...tags))];
}

export function render(program: Text): string {
  return program
    .map(({ indent, text, tags }) => {
      const comment = tags.length === 0 ? "" : ` #: ${tags.join(" ")}`;
      return `${"  ".repeat(indent)}${text}${comment}\n`;
    })
    .join("");
}

/** The tags of each line (1-based) of rendered text. */
export function tagsOf(source: string): ReadonlyMap<number, readonly string[]> {
  const tags = new Map<number, readonly string[]>();
  source.split("\n").forEach((written, index) => {
    const found = / #: (.*)$/.exec(written)?.[1];
    if (found !== undefined) tags.set(index + 1, found.split(" "));
  });
  return tags;
}
