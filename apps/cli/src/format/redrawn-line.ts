// One line that is drawn again in place on a terminal; silent when nobody watches.

const CLEAR_LINE = "\r\u001B[K";

export class RedrawnLine implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  #shown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get visible(): boolean {
    return this.#stream.isTTY;
  }

  show(text: string): void {
    if (!this.visible) return;
    this.#stream.write(CLEAR_LINE + text);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) this.#stream.write(CLEAR_LINE);
    this.#shown = false;
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
