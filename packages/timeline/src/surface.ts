// What painting needs of a canvas: the few members of `CanvasRenderingContext2D` that are used.
//
// A real 2D context fits this type as it is, so nothing here depends on a browser.

export type Surface = {
  fillStyle: string | object;
  strokeStyle: string | object;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  textBaseline: string;
  textAlign: string;
  save(): void;
  restore(): void;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  fill(): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
};

export type Box = { x: number; y: number; width: number; height: number };

/** Clears a canvas of `width` × `height` CSS pixels and makes one unit one CSS pixel. */
export function beginFrame(
  surface: Surface,
  width: number,
  height: number,
  devicePixelRatio: number,
): void {
  surface.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  surface.clearRect(0, 0, width, height);
  surface.textBaseline = "middle";
  surface.textAlign = "left";
  surface.globalAlpha = 1;
}
