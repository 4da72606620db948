// Identifiers of traces and spans: the same for the same call of the same recording, whenever it is
// exported. The recording's own id is folded in, so that exports of two recordings do not mix.

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** FNV-1a, 64 bits (www.isthe.com/chongo/tech/comp/fnv). */
function fnv1a(text: string): bigint {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash;
}

export class SpanIds {
  readonly #trace: string;
  readonly #span: bigint;

  constructor(recording: string) {
    this.#trace = hex(fnv1a(recording));
    this.#span = fnv1a(`${recording} spans`);
  }

  /** 32 hexadecimal digits: the activity that a call belongs to. */
  trace(correlation: number): string {
    return this.#trace + hex(BigInt(correlation));
  }

  /** 16 hexadecimal digits. */
  span(call: number): string {
    return hex(this.#span ^ BigInt(call));
  }
}

function hex(value: bigint): string {
  return value.toString(16).padStart(16, "0");
}
