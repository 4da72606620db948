// Actions that are loaded when they are called: to load all of the product takes a second.

/** What a command needs is not loaded for the sake of another one. */
export function late<A extends readonly unknown[]>(
  load: () => Promise<(...args: A) => void | Promise<void>>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    const action = await load();
    await action(...args);
  };
}
