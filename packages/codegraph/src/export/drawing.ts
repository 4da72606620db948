// A graph as it is drawn, whatever it is a graph of. Each kind of graph makes one of these, each format
// renders it. Texts are as they are in the code; every renderer escapes for itself.

/** What a node is, which decides its shape and colour. */
export type DrawnKind =
  | "entry"
  | "exit"
  | "error"
  | "branch"
  | "pattern"
  | "call"
  | "value"
  | "join"
  | "closure"
  | "function"
  | "outside"
  | "module"
  | "handler"
  | "supervisor"
  | "worker";

export type DrawnNode = {
  /** unique in the drawing, stable between runs */
  readonly id: string;
  /** lines of text, the first one the name */
  readonly lines: readonly string[];
  readonly kind: DrawnKind;
  /** key of a group, null for none */
  readonly group: string | null;
  /** the one that was asked for */
  readonly focus?: true;
};

export type DrawnEdge = {
  /** indexes of nodes */
  readonly from: number;
  readonly to: number;
  readonly label: string | null;
  readonly line: "solid" | "dashed" | "dotted";
  readonly tone: "normal" | "good" | "bad" | "quiet";
};

export type Drawing = {
  readonly title: string;
  /** what is left out, what lines mean; null when there is nothing to say */
  readonly note: string | null;
  readonly direction: "down" | "right";
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  /** modules, closures: drawn as boxes or colours */
  readonly groups: readonly { readonly key: string; readonly label: string }[];
};

/** The groups of nodes in order of appearance, labelled by their keys. */
export function groupsOf(nodes: readonly DrawnNode[]): Drawing["groups"] {
  const keys = new Set(nodes.flatMap(({ group }) => (group === null ? [] : [group])));
  return [...keys].map((key) => ({ key, label: key }));
}
