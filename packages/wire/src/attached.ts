// A message with bytes behind its text: the length of the text, the text, and from the next eighth byte on what it is
// about, so that columns of numbers are read where they lie.

const ALIGNMENT = 8;
const LENGTH_BYTES = 4;

/** A result of which most is numbers. */
export class Attached {
  readonly head: unknown;
  /** begins where any typed array may */
  readonly bytes: Uint8Array;

  constructor(head: unknown, bytes: Uint8Array) {
    this.head = head;
    this.bytes = bytes;
  }
}

export function joinText(text: string, bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(text);
  const start = startAfter(head.length);
  const message = new Uint8Array(start + bytes.length);
  new DataView(message.buffer).setUint32(0, head.length, true);
  message.set(head, LENGTH_BYTES);
  message.set(bytes, start);
  return message;
}

/** Null: it is too short for what it says. */
export function splitText(
  message: ArrayBuffer,
): { readonly text: string; readonly bytes: Uint8Array } | null {
  if (message.byteLength < LENGTH_BYTES) return null;
  const length = new DataView(message).getUint32(0, true);
  const start = startAfter(length);
  if (start > message.byteLength) return null;
  const text = new TextDecoder().decode(new Uint8Array(message, LENGTH_BYTES, length));
  return { text, bytes: new Uint8Array(message, start) };
}

function startAfter(textLength: number): number {
  return Math.ceil((LENGTH_BYTES + textLength) / ALIGNMENT) * ALIGNMENT;
}
