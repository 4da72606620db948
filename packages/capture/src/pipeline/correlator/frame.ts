// An open call.

export type Frame = {
  call: number;
  parent: number;
  fn: number;
  /** of instrumented code: where it was entered; else 0 */
  site: number;
  /** its number in its process; 0: known from the VM's trace */
  number: number;
  depth: number;
  /** how many frames below it may have ended before it began */
  doubt: number;
  tEnter: number;
  args: number;
  /** time spent in traced calls below it */
  childNs: number;
  /** latest event within it, and that event's site */
  lastEvent: number;
  lastSite: number;
};
