// Text that fits its box: the whole label, else without its module, else cut with an ellipsis, else nothing.

export type Measure = (text: string) => number;

const ELLIPSIS = "…";
const MIN_LETTERS = 2;

/** Widths are asked for again and again while panning, so they are remembered. */
export function cachedMeasure(measure: Measure, limit = 4096): Measure {
  const widths = new Map<string, number>();
  return (text) => {
    let width = widths.get(text);
    if (width === undefined) {
      if (widths.size >= limit) widths.clear();
      width = measure(text);
      widths.set(text, width);
    }
    return width;
  };
}

/** What of a function label such as `Shop.Cart.add/3` fits into `widthPx`. */
export function fitLabel(label: string, widthPx: number, measure: Measure): string {
  if (measure(label) <= widthPx) return label;
  const short = shortName(label);
  return short !== label && measure(short) <= widthPx ? short : fitText(short, widthPx, measure);
}

/** The longest beginning of `text` that fits with an ellipsis; empty when not even two letters do. */
export function fitText(text: string, widthPx: number, measure: Measure): string {
  if (measure(text) <= widthPx) return text;
  if (widthPx < measure("m" + ELLIPSIS)) return "";
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(text.slice(0, middle) + ELLIPSIS) <= widthPx) low = middle;
    else high = middle - 1;
  }
  return low < MIN_LETTERS ? "" : text.slice(0, low) + ELLIPSIS;
}

function shortName(label: string): string {
  const slash = label.lastIndexOf("/");
  const dot = label.lastIndexOf(".", slash === -1 ? undefined : slash);
  return dot <= 0 || dot === label.length - 1 ? label : label.slice(dot + 1);
}
