// What markup is made of: text, tags, and places where Elixir is embedded. Ranges only; the text is the file's.

/** Offsets into the text of the file, end exclusive. */
export type Range = { readonly start: number; readonly end: number };

/** A value of an attribute: `"text"`, `{expression}`, or none. */
export type AttributeValue =
  | { readonly kind: "text"; readonly range: Range }
  | { readonly kind: "expression"; readonly range: Range }
  | { readonly kind: "none" };

export type Attribute = {
  /** empty for `{@rest}`, which gives several */
  readonly name: string;
  readonly nameRange: Range;
  readonly value: AttributeValue;
};

/** `<div>`, `<.card>`, `<Shop.Card.card>`, `<:header>`. */
export type TagKind = "html" | "local" | "remote" | "slot";

export type MarkupToken =
  | ({ readonly kind: "text" } & Range)
  /** `<% %>` and `<%= %>`; `code` is what stands between */
  | ({ readonly kind: "code"; readonly output: boolean; readonly code: Range } & Range)
  /** `{expression}` in the body */
  | ({ readonly kind: "interpolation"; readonly code: Range } & Range)
  | ({
      readonly kind: "open";
      readonly tag: TagKind;
      /** without its dot or colon */
      readonly name: string;
      readonly nameRange: Range;
      readonly attributes: readonly Attribute[];
      readonly selfClosing: boolean;
    } & Range)
  | ({ readonly kind: "close"; readonly tag: TagKind; readonly name: string } & Range);

/** What is wrong with the markup, to be told with its line and column. */
export type MarkupProblem = Range & { readonly code: string; readonly message: string };

/** `eex`: only `<% %>` means something. */
export type MarkupLanguage = "heex" | "eex";
