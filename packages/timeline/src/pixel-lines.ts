// Rows of boxes as lines of pixels: what stands in a row is put together in one line, one pixel high, and drawn
// stretched to the height of the row. Ten thousand boxes cost their pixels and not a drawing call each.

import type { Surface } from "./surface.ts";

/** Makes something to draw of pixels, as `ImageData` has them: what a canvas of the page's is for. */
export type ToImage = (pixels: Uint32Array<ArrayBuffer>, width: number, height: number) => object;

export type ImageSurface = Surface & {
  imageSmoothingEnabled: boolean;
  drawImage(
    image: object,
    ...from: [x: number, y: number, width: number, height: number, ...to: number[]]
  ): void;
};

type Shown = { readonly line: number; readonly y: number; readonly height: number };

export class PixelLines {
  readonly #toImage: ToImage;
  #pixels: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  #width = 1;
  #pixelRatio = 1;
  #count = 0;
  #shown: Shown[] = [];

  constructor(toImage: ToImage) {
    this.#toImage = toImage;
  }

  /** Forgets all lines: those that come are for a canvas of this width. */
  begin(widthPx: number, pixelRatio: number): void {
    this.#width = Math.max(1, Math.round(widthPx * pixelRatio));
    this.#pixelRatio = pixelRatio;
    this.#count = 0;
    this.#shown = [];
  }

  /** An empty line. */
  add(): number {
    const line = this.#count;
    this.#count += 1;
    const end = this.#count * this.#width;
    if (end > this.#pixels.length) {
      const more = new Uint32Array(2 * end);
      more.set(this.#pixels);
      this.#pixels = more;
    }
    this.#pixels.fill(0, line * this.#width, end);
    return line;
  }

  show(line: number, y: number, height: number): void {
    this.#shown.push({ line, y, height });
  }

  /** On whole pixels, so that edges are sharp; at least one pixel wide. */
  fill(line: number, x0: number, x1: number, colour: number): void {
    const from = Math.max(0, Math.round(x0 * this.#pixelRatio));
    const to = Math.min(this.#width, Math.max(from + 1, Math.round(x1 * this.#pixelRatio)));
    const start = line * this.#width;
    for (let i = start + from; i < start + to; i += 1) this.#pixels[i] = colour;
  }

  draw(surface: ImageSurface): void {
    if (this.#shown.length === 0) return;
    const width = this.#width;
    const image = this.#toImage(this.#pixels, width, this.#count);
    surface.imageSmoothingEnabled = false;
    for (const { line, y, height } of this.#shown) {
      surface.drawImage(image, 0, line, width, 1, 0, y, width / this.#pixelRatio, height);
    }
  }
}

/** A pixel of the colour `#rrggbb`: its bytes are red, green, blue, opaque in the memory of any machine of today. */
export function pixelOf(colour: string): number {
  const rgb = Number.parseInt(colour.slice(1), 16);
  return (0xff_00_00_00 | ((rgb & 0xff) << 16) | (rgb & 0xff_00) | (rgb >> 16)) >>> 0;
}
