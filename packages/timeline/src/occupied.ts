// Texts that do not lie on each other: the most important first, and who finds no room has none.

import type { Box } from "./surface.ts";

const CELL_PX = 64;

/** Boxes that are taken, by cells of a grid: a name asks only those around it. */
export class Occupied {
  readonly #cells = new Map<number, Box[]>();

  /** Takes the box if it is free. */
  take(box: Box): boolean {
    if (!this.isFree(box)) return false;
    this.add(box);
    return true;
  }

  isFree(box: Box): boolean {
    return this.#cellsOf(box).every(
      (cell) => !(this.#cells.get(cell) ?? []).some((other) => overlap(box, other)),
    );
  }

  /** Takes the box also where another one is. */
  add(box: Box): void {
    for (const cell of this.#cellsOf(box)) {
      const known = this.#cells.get(cell) ?? [];
      this.#cells.set(cell, known);
      known.push(box);
    }
  }

  #cellsOf({ x, y, width, height }: Box): readonly number[] {
    const cells: number[] = [];
    for (let row = Math.floor(y / CELL_PX); row <= Math.floor((y + height) / CELL_PX); row += 1) {
      for (
        let column = Math.floor(x / CELL_PX);
        column <= Math.floor((x + width) / CELL_PX);
        column += 1
      ) {
        cells.push(row * 4_096 + column);
      }
    }
    return cells;
  }
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
