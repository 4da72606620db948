// The functions and terms of calls that were chosen, all in one query: they are read late, for what is shown only.

import { mfaText } from "./names.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "./sql.ts";

/** As compilers name it; `?` for one that is not known. */
export type FunctionName = {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
};

export class CallDetails {
  readonly #functions = new Map<number, FunctionName>();
  readonly #terms = new Map<number, Uint8Array>();

  /** `terms`: references to payloads. */
  static async of(
    source: Source,
    functions: readonly (number | null)[],
    terms: readonly (number | null)[],
  ): Promise<CallDetails> {
    const details = new CallDetails();
    if (functions.length === 0) return details;
    const rows = await select(
      source,
      sql`SELECT id::UBIGINT, module, "function", arity, NULL::BLOB FROM base.functions WHERE id IN ${distinct(functions)}
        UNION ALL SELECT ref, NULL, NULL, NULL, payload(ref)
          FROM (SELECT unnest(list_value${distinct(terms)}::UBIGINT[]) AS ref) WHERE ref IS NOT NULL`,
    );
    for (const [id, module, name, arity, term] of rows) {
      const bytes = asBytesOrNull(term);
      if (bytes !== null) details.#terms.set(asNumber(id), bytes);
      if (module === null) continue;
      details.#functions.set(asNumber(id), {
        module: asTextOrNull(module) ?? "?",
        name: asTextOrNull(name) ?? "?",
        arity: asNumberOrNull(arity) ?? 0,
      });
    }
    return details;
  }

  functionOf(id: number | null): FunctionName {
    const unknown = { module: "?", name: "?", arity: 0 };
    return id === null ? unknown : (this.#functions.get(id) ?? unknown);
  }

  mfaOf(id: number | null): string {
    const { module, name, arity } = this.functionOf(id);
    return mfaText(module, name, arity);
  }

  term(ref: number | null): Uint8Array | null {
    return ref === null ? null : (this.#terms.get(ref) ?? null);
  }
}

function distinct(numbers: readonly (number | null)[]): readonly number[] {
  return [...new Set(numbers)].filter((one) => one !== null);
}
