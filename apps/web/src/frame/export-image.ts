// A part of the page as a PNG: canvases as they are, and around them backgrounds, edges, text and icons painted
// from what the browser laid out. Nothing is loaded, so the page's policy is kept; shadows and form controls'
// own looks are left out.

import { saveFile } from "./save-file.ts";

type Painting = {
  readonly surface: CanvasRenderingContext2D;
  readonly origin: { readonly x: number; readonly y: number };
};

/** Far more than a screen holds: a page that is deeper is cut. */
const MOST_ELEMENTS = 20_000;

/** Saves the picture as a file of this name. */
export async function exportImage(section: HTMLElement, name: string): Promise<void> {
  // whatever lay over the page when it was asked for is gone after the next frame
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const box = section.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  const scale = devicePixelRatio;
  canvas.width = Math.max(1, Math.round(box.width * scale));
  canvas.height = Math.max(1, Math.round(box.height * scale));
  const surface = canvas.getContext("2d");
  if (surface === null) throw new Error("This browser gives no canvas to draw the picture on.");
  surface.scale(scale, scale);
  surface.fillStyle = getComputedStyle(document.body).backgroundColor;
  surface.fillRect(0, 0, box.width, box.height);
  paint({ surface, origin: { x: box.x, y: box.y } }, section, { left: MOST_ELEMENTS });
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob === null) throw new Error("The picture is too large for this browser.");
  saveFile(name, blob);
}

function paint(painting: Painting, element: Element, budget: { left: number }): void {
  budget.left -= 1;
  if (budget.left < 0 || !element.checkVisibility({ visibilityProperty: true })) return;
  const { surface } = painting;
  const style = getComputedStyle(element);
  surface.save();
  surface.globalAlpha *= Number(style.opacity);
  paintBox(painting, element, style);
  if (element instanceof HTMLCanvasElement) paintCanvas(painting, element);
  else if (element instanceof SVGSVGElement) paintIcon(painting, element);
  else {
    if (style.overflowX !== "visible" || style.overflowY !== "visible") clip(painting, element);
    paintValue(painting, element, style);
    paintAfter(painting, element);
    const above: Element[] = [];
    for (const child of (element.shadowRoot ?? element).childNodes) {
      if (child instanceof Text) paintText(painting, child, style);
      else if (child instanceof Element && isPositioned(child)) above.push(child);
      else if (child instanceof Element) paint(painting, child, budget);
    }
    for (const child of above) paint(painting, child, budget);
  }
  surface.restore();
}

/** The browser paints it over what stands in the flow. */
function isPositioned(element: Element): boolean {
  const { position } = getComputedStyle(element);
  return position === "absolute" || position === "fixed" || position === "sticky";
}

function place({ origin }: Painting, element: Element): DOMRect {
  const { x, y, width, height } = element.getBoundingClientRect();
  return new DOMRect(x - origin.x, y - origin.y, width, height);
}

function paintBox(painting: Painting, element: Element, style: CSSStyleDeclaration): void {
  const { surface } = painting;
  const { x, y, width, height } = place(painting, element);
  const radius = Number.parseFloat(style.borderTopLeftRadius);
  surface.beginPath();
  surface.roundRect(x, y, width, height, Number.isFinite(radius) ? radius : 0);
  surface.fillStyle = style.backgroundColor;
  surface.fill();
  const top = Number.parseFloat(style.borderTopWidth);
  const left = Number.parseFloat(style.borderLeftWidth);
  if (top > 0 && left > 0 && style.borderTopStyle !== "none") {
    surface.strokeStyle = style.borderTopColor;
    surface.lineWidth = top;
    surface.stroke();
    return;
  }
  const edge = (colour: string, ...rect: readonly [number, number, number, number]): void => {
    surface.fillStyle = colour;
    surface.fillRect(...rect);
  };
  const bottom = Number.parseFloat(style.borderBottomWidth);
  const right = Number.parseFloat(style.borderRightWidth);
  edge(style.borderTopColor, x, y, width, top);
  edge(style.borderBottomColor, x, y + height - bottom, width, bottom);
  edge(style.borderLeftColor, x, y, left, height);
  edge(style.borderRightColor, x + width - right, y, right, height);
}

function clip(painting: Painting, element: Element): void {
  const { x, y, width, height } = place(painting, element);
  painting.surface.beginPath();
  painting.surface.rect(x, y, width, height);
  painting.surface.clip();
}

