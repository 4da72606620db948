// Which edges are drawn upwards, so that the others have no cycle.

type Edge = { readonly from: number; readonly to: number };

/**
 * Those that a depth-first walk finds to lead back; it begins at nodes that nothing leads to, then at the
 * first of the others, so that entries stay on top. Loops at a node are none. O(nodes + edges).
 */
export function withoutCycles(size: number, edges: readonly Edge[]): readonly boolean[] {
  const out: number[][] = Array.from({ length: size }, () => []);
  const entered = Array.from({ length: size }, () => false);
  edges.forEach(({ from, to }, edge) => {
    if (from === to) return;
    out[from]?.push(edge);
    entered[to] = true;
  });
  const nodes = Array.from({ length: size }, (_, node) => node);
  const starts = [...nodes.filter((node) => entered[node] !== true), ...nodes];
  const state = new Uint8Array(size);
  const next = new Int32Array(size);
  const turned = edges.map(() => false);
  for (const start of starts) {
    if (state[start] !== unseen) continue;
    const path = [start];
    state[start] = onPath;
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const at = next[node] ?? 0;
      const edge = out[node]?.[at];
      if (edge === undefined) {
        state[node] = done;
        path.pop();
        continue;
      }
      next[node] = at + 1;
      const to = edges[edge]?.to ?? 0;
      if (state[to] === onPath) turned[edge] = true;
      else if (state[to] === unseen) {
        state[to] = onPath;
        path.push(to);
      }
    }
  }
  return turned;
}

const unseen = 0;
const onPath = 1;
const done = 2;
