// A position in bytes; every read checks the end first, so declared lengths are never trusted.

import { Malformed } from "./decode-error.ts";
import { ATOM_EXT, ATOM_UTF8_EXT, SMALL_ATOM_EXT, SMALL_ATOM_UTF8_EXT } from "./tags.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("latin1");

export class Reader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  pos: number;

  constructor(bytes: Uint8Array, pos: number) {
    const isPlain = bytes.constructor === Uint8Array;
    // parts of a Buffer would be Buffers, which behave otherwise
    this.bytes = isPlain ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!Number.isInteger(pos) || pos < 0 || pos > bytes.length) {
      throw new Malformed("truncated", bytes.length, `there is no byte at offset ${pos}`);
    }
    this.pos = pos;
  }

  get remaining(): number {
    return this.bytes.length - this.pos;
  }

  /** Fails unless `count` more bytes are there. */
  need(count: number): void {
    if (count > this.bytes.length - this.pos) {
      const missing = count - (this.bytes.length - this.pos);
      throw new Malformed("truncated", this.bytes.length, `${missing} more bytes were announced`);
    }
  }

  u8(): number {
    this.need(1);
    return this.#view.getUint8(this.pos++);
  }

  u16(): number {
    this.need(2);
    const value = this.#view.getUint16(this.pos);
    this.pos += 2;
    return value;
  }

  u32(): number {
    this.need(4);
    const value = this.#view.getUint32(this.pos);
    this.pos += 4;
    return value;
  }

  isZero32(): boolean {
    this.need(4);
    return this.#view.getUint32(this.pos) === 0;
  }

  i32(): number {
    this.need(4);
    const value = this.#view.getInt32(this.pos);
    this.pos += 4;
    return value;
  }

  u64(): bigint {
    this.need(8);
    const value = this.#view.getBigUint64(this.pos);
    this.pos += 8;
    return value;
  }

  f64(): number {
    this.need(8);
    const value = this.#view.getFloat64(this.pos);
    if (!Number.isFinite(value)) throw this.malformed("a float is not finite");
    this.pos += 8;
    return value;
  }

  advance(count: number): void {
    this.need(count);
    this.pos += count;
  }

  /** The next bytes, sharing memory with the input. */
  take(count: number): Uint8Array {
    this.need(count);
    const start = this.pos;
    this.pos += count;
    return this.bytes.subarray(start, this.pos);
  }

  malformed(message: string): Malformed {
    return new Malformed("malformed", this.pos, message);
  }

  unknownTag(tag: number): Malformed {
    return new Malformed("unknown_tag", this.pos - 1, `no term has the tag ${tag}`);
  }

  /** An atom with its tag, where the format allows nothing else. */
  atom(): string {
    const tag = this.u8();
    const length = this.#atomLength(tag);
    return this.atomText(tag, length);
  }

  /** The name after an atom's tag and length. */
  atomText(tag: number, length: number): string {
    const start = this.pos;
    const name = this.take(length);
    if (tag === ATOM_EXT || tag === SMALL_ATOM_EXT)
      return isAscii(name) ? ascii(name) : latin1Text(name);
    if (isAscii(name)) return ascii(name);
    try {
      return strictUtf8.decode(name);
    } catch {
      throw new Malformed("malformed", start, "the name of an atom is not UTF-8");
    }
  }

  /** Passes an atom without making its name, under the same rules as `atom()`. */
  skipAtom(): void {
    const tag = this.u8();
    this.skipAtomText(tag, this.#atomLength(tag));
  }

  skipAtomText(tag: number, length: number): void {
    this.need(length);
    if (tag === ATOM_UTF8_EXT || tag === SMALL_ATOM_UTF8_EXT) {
      for (let i = this.pos; i < this.pos + length; i++) {
        if (this.#view.getUint8(i) < 0x80) continue;
        this.atomText(tag, length);
        return;
      }
    }
    this.pos += length;
  }

  #atomLength(tag: number): number {
    if (tag === SMALL_ATOM_UTF8_EXT || tag === SMALL_ATOM_EXT) return this.u8();
    if (tag === ATOM_UTF8_EXT || tag === ATOM_EXT) return this.u16();
    throw new Malformed("malformed", this.pos - 1, `an atom was expected, not the tag ${tag}`);
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) >= 0x80) return false;
  return true;
}

// Names are short: faster than a TextDecoder call, which crosses into native code.
function ascii(bytes: Uint8Array): string {
  if (bytes.length > 64) return latin1.decode(bytes);
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

// Not a TextDecoder: its "latin1" is windows-1252, which differs from 128 to 159.
function latin1Text(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
