// Compact terms: the operands of BEAM instructions. The low three bits of the first byte are the kind,
// the rest the value or how to find it.

import { BeamFault } from "./chunks.ts";

export const TAG = {
  unsigned: 0,
  integer: 1,
  atom: 2,
  x: 3,
  y: 4,
  label: 5,
  character: 6,
  other: 7,
};

const EXTENDED = { list: 1, floatRegister: 2, allocation: 3, literal: 4, typedRegister: 5 };

export class OperandReader {
  readonly #bytes: Uint8Array;
  offset: number;
  /** of the operand read last; `value` is 0 where a value is not a small number */
  tag = 0;
  value = 0;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  byte(): number {
    const byte = this.#bytes[this.offset];
    if (byte === undefined) throw new BeamFault("the code ends inside an instruction");
    this.offset++;
    return byte;
  }

  /** Reads one operand, with all that belongs to a list. */
  read(): void {
    const first = this.byte();
    this.tag = first & 7;
    if (this.tag !== TAG.other) {
      this.value = this.#number(first);
      return;
    }
    this.#readExtended(first >> 4);
    this.tag = TAG.other;
    this.value = 0;
  }

  #readExtended(kind: number): void {
    switch (kind) {
      case EXTENDED.list:
        this.read();
        for (let left = this.value; left > 0; left--) this.read();
        return;
      case EXTENDED.allocation:
        this.read();
        for (let left = this.value * 2; left > 0; left--) this.read();
        return;
      case EXTENDED.typedRegister:
        this.read();
        this.read();
        return;
      case EXTENDED.floatRegister:
      case EXTENDED.literal:
        this.read();
        return;
      default:
        throw new BeamFault(`operand of unknown kind ${kind} at ${this.offset - 1}`);
    }
  }

  #number(first: number): number {
    if ((first & 8) === 0) return first >> 4;
    if ((first & 16) === 0) return ((first & 0xe0) << 3) | this.byte();
    let length = (first >> 5) + 2;
    if (length === 9) {
      const tag = this.tag;
      this.read();
      length = this.value + 9;
      this.tag = tag;
    }
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + this.byte();
    return length <= 6 ? value : 0;
  }
}
