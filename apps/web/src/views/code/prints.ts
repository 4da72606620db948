// Prints that were put into the code after the fact, as the address keeps them: a line for each, its fields
// apart by tabs.

export type PrintSpec = {
  /** `lib/cart.ex:42`, or `Shop.Cart.add/3` */
  readonly at: string;
  readonly expression: string;
  /** empty: always */
  readonly when: string;
};

const MOST = 8;

export function printsFrom(text: string): readonly PrintSpec[] {
  return text
    .split("\n")
    .flatMap((line) => {
      const [at = "", expression = "", when = ""] = line.split("\t");
      return at === "" || expression === "" ? [] : [{ at, expression, when }];
    })
    .slice(0, MOST);
}

export function printsText(prints: readonly PrintSpec[]): string {
  return prints
    .slice(-MOST)
    .map(({ at, expression, when }) =>
      [at, expression, ...(when === "" ? [] : [when])].map(oneLine).join("\t"),
    )
    .join("\n");
}

export function keyOf({ at, expression, when }: PrintSpec): string {
  return `${at}\t${expression}\t${when}`;
}

export function paramsOf({ at, expression, when }: PrintSpec): {
  readonly at: string;
  readonly expression: string;
  readonly when?: string;
} {
  return { at, expression, ...(when === "" ? {} : { when }) };
}

function oneLine(text: string): string {
  return text.replaceAll(/[\t\n\r]+/g, " ").trim();
}
