// Where inside a value something is: a path of selectors, outermost first, cut after a few of them.
// Empty is the whole value, and a cut path means all that is below: both err to the safe side.

import { selectorsOf } from "./dfg-paths.ts";

/** How many selectors are told apart. */
const MAX_LENGTH = 3;

/** There is one object for each path, so that paths are compared and looked up as objects. */
export type AccessPath = {
  readonly number: number;
  readonly text: string;
  readonly selectors: readonly string[];
};

export class AccessPaths {
  readonly #paths = new Map<string, AccessPath>();
  readonly #taken = new Map<AccessPath, Map<string, AccessPath | null>>();
  readonly #within = new Map<AccessPath, Map<string, AccessPath>>();
  readonly whole: AccessPath = this.#of([]);

  #of(selectors: readonly string[]): AccessPath {
    const text = selectors.join("");
    let path = this.#paths.get(text);
    if (path === undefined) {
      path = { number: this.#paths.size, text, selectors };
      this.#paths.set(text, path);
    }
    return path;
  }

  /** What is left of `path` in the part of the value at `selectors`; null when it is elsewhere. */
  taken(path: AccessPath, selectors: string): AccessPath | null {
    if (selectors === "" || path === this.whole) return path;
    const known = mapAt(this.#taken, path);
    let found = known.get(selectors);
    if (found === undefined) {
      const left = take(path.selectors, selectorsOf(selectors));
      found = left === null ? null : this.#of(left);
      known.set(selectors, found);
    }
    return found;
  }

  /** Where `path` is in a value that has its own value at `selectors`. */
  within(selectors: string, path: AccessPath): AccessPath {
    if (selectors === "") return path;
    const known = mapAt(this.#within, path);
    let found = known.get(selectors);
    if (found === undefined) {
      found = this.#of(put(selectorsOf(selectors), path.selectors));
      known.set(selectors, found);
    }
    return found;
  }
}

function mapAt<T>(maps: Map<AccessPath, Map<string, T>>, path: AccessPath): Map<string, T> {
  let map = maps.get(path);
  if (map === undefined) {
    map = new Map();
    maps.set(path, map);
  }
  return map;
}

type Selectors = readonly string[];

const WHOLE: Selectors = [];

function put(selectors: Selectors, path: Selectors): Selectors {
  const at = selectors.indexOf("…");
  if (at >= 0) return selectors.slice(0, Math.min(at, MAX_LENGTH));
  return [...selectors, ...path].slice(0, MAX_LENGTH);
}

function take(path: Selectors, selectors: Selectors): Selectors | null {
  let left: Selectors | null = path;
  for (const selector of selectors) {
    if (left === null || left.length === 0) return left;
    left = select(left, selector);
  }
  return left;
}

function select(path: Selectors, selector: string): Selectors | null {
  const [top = "", ...rest] = path;
  if (selector === "…" || top === "…") return WHOLE;
  const element = listSelector(top);
  const wanted = listSelector(selector);
  if (element?.tail === true) return selectFromTail(path, selector);
  if (wanted?.tail === true) {
    if (element === null) return isKey(top) ? path : null;
    if (element.index === null) return path;
    const index = element.index - (wanted.index ?? 0);
    return index < 0 ? null : [`[${index}]`, ...rest];
  }
  if (isTuple(top) || isTuple(selector)) return top === selector ? rest : null;
  if (isSegment(top) || isSegment(selector)) return WHOLE;
  if (isKey(top)) {
    if (isKey(selector)) return top === selector ? rest : null;
    // an element of a map or keyword list is a pair of key and value
    return selector === "[_]" ? rest : ["{1}", ...rest];
  }
  if (isKey(selector)) return top === "[_]" ? rest : valueOfPair(rest);
  const same = top === selector || element?.index == null || wanted?.index == null;
  return same ? rest : null;
}

/** `path` begins with a tail that was put behind elements: `[h | t]`. */
function selectFromTail(path: Selectors, selector: string): Selectors | null {
  const [top = "", ...rest] = path;
  const offset = listSelector(top)?.index ?? 0;
  const wanted = listSelector(selector);
  if (wanted === null || wanted.index === null) {
    return rest.length === 0 ? WHOLE : select(rest, selector);
  }
  const index = wanted.index - offset;
  if (index < 0) return wanted.tail ? [`[${-index}..]`, ...rest] : null;
  if (rest.length === 0 || (wanted.tail && index === 0)) return rest;
  return select(rest, wanted.tail ? `[${index}..]` : `[${index}]`);
}

function valueOfPair(rest: Selectors): Selectors | null {
  const [part] = rest;
  if (part === "{0}") return null;
  return part === "{1}" ? rest.slice(1) : WHOLE;
}

type ListSelector = { readonly index: number | null; readonly tail: boolean };

/** `[2]`, `[2..]`, `[*]`, `[_]`. */
function listSelector(selector: string): ListSelector | null {
  if (selector === "[*]" || selector === "[_]") return { index: null, tail: false };
  const match = /^\[(\d+)(\.\.)?\]$/.exec(selector);
  return match === null ? null : { index: Number(match[1]), tail: match[2] !== undefined };
}

function isTuple(selector: string): boolean {
  return selector.startsWith("{");
}

function isSegment(selector: string): boolean {
  return selector.startsWith("<<");
}

function isKey(selector: string): boolean {
  return selector.startsWith(".") || selector.startsWith('["');
}
