// Where nodes stand: forces of d3, and two of our own that keep each hull together and apart from its
// neighbours. Runs in a worker. What stood somewhere stays there; who is new begins at its parent.

import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type ForceCollide,
  type ForceLink,
  type Simulation,
} from "d3-force";

export type Body = {
  readonly id: string;
  readonly radius: number;
  /** the hulls around it, the innermost last */
  readonly hulls: readonly string[];
  readonly parent: string | null;
};

export type Arrangement = {
  readonly bodies: readonly Body[];
  /** who talks with whom, by place in `bodies` */
  readonly talks: readonly (readonly [number, number])[];
  /** width by height of what there is room for */
  readonly aspect: number;
};

type Spot = { x: number; y: number; vx?: number; vy?: number; index?: number };
type Placed = Spot & { readonly body: Body };
type Link = { source: Placed; target: Placed; readonly isTalk: boolean };

const GAP = 7;
const HULL_GAP = 16;
/** How strongly a node is drawn to the middle of its hull; more when it is far outside. */
const PULL = 0.05;
const AWAY_PULL = 0.3;
const GOLDEN_ANGLE = 2.399_963;
/** Places of those that went, for when they come back: stepping back in time shows what was. */
const MOST_REMEMBERED = 20_000;
const ALPHA_DONE = 0.02;
const MOST_STRETCH = 2.3;

export class Layout {
  readonly #remembered = new Map<string, Spot>();
  readonly #simulation: Simulation<Placed, Link>;
  readonly #links: ForceLink<Placed, Link>;
  readonly #collide: ForceCollide<Placed>;
  #stretch = 1;
  #placed: Placed[] = [];
  #hulls: readonly Hull[] = [];

