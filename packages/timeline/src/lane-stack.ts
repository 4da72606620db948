// Where lanes stand, one under another, for any number of them.
//
// A lane's height is known only once the server sent it; until then it counts as one row, and whoever
// scrolls learns by how much the content above moved so that what is looked at stays in place.

export type LaneMetrics = {
  readonly minHeight: number;
  readonly padding: number;
  readonly markRow: number;
  readonly spanRow: number;
  /** deeper calls are not drawn apart; the last row names them */
  readonly maxRows: number;
};

export const LANE_METRICS: LaneMetrics = {
  minHeight: 42,
  padding: 4,
  markRow: 9,
  spanRow: 17,
  maxRows: 6,
};

export type VisibleLanes = { readonly first: number; readonly end: number };

export function laneHeight(depth: number, metrics: LaneMetrics = LANE_METRICS): number {
  const rows = Math.min(Math.max(0, depth), metrics.maxRows);
  const needed = 2 * metrics.padding + 2 * metrics.markRow + rows * metrics.spanRow;
  return Math.max(metrics.minHeight, needed);
}

export class LaneStack {
  readonly metrics: LaneMetrics;
  #heights: Float64Array = new Float64Array(0);
  #tops: Float64Array = new Float64Array(1);
  #count = 0;
  #validTo = 0;

  constructor(metrics: LaneMetrics = LANE_METRICS) {
    this.metrics = metrics;
  }

  get count(): number {
    return this.#count;
  }

  get totalHeight(): number {
    return this.top(this.#count);
  }

  resize(count: number): void {
    if (count > this.#heights.length) {
      const capacity = Math.max(count, 2 * this.#heights.length, 64);
      const heights = new Float64Array(capacity).fill(this.metrics.minHeight);
      heights.set(this.#heights);
      this.#heights = heights;
      const tops = new Float64Array(capacity + 1);
      tops.set(this.#tops);
      this.#tops = tops;
    }
    if (count < this.#count) this.#heights.fill(this.metrics.minHeight, count, this.#count);
    this.#count = count;
    this.#validTo = Math.min(this.#validTo, count);
  }

  /** Forgets what was learnt, e.g. when another filter makes them other lanes. */
  reset(count: number): void {
    this.#heights.fill(this.metrics.minHeight);
    this.#validTo = 0;
    this.resize(count);
  }

  /** Sets a lane's height and returns by how much all lanes below it moved. */
  setHeight(index: number, height: number): number {
    if (index < 0 || index >= this.#count) return 0;
    const delta = height - this.height(index);
    if (delta === 0) return 0;
    this.#heights[index] = height;
    this.#validTo = Math.min(this.#validTo, index);
    return delta;
  }

  height(index: number): number {
    return this.#heights[index] ?? this.metrics.minHeight;
  }

  top(index: number): number {
    const wanted = Math.min(Math.max(0, index), this.#count);
    for (let i = this.#validTo; i < wanted; i += 1) {
      this.#tops[i + 1] = (this.#tops[i] ?? 0) + this.height(i);
    }
    this.#validTo = Math.max(this.#validTo, wanted);
    return this.#tops[wanted] ?? 0;
  }

  /** The lane at `y` of the content, or -1 below the last. */
  indexAt(y: number): number {
    if (y < 0 || y >= this.totalHeight) return -1;
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  visible(scrollTop: number, heightPx: number): VisibleLanes {
    if (this.#count === 0) return { first: 0, end: 0 };
    const total = this.totalHeight;
    const first = this.indexAt(Math.min(Math.max(0, scrollTop), Math.max(0, total - 1)));
    const last = this.indexAt(Math.min(Math.max(0, scrollTop + heightPx - 1), total - 1));
    return { first: Math.max(0, first), end: last + 1 };
  }
}
