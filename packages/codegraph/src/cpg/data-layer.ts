// Where values go: definitions to what is made of them and to where their names are read.

import type { Definition, Dfg } from "../flow/dfg.ts";
import type { CpgScope } from "./syntax-layer.ts";

/** Kinds that stand for an expression or a pattern of the text. */
const written: ReadonlySet<Definition["kind"]> = new Set(["pattern", "value"]);

/** REACHING_DEF, REF and CAPTURES of a function and its closures. */
export function addData(dfg: Dfg, scope: CpgScope): void {
  const { builder, fun } = scope;
  const nodes = dfg.definitions.map((definition, at) => {
    const tree = written.has(definition.kind) ? builder.find(definition.nodeId) : undefined;
    return (
      tree ??
      builder.node({
        id: `${dfg.function}#def${at}`,
        kind: "definition",
        type: definition.kind,
        label: definition.name ?? definition.kind,
        function: fun.data.key,
        line: definition.line,
        column: definition.column,
        start: definition.start,
        end: definition.end,
      })
    );
  });
  for (const { from, to, kind, path } of dfg.flows) {
    const label = path === null ? kind : `${kind} ${path}`;
    builder.edge("REACHING_DEF", nodes[from], nodes[to], label);
    if (kind === "capture") {
      const closure = dfg.closures[dfg.definitions[to]?.closure ?? -1];
      builder.edge("CAPTURES", nodes[closure?.definition ?? -1], nodes[from]);
    }
  }
  for (const { definition, nodeId } of dfg.uses) {
    const place = builder.find(nodeId);
    const name = dfg.definitions[definition]?.name ?? null;
    builder.edge("REACHING_DEF", nodes[definition], place, name);
    builder.edge("REF", place, nodes[definition], name);
  }
}