function paintCanvas(painting: Painting, canvas: HTMLCanvasElement): void {
  const { x, y, width, height } = place(painting, canvas);
  if (canvas.width > 0 && canvas.height > 0) {
    painting.surface.drawImage(canvas, x, y, width, height);
  }
}

function paintIcon(painting: Painting, icon: SVGSVGElement): void {
  const { surface } = painting;
  for (const shape of icon.querySelectorAll<SVGGraphicsElement>("path, rect")) {
    const matrix = shape.getScreenCTM();
    if (matrix === null) continue;
    const style = getComputedStyle(shape);
    const path = pathOf(shape);
    surface.save();
    surface.translate(-painting.origin.x, -painting.origin.y);
    surface.transform(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f);
    surface.lineCap = "round";
    surface.lineJoin = "round";
    surface.lineWidth = Number.parseFloat(style.strokeWidth);
    if (style.fill !== "none") {
      surface.fillStyle = style.fill;
      // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas is no array
      surface.fill(path);
    }
    if (style.stroke !== "none") {
      surface.strokeStyle = style.stroke;
      surface.stroke(path);
    }
    surface.restore();
  }
}

function pathOf(shape: SVGGraphicsElement): Path2D {
  if (!(shape instanceof SVGRectElement)) return new Path2D(shape.getAttribute("d") ?? "");
  const path = new Path2D();
  const [x, y, width, height, radius] = [shape.x, shape.y, shape.width, shape.height, shape.rx].map(
    ({ baseVal }) => baseVal.value,
  );
  path.roundRect(x ?? 0, y ?? 0, width ?? 0, height ?? 0, radius ?? 0);
  return path;
}

/** What stands in a field is no text node. */
function paintValue(painting: Painting, element: Element, style: CSSStyleDeclaration): void {
  const isField = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
  const text = isField
    ? element.value || element.placeholder
    : element instanceof HTMLSelectElement
      ? (element.selectedOptions[0]?.text ?? "")
      : "";
  if (text === "") return;
  const { surface } = painting;
  const { x, y, height } = place(painting, element);
  useFont(surface, style);
  surface.textBaseline = "middle";
  surface.fillText(text, x + Number.parseFloat(style.paddingLeft) + 2, y + height / 2);
}

/** Text that a style sheet adds from an attribute of the element. */
function paintAfter(painting: Painting, element: Element): void {
  const text = element.getAttribute("data-text");
  const style = getComputedStyle(element, "::after");
  if (text === null || style.content === "none") return;
  const { surface } = painting;
  const { x, y, height } = place(painting, element);
  useFont(surface, style);
  surface.textBaseline = "middle";
  surface.fillText(text, x, y + height / 2);
}

/** A text node line by line, as it was broken. */
function paintText(painting: Painting, node: Text, style: CSSStyleDeclaration): void {
  if (node.data.trim() === "") return;
  const { surface, origin } = painting;
  useFont(surface, style);
  surface.textBaseline = "alphabetic";
  for (const { text, box } of linesOf(node)) {
    const { fontBoundingBoxAscent, fontBoundingBoxDescent } = surface.measureText(text);
    const free = box.height - fontBoundingBoxAscent - fontBoundingBoxDescent;
    const shown = style.textTransform === "uppercase" ? text.toUpperCase() : text;
    surface.fillText(shown, box.x - origin.x, box.y - origin.y + free / 2 + fontBoundingBoxAscent);
  }
}

function useFont(surface: CanvasRenderingContext2D, style: CSSStyleDeclaration): void {
  surface.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  surface.fillStyle = style.color;
}

function linesOf(node: Text): readonly { readonly text: string; readonly box: DOMRect }[] {
  const range = document.createRange();
  range.selectNodeContents(node);
  const boxes = [...range.getClientRects()];
  const [first] = boxes;
  if (boxes.length < 2)
    return first === undefined ? [] : [{ text: node.data.replaceAll(/\s+/g, " "), box: first }];
  const lines: { text: string; box: DOMRect }[] = [];
  for (let i = 0; i < Math.min(node.data.length, 4_000); i += 1) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.box.y - box.y) < 2) last.text += node.data[i];
    else if (box.width > 0) lines.push({ text: node.data[i] ?? "", box });
  }
  return lines;
}
