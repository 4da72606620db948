// Gathers races that are about the same thing, counts them, and keeps the first of each as examples.

import type { RaceKind, RaceSubject } from "./race-view.ts";

/** An access before it is described. */
export type AccessFacts = {
  readonly kind: "read" | "write";
  readonly pid: number;
  readonly event: number;
  readonly t: number;
  readonly text: string;
  readonly result: string | null;
  readonly isLost: boolean;
};

export type ExampleFacts = {
  readonly happened: boolean;
  readonly what: string;
  readonly accesses: readonly AccessFacts[];
  /** whose function around both is named */
  readonly around: readonly [event: number, event: number] | null;
};

export type RaceFacts = {
  readonly kind: RaceKind;
  readonly subject: RaceSubject;
  readonly read: string | null;
  readonly write: string;
  readonly isExact: boolean;
};

export type Group = RaceFacts & {
  happened: number;
  possible: number;
  readonly examples: ExampleFacts[];
};

const MOST_GROUPS = 500;
const MOST_EXAMPLES = 3;

export class RaceGroups {
  readonly #groups = new Map<string, Group>();
  /** races of groups for which there was no room */
  dropped = 0;

  /** `example` is made only where it is kept. */
  add(facts: RaceFacts, happened: boolean, example: () => ExampleFacts): void {
    const { kind, subject, read, write } = facts;
    const about =
      subject.kind === "ets" ? subject.table : (subject.process.name ?? subject.process.pid);
    const key = JSON.stringify([kind, subject.kind, about, read, write]);
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size === MOST_GROUPS) {
        this.dropped += 1;
        return;
      }
      group = { ...facts, happened: 0, possible: 0, examples: [] };
      this.#groups.set(key, group);
    }
    if (happened) group.happened += 1;
    else group.possible += 1;
    keep(group.examples, happened, example);
  }

  /** What went wrong first, by how often. */
  ranked(): readonly Group[] {
    return [...this.#groups.values()].toSorted(
      (a, b) => b.happened - a.happened || b.possible - a.possible,
    );
  }
}

/** One that happened shows more than one that could have. */
function keep(examples: ExampleFacts[], happened: boolean, example: () => ExampleFacts): void {
  if (examples.length < MOST_EXAMPLES) examples.push(example());
  else if (happened) {
    const weaker = examples.findIndex((one) => !one.happened);
    if (weaker >= 0) examples[weaker] = example();
  }
}
