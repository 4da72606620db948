// A typed event source. Listeners run in the order they came; `on` returns its own undo.

export type Listener<T> = (value: T) => void;

type ListenerSets<Events> = { [K in keyof Events]?: Set<Listener<Events[K]>> };

export class Emitter<Events extends Record<string, unknown>> {
  readonly #listeners: ListenerSets<Events> = {};

  on<K extends keyof Events>(name: K, listener: Listener<Events[K]>): Disposable {
    const set = (this.#listeners[name] ??= new Set());
    set.add(listener);
    return { [Symbol.dispose]: () => void set.delete(listener) };
  }

  emit<K extends keyof Events>(name: K, value: Events[K]): void {
    for (const listener of this.#listeners[name] ?? []) listener(value);
  }
}
