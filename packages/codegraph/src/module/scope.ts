// The lexical environment while a module is read in order: variables, aliases and imports in force.
//
// One table for each, with a trail of what to undo, so that looking up costs the same at any depth.

/** An `import` in force; null means all. */
export type Import = {
  readonly module: string;
  readonly only: ReadonlySet<string> | "functions" | "macros" | "sigils" | null;
  readonly except: ReadonlySet<string> | null;
};

const KERNEL: readonly Import[] = [{ module: "Kernel", only: null, except: null }];

export class Scope {
  /** newest first */
  imports: readonly Import[] = KERNEL;
  readonly #variables = new Map<string, number>();
  readonly #bound: string[] = [];
  readonly #aliases = new Map<string, string>();
  readonly #aliased: (readonly [string, string | undefined])[] = [];
  readonly #marks: {
    readonly bound: number;
    readonly aliased: number;
    readonly imports: readonly Import[];
  }[] = [];

  open(): void {
    const { length: bound } = this.#bound;
    this.#marks.push({ bound, aliased: this.#aliased.length, imports: this.imports });
  }

  close(): void {
    const mark = this.#marks.pop();
    if (mark === undefined) return;
    this.imports = mark.imports;
    while (this.#bound.length > mark.bound) {
      const name = this.#bound.pop() ?? "";
      this.#variables.set(name, (this.#variables.get(name) ?? 1) - 1);
    }
    while (this.#aliased.length > mark.aliased) {
      const [as, before] = this.#aliased.pop() ?? ["", undefined];
      if (before === undefined) this.#aliases.delete(as);
      else this.#aliases.set(as, before);
    }
  }

  bind(name: string): void {
    this.#variables.set(name, (this.#variables.get(name) ?? 0) + 1);
    this.#bound.push(name);
  }

  isBound(name: string): boolean {
    return (this.#variables.get(name) ?? 0) > 0;
  }

  alias(as: string, module: string): void {
    this.#aliased.push([as, this.#aliases.get(as)]);
    this.#aliases.set(as, module);
  }

  import(entry: Import): void {
    this.imports = [entry, ...this.imports.filter(({ module }) => module !== entry.module)];
  }

  /** `["Cart", "Item"]` with `alias Shop.Cart` is `Shop.Cart.Item`. */
  expand(segments: readonly string[]): string {
    const [first, ...rest] = segments;
    if (first === undefined) return "nil";
    if (first === "Elixir") return rest.length === 0 ? "Elixir" : rest.join(".");
    const meant = this.#aliases.get(first) ?? first;
    return rest.length === 0 ? meant : `${meant}.${rest.join(".")}`;
  }
}
