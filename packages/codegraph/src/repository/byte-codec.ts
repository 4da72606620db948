// Numbers and texts as bytes and back: seven bits to a byte, lists of numbers as differences.

const FIRST_BYTES = 65_536;

export class ByteWriter {
  #bytes = Buffer.alloc(FIRST_BYTES);
  #end = 0;

  get written(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes.subarray(0, this.#end));
  }

  /** 0 to 2^53. */
  natural(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#end++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#end++] = rest;
  }

  /** -2^51 to 2^51 each. */
  integers(values: readonly number[]): void {
    this.natural(values.length);
    let previous = 0;
    for (const value of values) {
      const difference = value - previous;
      this.natural(difference >= 0 ? difference * 2 : -difference * 2 - 1);
      previous = value;
    }
  }

  /** Any UTF-16: a byte for each unit where that is enough, two otherwise. */
  text(value: string): void {
    const isWide = !isLatin(value);
    this.natural(value.length * 2 + (isWide ? 1 : 0));
    this.#reserve(value.length * 2);
    this.#end += this.#bytes.write(value, this.#end, isWide ? "utf16le" : "latin1");
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#end);
    this.#end += value.length;
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#end + count));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

function isLatin(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  natural(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++] ?? 0;
      if (byte < 0x80) return value + byte * scale;
      value += (byte - 0x80) * scale;
    }
  }

  integers(): number[] {
    const values: number[] = [];
    let previous = 0;
    for (let left = this.natural(); left > 0; left -= 1) {
      const coded = this.natural();
      previous += coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
      values.push(previous);
    }
    return values;
  }

  text(): string {
    const coded = this.natural();
    const start = this.#at;
    const isWide = coded % 2 === 1;
    this.#at += isWide ? coded - 1 : coded / 2;
    return this.#bytes.toString(isWide ? "utf16le" : "latin1", start, this.#at);
  }
}
