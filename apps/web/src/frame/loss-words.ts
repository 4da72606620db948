// Why something is missing, in words: what it means for what is on screen, and what to do about it.

export type LossWords = {
  readonly title: string;
  readonly meaning: string;
  /** what makes it less likely the next time */
  readonly remedy: string | null;
};

const WORDS: Readonly<Record<string, LossWords>> = {
  dropped: {
    title: "Dropped",
    meaning: "They happened, and were given up because they came faster than they could be kept.",
    remedy: "Record fewer functions, or give it more room with --ring, or --overflow block.",
  },
  rate_limited: {
    title: "Over the rate",
    meaning: "They happened, and went beyond the events a second that the target was to spend.",
    remedy: "Raise --max-rate or --max-process-rate, or record fewer functions.",
  },
  truncated: {
    title: "Cut values",
    meaning: "The events are here; of their values only the beginning was kept.",
    remedy: null,
  },
  sampled: {
    title: "Sampled",
    meaning: "They happened, and were left out as the plan of this recording asked for.",
    remedy: "Record with --sample always.",
  },
  disconnected: {
    title: "Disconnected",
    meaning: "The connection to the target was gone: whatever happened meanwhile is not known.",
    remedy: null,
  },
  expired: {
    title: "Let go",
    meaning: "They were recorded, and let go of to keep the recording within its bounds.",
    remedy: "Raise --keep-for or --keep-size.",
  },
  paused: {
    title: "Paused",
    meaning: "Somebody paused the session: whatever happened meanwhile was not looked at.",
    remedy: null,
  },
  reloaded: {
    title: "Code was reloaded",
    meaning: "The functions were exchanged: for a moment their calls were not traced.",
    remedy: null,
  },
};

export function lossWords(reason: string): LossWords {
  return (
    WORDS[reason] ?? { title: reason.replaceAll("_", " "), meaning: "Not recorded.", remedy: null }
  );
}
