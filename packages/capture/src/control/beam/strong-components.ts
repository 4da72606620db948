// Tarjan's strongly connected components, without recursion: call graphs are deeper than a JS stack.

/** Nodes that are on a cycle, an edge to itself included. `edges[n]` are the targets of node n. */
export function cyclicNodes(edges: readonly (readonly number[])[]): readonly number[] {
  const count = edges.length;
  const order = new Int32Array(count);
  const low = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const nextEdge = new Int32Array(count);
  const stack: number[] = [];
  const cyclic: number[] = [];
  let visited = 0;

  const enter = (node: number): void => {
    visited++;
    order[node] = visited;
    low[node] = visited;
    onStack[node] = 1;
    stack.push(node);
  };
  const lower = (node: number, to: number): void => {
    low[node] = Math.min(low[node] ?? 0, to);
  };
  const leave = (root: number): void => {
    const from = stack.lastIndexOf(root);
    const component = stack.splice(from);
    for (const node of component) onStack[node] = 0;
    const loops = component.length > 1 || edges[root]?.includes(root) === true;
    if (loops) cyclic.push(...component);
  };

  for (let start = 0; start < count; start++) {
    if (order[start] !== 0) continue;
    const path = [start];
    enter(start);
    while (path.length > 0) {
      const node = path.at(-1) ?? 0;
      const index = nextEdge[node] ?? 0;
      const target = edges[node]?.[index];
      if (target === undefined) {
        path.pop();
        if (low[node] === order[node]) leave(node);
        const parent = path.at(-1);
        if (parent !== undefined) lower(parent, low[node] ?? 0);
        continue;
      }
      nextEdge[node] = index + 1;
      if (order[target] === 0) {
        enter(target);
        path.push(target);
      } else if (onStack[target] === 1) lower(node, order[target] ?? 0);
    }
  }
  return cyclic;
}
