// The instant that a stack is asked for.

/** After everything that happened at `t`, or right after one event. */
export type Instant =
  | { readonly kind: "time"; readonly t: number }
  | { readonly kind: "event"; readonly event: number };
