// Text that can be laid out in a width: what stays on a line together and where a line may break.
// The breaking rules are those that Elixir's pretty printing shows, so that its output is matched.

export type Doc =
  | string
  | readonly Doc[]
  /** `strict` breaks all together with their group; `flex` each when the next piece does not fit */
  | { readonly kind: "break"; readonly text: string; readonly mode: "strict" | "flex" }
  | { readonly kind: "nest"; readonly indent: number; readonly doc: Doc }
  | { readonly kind: "group"; readonly doc: Doc };

const STRICT: Doc = { kind: "break", text: " ", mode: "strict" };
const FLEX: Doc = { kind: "break", text: " ", mode: "flex" };
const EMPTY_BREAK: Doc = { kind: "break", text: "", mode: "strict" };

/**
 * What stands between brackets. `maybe`: fill lines when all items are plain text, else one per line.
 * `improper` puts ` |` instead of a comma before the last item.
 */
export function container(
  open: string,
  items: readonly Doc[],
  close: string,
  breaks: "strict" | "flex" | "maybe",
  improper = false,
): Doc {
  if (items.length === 0) return open + close;
  const isFlex = breaks === "flex" || (breaks === "maybe" && items.every(isSimple));
  const separator = isFlex ? FLEX : STRICT;
  const inner: Doc[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0) inner.push(improper && index === items.length - 1 ? " |" : ",", separator);
    inner.push(item);
  }
  if (isFlex) return group([open, nest(inner, 1), close]);
  return group([nest([open, EMPTY_BREAK, inner], 2), EMPTY_BREAK, close]);
}

/** Bytes between `<<` and `>>`, filling lines. */
export function byteContainer(items: readonly string[]): Doc {
  const inner: Doc[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0) inner.push(FLEX);
    inner.push(index < items.length - 1 ? `${item},` : item);
  }
  return group(["<<", nest(inner, 2), ">>"]);
}

function group(doc: Doc): Doc {
  return { kind: "group", doc };
}

function nest(doc: Doc, indent: number): Doc {
  return { kind: "nest", indent, doc };
}

function isSimple(doc: Doc): boolean {
  if (typeof doc === "string") return !doc.includes("\n");
  return "kind" in doc ? false : doc.every(isSimple);
}

/** What is still to be written, as a linked list: trying a layout shares it instead of copying. */
type Work = {
  readonly indent: number;
  readonly isFlat: boolean;
  readonly doc: Doc;
  readonly next: Work | null;
};

/** The text; on one line when `width` is infinite. */
export function layout(doc: Doc, width: number): string {
  let text = "";
  let column = 0;
  let work: Work | null = { indent: 0, isFlat: false, doc: group(doc), next: null };
  while (work !== null) {
    const { indent, isFlat, doc: current, next }: Work = work;
    work = next;
    if (typeof current === "string") {
      text += current;
      column += byteLength(current, width);
    } else if (!("kind" in current)) {
      work = prepend(current, indent, isFlat, next);
    } else if (current.kind === "nest") {
      work = { indent: indent + current.indent, isFlat, doc: current.doc, next };
    } else if (current.kind === "group") {
      const fitsFlat: boolean =
        width === Infinity ||
        fits(width, column, false, { indent, isFlat: true, doc: current.doc, next: null });
      work = { indent, isFlat: fitsFlat, doc: current.doc, next };
    } else if (staysOnLine(current, isFlat, width, column, next)) {
      text += current.text;
      column += current.text.length;
    } else {
      text += `\n${" ".repeat(indent)}`;
      column = indent;
    }
  }
  return text;
}

function staysOnLine(
  doc: { readonly text: string; readonly mode: "strict" | "flex" },
  isFlat: boolean,
  width: number,
  column: number,
  next: Work | null,
): boolean {
  if (isFlat || width === Infinity) return true;
  return doc.mode === "flex" && fits(width, column + doc.text.length, true, next);
}

/** Does what comes up to the next possible line end fit? A line without a break in it always does. */
function fits(width: number, start: number, sawBreak: boolean, first: Work | null): boolean {
  let column = start;
  let hasBreak = sawBreak;
  let work = first;
  // a group's own breaks do not count for what follows it: restored where `marks` says
  const marks: { readonly at: Work | null; readonly hasBreak: boolean }[] = [];
  while (work !== null) {
    if (hasBreak && column > width) return false;
    for (let mark = marks.at(-1); mark?.at === work; mark = marks.at(-1)) {
      hasBreak = mark.hasBreak;
      marks.pop();
    }
    const { indent, isFlat, doc, next }: Work = work;
    work = next;
    if (typeof doc === "string") column += byteLength(doc, width);
    else if (!("kind" in doc)) work = prepend(doc, indent, isFlat, next);
    else if (doc.kind === "break") {
      if (!isFlat) return true;
      column += doc.text.length;
      hasBreak = true;
    } else {
      // a group that comes is tried on one line
      const isGroup = doc.kind === "group";
      if (isGroup) marks.push({ at: next, hasBreak });
      work = { indent, isFlat: isFlat || isGroup, doc: doc.doc, next };
    }
  }
  return !(hasBreak && column > width);
}

function prepend(
  docs: readonly Doc[],
  indent: number,
  isFlat: boolean,
  next: Work | null,
): Work | null {
  let work = next;
  for (let i = docs.length - 1; i >= 0; i--) {
    const doc = docs[i];
    if (doc !== undefined) work = { indent, isFlat, doc, next: work };
  }
  return work;
}

const utf8 = new TextEncoder();

/** Elixir measures text in bytes. Not worth counting when nothing is measured. */
function byteLength(text: string, width: number): number {
  return width === Infinity ? 0 : utf8.encode(text).length;
}
