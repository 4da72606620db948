// Records that no process is the subject of: metrics of the probe, clock readings, changes of modules. And metrics of
// single processes.

import { RECORD } from "@elixirscope/trace";
import { EVENT_CODE, type EventWriter } from "./event-writer.ts";
import { clockFacts, entriesOf, moduleFacts } from "./facts.ts";
import type { CorrelatorOutput } from "./output.ts";
import type { Process } from "./party.ts";
import { payloadOf, type ProcessRecord } from "./process-record.ts";

export class SessionEvents {
  readonly #out: CorrelatorOutput;
  readonly #events: EventWriter;

  constructor(out: CorrelatorOutput, events: EventWriter) {
    this.#out = out;
    this.#events = events;
  }

  told(r: ProcessRecord): void {
    if (r.kind === RECORD.METRIC) this.#metrics("probe", r);
    else if (r.kind === RECORD.CLOCK) this.#clock(r);
    else this.#event(r);
  }

  measured(p: Process, r: ProcessRecord): void {
    this.#metrics(p.text, r);
  }

  #metrics(source: string, r: ProcessRecord): void {
    for (const [name, value] of numbersOf(r)) this.#out.metric(r.t, source, name, value);
  }

  #clock(r: ProcessRecord): void {
    const time = clockFacts(payloadOf(r));
    if (time !== null) this.#out.clock(r.t, time);
  }

  /** A module's change, or what a process did of which nothing else is known. */
  #event(r: ProcessRecord): void {
    const code = EVENT_CODE[r.kind] ?? 0;
    if (code === 0) return;
    const id = this.#events.newId();
    this.#out.event(id, r.t, 0, code, 0, 0, id, this.#events.payload(r), r.flags);
    if (r.kind !== RECORD.MODULE) return;
    const facts = moduleFacts(payloadOf(r));
    if (facts !== null) this.#out.module({ ...facts, t: r.t });
  }
}

function numbersOf(r: ProcessRecord): readonly (readonly [name: string, value: number])[] {
  return [...entriesOf(payloadOf(r))].flatMap(([name, term]) =>
    term.kind === "integer" || term.kind === "float" ? [[name, Number(term.value)] as const] : [],
  );
}
