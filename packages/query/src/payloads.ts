// The bytes of terms by their references: read apart from the rows that have them, for what is shown only.

import { asBytesOrNull, asNumber, select, sql, type Source } from "./sql.ts";

/** Each reference is read once; one whose term could not be read is not there. */
export async function payloadsOf(
  source: Source,
  refs: readonly number[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  const found = new Map<number, Uint8Array>();
  if (refs.length === 0) return found;
  const read = source.payloads?.(refs);
  if (read !== undefined) {
    for (const [i, ref] of refs.entries()) {
      const bytes = read[i];
      if (bytes !== null && bytes !== undefined) found.set(ref, bytes);
    }
    return found;
  }
  const rows = await select(
    source,
    sql`SELECT ref, payload(ref) FROM (SELECT unnest(list_value${[...new Set(refs)]}::UBIGINT[]) AS ref)`,
  );
  for (const [ref, payload] of rows) {
    const bytes = asBytesOrNull(payload);
    if (bytes !== null) found.set(asNumber(ref), bytes);
  }
  return found;
}
