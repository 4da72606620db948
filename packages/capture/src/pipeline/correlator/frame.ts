// An open call.

export type Frame = {
  call: number;
  parent: number;
  fn: number;
  tEnter: number;
  args: number;
  /** time spent in traced calls below it */
  childNs: number;
};
