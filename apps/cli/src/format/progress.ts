// A bar for what takes more than a moment; on standard error, so that results can be piped.

import { RedrawnLine } from "./redrawn-line.ts";
import { styled } from "./style.ts";
import { formatCount } from "./units.ts";

const WIDTH = 30;
const REDRAW_MS = 80;
/** What takes less is not worth a bar. */
const SHOW_AFTER_MS = 1_000;

export class Progress implements Disposable {
  readonly #line = new RedrawnLine(process.stderr);
  #drawn = 0;

  /** `done` of `total`, which may grow; `what` is being worked on. */
  show(title: string, done: number, total: number, what = ""): void {
    const now = performance.now();
    if (now - this.#drawn < REDRAW_MS && done < total) return;
    this.#drawn = now;
    this.#line.show(progressText(title, done, total, what, process.stderr));
  }

  /** For what may be over in a moment: the bar, in percent, comes only after a second. */
  late(title: string): (done: number, total: number) => void {
    const startedAt = performance.now();
    return (done, total) => {
      if (performance.now() - startedAt > SHOW_AFTER_MS) {
        this.show(title, Math.round((100 * done) / total), 100);
      }
    };
  }

  clear(): void {
    this.#line.clear();
  }

  [Symbol.dispose](): void {
    this.#line.clear();
  }
}

function progressText(
  title: string,
  done: number,
  total: number,
  what: string,
  stream: NodeJS.WriteStream,
): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * WIDTH);
  const bar = styled(stream, "cyan", "█".repeat(full)) + "░".repeat(WIDTH - full);
  const room = Math.max(0, (stream.columns ?? 80) - title.length - WIDTH - 24);
  const shown = what.length > room ? `…${what.slice(what.length - room + 1)}` : what;
  return `${title} ${bar} ${formatCount(done)}/${formatCount(total)} ${room > 8 ? shown : ""}`.trimEnd();
}
