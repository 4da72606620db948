// What is kept of each process in each of its activities. Numbers as keys: text for every event of a stretch
// would take longer than all else that is done with it.

export type Place = { readonly pid: number; readonly activity: number };

export class Places<T> {
  readonly #ofActivity = new Map<number, Map<number, T>>();

  get({ pid, activity }: Place): T | undefined {
    return this.#ofActivity.get(activity)?.get(pid);
  }

  /** `create` gives what a place begins with. */
  at({ pid, activity }: Place, create: () => T): T {
    let ofPid = this.#ofActivity.get(activity);
    if (ofPid === undefined) this.#ofActivity.set(activity, (ofPid = new Map()));
    let found = ofPid.get(pid);
    if (found === undefined) ofPid.set(pid, (found = create()));
    return found;
  }

  all(): readonly T[] {
    return [...this.#ofActivity.values()].flatMap((ofPid) => [...ofPid.values()]);
  }
}
