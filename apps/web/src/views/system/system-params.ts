// What the System view keeps in the address, as text and back. Ids have commas and bars, but never a new line.

export type EdgeEnds = { readonly a: string; readonly b: string };

export function listed(param: string): readonly string[] {
  return param.split("\n").filter((id) => id !== "");
}

export function unlisted(ids: readonly string[]): string {
  return [...new Set(ids)].join("\n");
}

export function edgeFrom(param: string): EdgeEnds | null {
  const [a = "", b = ""] = listed(param);
  return a === "" || b === "" ? null : { a, b };
}

export function edgeParamOf({ a, b }: EdgeEnds): string {
  return `${a}\n${b}`;
}
