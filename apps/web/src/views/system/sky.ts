// The constellation on its canvas: takes answers of the server and places of the layout, and moves what is
// drawn from one to the next. Nothing of it waits for a component: a gesture costs one drawing.

import {
  beginFrame,
  cachedMeasure,
  cameraFor,
  DARK,
  hitConstellation,
  hitHull,
  LIGHT,
  neighbour,
  paintConstellation,
  radiusOf,
  sizeValue,
  zoomed,
  type Camera,
  type Constellation,
  type ConstellationHit,
  type Heading,
  type Measure,
  type Screen,
  type SizeBy,
  type Star,
} from "@elixirscope/timeline";
import type { SystemEdge, SystemHull, SystemNode, SystemView } from "@elixirscope/wire";
import { effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { LayoutReply, LayoutRequest } from "./layout-worker.ts";
import { advance, appearing, type Moving } from "./moving-star.ts";
import { edgeText } from "./system-text.ts";

const ENOUGH_TALKS = 600;
const EMPTY: Constellation = { stars: [], byId: new Map(), hulls: [], edges: [] };

export class Sky {
  /** what the keyboard or a click is at; also nodes that are no process */
  readonly focused: Signal<string | null> = signal<string | null>(null);
  /** places of the first answer are there */
  readonly ready: Signal<boolean> = signal(false);

  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #worker: Worker;
  readonly #measure: Measure;
  readonly #dark: ReadonlySignal<boolean>;
  readonly #forgetTheme: () => void;
  readonly #calm: MediaQueryList = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #observer: ResizeObserver;
  readonly #stars = new Map<string, Moving>();
  #scene: Constellation = EMPTY;
  /** ns that the messages of an edge came in */
  #spanNs = 1;
  #camera: Camera = { x: 0, y: 0, scale: 1 };
  /** the camera follows what there is until the user moves it */
  #fits = true;
  #turn = 0;
  #order: readonly string[] = [];
  #frame = 0;
  #before = 0;
  #selected: string | null = null;
  #pointed: string | null = null;
  #pointedEdge: SystemEdge | null = null;

  constructor(canvas: HTMLCanvasElement, dark: ReadonlySignal<boolean>) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("bug: this canvas has no 2d context");
    this.#canvas = canvas;
    this.#context = context;
    this.#dark = dark;
    this.#measure = cachedMeasure((text) => {
      context.font = "11px system-ui, sans-serif";
      return context.measureText(text).width;
    });
    this.#worker = new Worker(new URL("./layout-worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<LayoutReply>) => {
      this.#take(data);
    });
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(canvas);
    this.#forgetTheme = effect(() => {
      void dark.value;
      this.invalidate();
    });
    this.#resized();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#worker.terminate();
    this.#observer.disconnect();
    this.#forgetTheme();
  }

  get screen(): Screen {
    return { widthPx: this.#canvas.clientWidth, heightPx: this.#canvas.clientHeight };
  }

  /** A new answer: who is new fades in, who is gone fades out. */
  show(view: SystemView, by: SizeBy): void {
    const most = view.nodes.reduce((max, node) => Math.max(max, sizeValue(node, by) ?? 0), 0);
    const isFirst = this.#stars.size === 0;
    const here = new Set(view.nodes.map(({ id }) => id));
    for (const [id, star] of this.#stars) if (!here.has(id)) star.isHere = false;
    for (const node of view.nodes) {
      const radius = radiusOf(node, by, most);
      const known = this.#stars.get(node.id);
      if (known === undefined) this.#stars.set(node.id, appearing(node, radius, isFirst));
      else Object.assign(known, { node, targetRadius: radius, isHere: true });
    }
    const stars = [...this.#stars.values()];
    this.#scene = { stars, byId: this.#stars, hulls: view.hulls, edges: view.edges };
    this.#spanNs = view.t1 - view.t0;
    this.#pointedEdge = view.edges.find((edge) => sameEdge(edge, this.#pointedEdge)) ?? null;
    this.#arrange(view);
    this.invalidate();
  }

  select(id: string | null): void {
    this.#selected = id;
    this.invalidate();
  }

  /** What the pointer is at stands out. */
  point(hit: ConstellationHit | null): void {
    const pointed = hit?.kind === "node" ? hit.star.node.id : null;
    const edge = hit?.kind === "edge" ? hit.edge : null;
    if (pointed === this.#pointed && edge === this.#pointedEdge) return;
    this.#pointed = pointed;
    this.#pointedEdge = edge;
    this.invalidate();
  }

  hit(x: number, y: number): ConstellationHit | null {
    return hitConstellation(this.#scene, this.#camera, this.screen, { x, y });
  }

  hullAt(x: number, y: number): SystemHull | null {
    return hitHull(this.#scene, this.#camera, this.screen, { x, y });
  }

  node(id: string): SystemNode | null {
    const star = this.#stars.get(id);
    return star?.isHere === true ? star.node : null;
  }

  /** The next node in a direction; from nowhere: the one that did most. */
  neighbourOf(id: string | null, heading: Heading): SystemNode | null {
    const stars = [...this.#stars.values()].filter(({ isHere }) => isHere);
    const from = stars.find(({ node }) => node.id === id);
    if (from !== undefined) return neighbour(stars, from, heading)?.node ?? null;
    const busiest = stars.toSorted((a, b) => traffic(b.node) - traffic(a.node));
    return busiest[0]?.node ?? null;
  }

  pan(dx: number, dy: number): void {
    const { x, y, scale } = this.#camera;
    this.#move({ scale, x: x - dx / scale, y: y - dy / scale });
  }

  zoom(factor: number, at?: { readonly x: number; readonly y: number }): void {
    const { widthPx, heightPx } = this.screen;
    const point = at ?? { x: widthPx / 2, y: heightPx / 2 };
    this.#move(zoomed(this.#camera, this.screen, point, factor));
  }

  fit(): void {
    this.#fits = true;
    this.invalidate();
  }

  /** The hull of a node, or a hull itself, with all that is in it. */
  fitHull(id: string): void {
    const parents = new Map(this.#scene.hulls.map((hull) => [hull.id, hull.parent]));
    const inside = this.#scene.stars.filter(({ node }) => pathTo(node.hull, parents).includes(id));
    if (inside.length > 0) this.#move(cameraFor(inside, this.screen, 3));
  }

  /** Brings a node into sight. */
  reveal(id: string): void {
    const star = this.#stars.get(id);
    if (star === undefined || this.#fits) return;
    const { widthPx, heightPx } = this.screen;
    const { x, y, scale } = this.#camera;
    const isInSight =
      Math.abs(star.x - x) * scale < widthPx / 2 - 20 &&
      Math.abs(star.y - y) * scale < heightPx / 2 - 20;
    if (!isInSight) this.#move({ scale, x: star.x, y: star.y });
  }

  /** Draws at the next animation frame. */
  invalidate(): void {
    if (this.#frame !== 0) return;
    this.#before = performance.now();
    this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  #move(camera: Camera): void {
    this.#fits = false;
    this.#camera = camera;
    this.invalidate();
  }

  #arrange({ nodes, hulls, edges }: SystemView): void {
    const parents = new Map(hulls.map(({ id, parent }) => [id, parent]));
    const places = new Map(nodes.map(({ id }, i) => [id, i]));
    const talks = edges.slice(0, ENOUGH_TALKS).flatMap(({ from, to }): [number, number][] => {
      const [a, b] = [places.get(from), places.get(to)];
      return a === undefined || b === undefined || a === b ? [] : [[a, b]];
    });
    const { widthPx, heightPx } = this.screen;
    this.#turn += 1;
    this.#order = nodes.map(({ id }) => id);
    const request: LayoutRequest = {
      turn: this.#turn,
      bodies: nodes.map(({ id, hull, parent }) => ({
        id,
        radius: this.#stars.get(id)?.targetRadius ?? 4,
        hulls: pathTo(hull, parents),
        parent,
      })),
      talks,
      aspect: widthPx / Math.max(1, heightPx),
    };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's has none
    this.#worker.postMessage(request);
  }

  #take({ turn, places }: LayoutReply): void {
    if (turn !== this.#turn) return;
    for (const [i, id] of this.#order.entries()) {
      const star = this.#stars.get(id);
      const [x, y] = [places[2 * i], places[2 * i + 1]];
      if (star === undefined || x === undefined || y === undefined) continue;
      if (star.targetX === null || this.#calm.matches) {
        const parent = star.node.parent === null ? undefined : this.#stars.get(star.node.parent);
        const from = star.birth > 0 && !this.#calm.matches ? parent : undefined;
        star.x = from?.x ?? x;
        star.y = from?.y ?? y;
      }
      star.targetX = x;
      star.targetY = y;
    }
    this.ready.value = true;
    this.invalidate();
  }

  #resized(): void {
    const { widthPx, heightPx } = this.screen;
    this.#canvas.width = Math.max(1, Math.round(widthPx * devicePixelRatio));
    this.#canvas.height = Math.max(1, Math.round(heightPx * devicePixelRatio));
    this.invalidate();
  }

  #draw(now: number): void {
    this.#frame = 0;
    const seconds = Math.min(0.1, Math.max(0, (now - this.#before) / 1_000));
    this.#before = now;
    const moves = this.#advance(seconds);
    if (this.#fits) this.#camera = cameraFor(this.#placed(), this.screen);
    const { widthPx, heightPx } = this.screen;
    beginFrame(this.#context, widthPx, heightPx, devicePixelRatio);
    const scene = {
      ...this.#scene,
      screen: this.screen,
      camera: this.#camera,
      selected: this.#selected ?? this.focused.peek(),
      pointed: this.#pointed,
      pointedEdge: this.#pointedEdge,
      edgeText: (edge: SystemEdge) => edgeText(edge, this.#spanNs),
    };
    paintConstellation(this.#context, scene, this.#dark.peek() ? DARK : LIGHT, this.#measure);
    if (moves) this.#frame = requestAnimationFrame((next) => this.#draw(next));
  }

  #placed(): readonly Star[] {
    return [...this.#stars.values()].filter(({ isHere, targetX }) => isHere && targetX !== null);
  }

  /** Answers whether anything still moves. */
  #advance(seconds: number): boolean {
    const isCalm = this.#calm.matches;
    let moves = false;
    let isGone = false;
    for (const [id, star] of this.#stars) {
      if (advance(star, seconds, isCalm)) moves = true;
      if (star.isHere || star.alpha > 0) continue;
      this.#stars.delete(id);
      isGone = true;
    }
    if (isGone) this.#scene = { ...this.#scene, stars: [...this.#stars.values()] };
    return moves;
  }
}

function pathTo(hull: string, parents: ReadonlyMap<string, string | null>): readonly string[] {
  const path: string[] = [];
  for (
    let at: string | null = hull;
    at !== null && path.length < 24;
    at = parents.get(at) ?? null
  ) {
    path.unshift(at);
  }
  return path;
}

function sameEdge(edge: SystemEdge, other: SystemEdge | null): boolean {
  return other !== null && edge.from === other.from && edge.to === other.to;
}

function traffic({ received, sent }: SystemNode): number {
  return received + sent;
}
