import { array, assert as check, nat, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameSplitter } from "./frame-splitter.ts";

function framed(frames: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(frame.length);
      return [length, frame];
    }),
  );
}

/** Cuts at the given places, in whatever order they come. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted(
    (a, b) => a - b,
  );
  return [...ends, bytes.length].map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
}

function drain(splitter: FrameSplitter): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (;;) {
    const next = splitter.next();
    if (!next.ok) throw new Error(next.error.code);
    if (next.value === null) return frames;
    frames.push(next.value);
  }
}

describe("FrameSplitter", () => {
  it("gives the same frames however the stream is cut", () => {
    const frames = array(uint8Array({ maxLength: 300 }), { maxLength: 30 });
    check(
      property(frames, array(nat(), { maxLength: 60 }), (sent, places) => {
        const splitter = new FrameSplitter(4, 1000);
        const received: Uint8Array[] = [];
        for (const chunk of cut(framed(sent), places)) {
          splitter.push(chunk);
          received.push(...drain(splitter));
        }
        expect(received.map((frame) => Buffer.from(frame))).toEqual(
          sent.map((frame) => Buffer.from(frame)),
        );
        expect(splitter.bufferedBytes).toBe(0);
      }),
    );
  });

  it("leaves frames that were handed out untouched by what comes later", () => {
    const splitter = new FrameSplitter(4, 1000);
    const bytes = framed([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6), Uint8Array.of(7)]);
    const frames: Uint8Array[] = [];
    for (const byte of bytes) {
      splitter.push(Uint8Array.of(byte));
      frames.push(...drain(splitter));
    }
    expect(frames.map((frame) => [...frame])).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  it("refuses a frame over the limit as soon as its length is known", () => {
    const splitter = new FrameSplitter(4, 1000);
    splitter.push(Uint8Array.of(0, 0, 3, 0xe9));
    expect(splitter.next()).toEqual({
      ok: false,
      error: { code: "frame_too_long", length: 1001, limit: 1000 },
    });
  });

  it("holds no more memory than arrived, whatever length is announced", () => {
    const splitter = new FrameSplitter(4, 0xffff_ffff);
    splitter.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    for (let i = 0; i < 100; i++) splitter.push(new Uint8Array(1000));
    expect(splitter.bufferedBytes).toBe(100_004);
    expect(splitter.peek(1).buffer.byteLength).toBeLessThan(300_000);
  });

  it("takes a frame of 32 MB in pieces of 1 KB without copying it again and again", () => {
    const splitter = new FrameSplitter(4, 0xffff_ffff);
    splitter.push(Uint8Array.of(2, 0, 0, 0));
    const piece = new Uint8Array(1024).fill(7);
    const buffers = new Set<ArrayBufferLike>();
    for (let i = 0; i < 32_768; i++) {
      splitter.push(piece);
      buffers.add(splitter.peek(1).buffer);
    }
    expect(drain(splitter).map((frame) => [frame.length, frame.at(-1)])).toEqual([[33_554_432, 7]]);
    // each buffer is about twice the one before: every byte is moved about once
    expect(buffers.size).toBeLessThan(20);
  });

  it("changes from 2-byte to 4-byte lengths between frames of one chunk", () => {
    const splitter = new FrameSplitter(2, 10);
    splitter.push(Uint8Array.of(0, 1, 9, 0, 0, 0, 2, 8, 8));
    expect(splitter.next()).toEqual({ ok: true, value: Uint8Array.of(9) });
    splitter.changePrefix(4, 10);
    expect(splitter.next()).toEqual({ ok: true, value: Uint8Array.of(8, 8) });
  });
});
