// A directed graph as two compressed adjacency arrays: nodes are 0 to size-1, edges keep their index.

export class Digraph {
  readonly size: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly #out: Adjacency;
  readonly #in: Adjacency;

  /** Edge `i` goes from `from[i]` to `to[i]`; parallel edges and self loops are kept. */
  constructor(size: number, from: ArrayLike<number>, to: ArrayLike<number>) {
    this.size = size;
    this.from = Int32Array.from(from);
    this.to = Int32Array.from(to);
    this.#out = adjacency(size, this.from);
    this.#in = adjacency(size, this.to);
  }

  /** Indexes of the edges that leave `node`. */
  outEdges(node: number): Int32Array {
    return edgesAt(this.#out, node);
  }

  /** Indexes of the edges that enter `node`. */
  inEdges(node: number): Int32Array {
    return edgesAt(this.#in, node);
  }

  successors(node: number): Int32Array {
    return this.outEdges(node).map((edge) => this.to[edge] ?? 0);
  }

  predecessors(node: number): Int32Array {
    return this.inEdges(node).map((edge) => this.from[edge] ?? 0);
  }

  reversed(): Digraph {
    return new Digraph(this.size, this.to, this.from);
  }
}

type Adjacency = { readonly offsets: Int32Array; readonly edges: Int32Array };

function adjacency(size: number, ends: Int32Array): Adjacency {
  const offsets = new Int32Array(size + 1);
  for (const node of ends) offsets[node + 1] = (offsets[node + 1] ?? 0) + 1;
  for (let node = 0; node < size; node += 1) {
    offsets[node + 1] = (offsets[node + 1] ?? 0) + (offsets[node] ?? 0);
  }
  const next = offsets.slice();
  const edges = new Int32Array(ends.length);
  for (let edge = 0; edge < ends.length; edge += 1) {
    const node = ends[edge] ?? 0;
    const place = next[node] ?? 0;
    edges[place] = edge;
    next[node] = place + 1;
  }
  return { offsets, edges };
}

function edgesAt({ offsets, edges }: Adjacency, node: number): Int32Array {
  return edges.subarray(offsets[node], offsets[node + 1]);
}
