// The target comes first: when it shares this machine, what reads and stores its events takes the processor
// after it. On Linux the priority is that of the calling thread and of threads that it starts.

import { constants, setPriority } from "node:os";

/** Of the calling thread. A system that forbids it changes nothing but the order in which both wait. */
export function yieldToTarget(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // then both compete
  }
}
