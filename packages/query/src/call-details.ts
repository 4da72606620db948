// The functions and terms of calls that were chosen: they are read late, for what is shown only.

import { functionNames, functionText, UNKNOWN_FUNCTION, type FunctionName } from "./interned.ts";
import { payloadsOf } from "./payloads.ts";
import type { Source } from "./sql.ts";

export class CallDetails {
  readonly #functions: ReadonlyMap<number, FunctionName>;
  readonly #terms: ReadonlyMap<number, Uint8Array>;

  private constructor(
    names: ReadonlyMap<number, FunctionName>,
    terms: ReadonlyMap<number, Uint8Array>,
  ) {
    this.#functions = names;
    this.#terms = terms;
  }

  /** `terms`: references to payloads. */
  static async of(
    source: Source,
    functions: readonly (number | null)[],
    terms: readonly (number | null)[],
  ): Promise<CallDetails> {
    const [names, payloads] = await Promise.all([
      functionNames(source, distinct(functions)),
      payloadsOf(source, distinct(terms)),
    ]);
    return new CallDetails(names, payloads);
  }

  functionOf(id: number | null): FunctionName {
    return id === null ? UNKNOWN_FUNCTION : (this.#functions.get(id) ?? UNKNOWN_FUNCTION);
  }

  mfaOf(id: number | null): string {
    return functionText(this.functionOf(id));
  }

  term(ref: number | null): Uint8Array | null {
    return ref === null ? null : (this.#terms.get(ref) ?? null);
  }
}

function distinct(numbers: readonly (number | null)[]): readonly number[] {
  return [...new Set(numbers)].filter((one) => one !== null);
}
