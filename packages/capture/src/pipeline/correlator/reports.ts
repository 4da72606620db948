// What state handlers inside processes report (HANDLE, STATE) reaches the probe as plain messages and
// overtakes what the VM traces of the same process by up to a millisecond. It waits here until the VM's
// records have caught up with its time, or until they had time enough.

import type { Process } from "./party.ts";
import type { ProcessRecord } from "./process-record.ts";

type Due = { readonly process: Process; readonly at: number };

export class Reports {
  readonly #holdNs: number;
  readonly #processes = new Set<Process>();
  /** in the order in which they were added, which is about that of time */
  #queue: Due[] = [];
  #head = 0;

  constructor(holdNs: number) {
    this.#holdNs = holdNs;
  }

  add(process: Process, report: ProcessRecord): void {
    if (process.reports === null) process.reports = [report];
    else process.reports.push(report);
    this.#processes.add(process);
    this.#queue.push({ process, at: report.t + this.#holdNs });
  }

  /** The reports of the process up to `t`, which are then no longer here. */
  take(process: Process, t: number): readonly ProcessRecord[] {
    const { reports } = process;
    if (reports === null) return [];
    let count = 0;
    for (const report of reports) {
      if (report.t > t) break;
      count += 1;
    }
    if (count < reports.length) return reports.splice(0, count);
    process.reports = null;
    this.#processes.delete(process);
    return reports;
  }

  /** A process whose oldest report has waited long enough; null when none has. */
  due(now: number): Process | null {
    for (;;) {
      const first = this.#queue[this.#head];
      if (first === undefined || first.at >= now) return null;
      this.#head += 1;
      if (this.#head >= 1_024 && this.#head * 2 >= this.#queue.length) {
        this.#queue = this.#queue.slice(this.#head);
        this.#head = 0;
      }
      const oldest = first.process.reports?.[0];
      if (oldest !== undefined && oldest.t + this.#holdNs < now) return first.process;
    }
  }

  all(): readonly Process[] {
    return [...this.#processes];
  }
}