  constructor() {
    this.#links = forceLink<Placed, Link>()
      .distance(({ source, target }) => source.body.radius + target.body.radius + 22)
      .strength(({ isTalk }) => (isTalk ? 0.015 : 0.12));
    this.#collide = forceCollide<Placed>(({ body }) => body.radius + GAP).iterations(2);
    this.#simulation = forceSimulation<Placed, Link>([])
      .force("links", this.#links)
      .force("charge", forceManyBody<Placed>().strength(-24).distanceMax(160))
      .force("collide", this.#collide)
      .force("x", forceX<Placed>(0).strength(0.035))
      .force("y", forceY<Placed>(0).strength(0.035))
      .force("hulls", (alpha) => this.#keepHulls(alpha))
      .alphaDecay(0.03)
      .stop();
  }

  /** Answers whether anything has to move. */
  arrange({ bodies, talks, aspect }: Arrangement): boolean {
    const before = new Map(this.#placed.map((one) => [one.body.id, one]));
    const known = bodies.filter(({ id }) => before.has(id)).length;
    for (const [id, { x, y }] of before) this.#remember(id, { x, y });
    const isSame = known === bodies.length && known === before.size;
    const seeds = seedsOf(bodies);
    this.#placed = bodies.map((body, i) => ({ body, ...this.#startOf(body, i, seeds) }));
    this.#hulls = hullsOf(this.#placed);
    const byId = new Map(this.#placed.map((one) => [one.body.id, one]));
    const links: Link[] = [];
    for (const target of this.#placed) {
      const source = target.body.parent === null ? undefined : byId.get(target.body.parent);
      if (source !== undefined) links.push({ source, target, isTalk: false });
    }
    for (const [a, b] of talks) {
      const [source, target] = [this.#placed[a], this.#placed[b]];
      if (source !== undefined && target !== undefined)
        links.push({ source, target, isTalk: true });
    }
    this.#stretch = Math.min(MOST_STRETCH, Math.max(1, aspect));
    this.#simulation.nodes(this.#placed);
    this.#links.links(links);
    if (isSame) return false;
    // all new: from scratch; a few came or went: those beside them make room
    this.#simulation.alpha(known === 0 ? 1 : 0.12 + 0.5 * (1 - known / bodies.length));
    return true;
  }

  /** Answers whether it goes on. */
  tick(): boolean {
    this.#simulation.tick();
    return this.#simulation.alpha() > ALPHA_DONE;
  }

  /** `x, y` of each body, in their order; drawn as wide as there is room, which is good for names. */
  places(): Float32Array<ArrayBuffer> {
    const places = new Float32Array(2 * this.#placed.length);
    for (const [i, { x, y }] of this.#placed.entries()) {
      places[2 * i] = x * this.#stretch;
      places[2 * i + 1] = y;
    }
    return places;
  }

  /** Where it was; else at its parent, else where its hull is or will be. */
  #startOf({ id, parent, hulls }: Body, i: number, seeds: ReadonlyMap<string, Spot>): Spot {
    const known = this.#remembered.get(id);
    if (known !== undefined) return { x: known.x, y: known.y };
    const above = parent === null ? undefined : this.#remembered.get(parent);
    const from = above ?? this.#spotOf(hulls) ?? seeds.get(hulls.at(-1) ?? "");
    const away = above === undefined ? 4 * Math.sqrt(i + 1) : 12;
    const angle = i * GOLDEN_ANGLE;
    return {
      x: (from?.x ?? 0) + away * Math.cos(angle),
      y: (from?.y ?? 0) + away * Math.sin(angle),
    };
  }

  /** The middle of the innermost hull that was there before. */
  #spotOf(hulls: readonly string[]): Spot | undefined {
    for (const id of hulls.toReversed()) {
      const hull = this.#hulls.find((one) => one.id === id);
      if (hull !== undefined) return { x: hull.x, y: hull.y };
    }
    return undefined;
  }

  #remember(id: string, spot: Spot): void {
    this.#remembered.delete(id);
    this.#remembered.set(id, spot);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MOST_REMEMBERED && oldest !== undefined) {
      this.#remembered.delete(oldest);
    }
  }

  #keepHulls(alpha: number): void {
    for (const hull of this.#hulls) measure(hull);
    for (const { members, x, y, room } of this.#hulls) {
      for (const one of members) {
        const isAway = Math.hypot(x - one.x, y - one.y) > room;
        const pull = (isAway ? AWAY_PULL : PULL) * alpha;
        one.vx = (one.vx ?? 0) + (x - one.x) * pull;
        one.vy = (one.vy ?? 0) + (y - one.y) * pull;
      }
    }
    for (const group of siblings(this.#hulls, this.#placed)) apart(group);
  }
}

type Hull = {
  readonly id: string;
  readonly parent: string | null;
  /** how many hulls are around it */
  readonly depth: number;
  readonly members: Placed[];
  x: number;
  y: number;
  radius: number;
  /** the radius of a circle that its members fill loosely */
  room: number;
};

/** Where hulls begin that were not there before: beside each other, the inner ones in the outer ones. */
function seedsOf(bodies: readonly Body[]): ReadonlyMap<string, Spot> {
  const sizes = new Map<string, number>();
  for (const { hulls } of bodies) {
    for (const id of hulls) sizes.set(id, (sizes.get(id) ?? 0) + 1);
  }
  const seeds = new Map<string, Spot>();
  const inside = new Map<string, number>();
  for (const { hulls } of bodies) {
    for (const [depth, id] of hulls.entries()) {
      if (seeds.has(id)) continue;
      const outer = hulls[depth - 1] ?? "";
      const place = inside.get(outer) ?? 0;
      inside.set(outer, place + 1);
      const { x, y } = seeds.get(outer) ?? { x: 0, y: 0 };
      const away = place === 0 ? 0 : 14 * Math.sqrt(sizes.get(outer) ?? bodies.length);
      const angle = place * GOLDEN_ANGLE;
      seeds.set(id, { x: x + away * Math.cos(angle), y: y + away * Math.sin(angle) });
    }
  }
  return seeds;
}

function hullsOf(placed: readonly Placed[]): readonly Hull[] {
  const hulls = new Map<string, Hull>();
  for (const one of placed) {
    for (const [depth, id] of one.body.hulls.entries()) {
      const parent = one.body.hulls[depth - 1] ?? null;
      const hull = hulls.get(id) ?? {
        id,
        parent,
        depth,
        members: [],
        x: 0,
        y: 0,
        radius: 0,
        room: 0,
      };
      hulls.set(id, hull);
      hull.members.push(one);
    }
  }
  const found = [...hulls.values()];
  for (const hull of found) {
    measure(hull);
    const area = hull.members.reduce((sum, { body }) => sum + (body.radius + 2 * GAP) ** 2, 0);
    hull.room = 1.3 * Math.sqrt(area) + HULL_GAP;
  }
  return found;
}

function measure(hull: Hull): void {
  const { members } = hull;
  hull.x = members.reduce((sum, { x }) => sum + x, 0) / members.length;
  hull.y = members.reduce((sum, { y }) => sum + y, 0) / members.length;
  hull.radius = members.reduce(
    (most, { x, y, body }) => Math.max(most, Math.hypot(x - hull.x, y - hull.y) + body.radius),
    0,
  );
}

type Piece = {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly members: readonly Placed[];
};

/** What lies side by side: the hulls in the same hull, and the nodes beside them. */
function siblings(
  hulls: readonly Hull[],
  placed: readonly Placed[],
): readonly (readonly Piece[])[] {
  const groups = new Map<string, Piece[]>();
  const add = (parent: string | null, piece: Piece): void => {
    const key = parent ?? "";
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(piece);
  };
  for (const { parent, x, y, radius, members } of hulls) {
    add(parent, { x, y, radius: radius + HULL_GAP, members });
  }
  for (const one of placed) {
    const { hulls: around, radius } = one.body;
    add(around.at(-1) ?? null, { x: one.x, y: one.y, radius, members: [one] });
  }
  return [...groups.values()];
}

/** Moves apart what overlaps; nodes among themselves are kept apart by d3. */
function apart(pieces: readonly Piece[]): void {
  const wide = pieces.filter(({ members }) => members.length > 1);
  for (const [i, a] of wide.entries()) {
    for (const b of [
      ...wide.slice(i + 1),
      ...pieces.filter(({ members }) => members.length === 1),
    ]) {
      const [dx, dy] = [b.x - a.x || 0.01, b.y - a.y || 0.01];
      const distance = Math.hypot(dx, dy);
      const over = a.radius + b.radius - distance;
      if (over <= 0) continue;
      // the lighter one gives way
      const share = b.members.length / (a.members.length + b.members.length);
      const step = Math.min(12, over * 0.25) / distance;
      for (const one of a.members) push(one, -dx * step * share, -dy * step * share);
      for (const one of b.members) push(one, dx * step * (1 - share), dy * step * (1 - share));
    }
  }
}

function push(one: Placed, x: number, y: number): void {
  one.x += x;
  one.y += y;
}
