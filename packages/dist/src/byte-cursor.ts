// Reads big-endian fields of a handshake message; reading past the end gives null, never a throw.

const utf8 = new TextDecoder();

export class ByteCursor {
  readonly #view: DataView;
  #offset: number;

  constructor(bytes: Uint8Array, offset: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
  }

  u16(): number | null {
    const at = this.#advance(2);
    return at === null ? null : this.#view.getUint16(at);
  }

  u32(): number | null {
    const at = this.#advance(4);
    return at === null ? null : this.#view.getUint32(at);
  }

  u64(): bigint | null {
    const at = this.#advance(8);
    return at === null ? null : this.#view.getBigUint64(at);
  }

  bytes(count: number): Uint8Array | null {
    const at = this.#advance(count);
    return at === null
      ? null
      : new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, count);
  }

  /** UTF-8 text after its 2-byte length. */
  text(): string | null {
    const length = this.u16();
    const bytes = length === null ? null : this.bytes(length);
    return bytes === null ? null : utf8.decode(bytes);
  }

  #advance(count: number): number | null {
    const at = this.#offset;
    if (at + count > this.#view.byteLength) return null;
    this.#offset = at + count;
    return at;
  }
}
