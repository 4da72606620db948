// How far into the ring a recording goes, kept in the recording itself: rows of `metrics`, inserted in
// the same transaction as the rows they speak of. A successor of a crashed writer begins exactly there.

import type { RecordingWriter } from "@elixirscope/store";
import { RING_START, type RingPlace } from "./ring-reader.ts";

const SOURCE = "elixirscope.progress";

export type Progress = { readonly place: RingPlace; readonly nextId: number };

export const BEGINNING: Progress = { place: RING_START, nextId: 1 };

export function noteProgress(writer: RecordingWriter, t: number, progress: Progress): void {
  const { position, nextNumber, nextEvents } = progress.place;
  note(writer, t, "position", position);
  note(writer, t, "frames", nextNumber);
  note(writer, t, "events", nextEvents);
  note(writer, t, "next_id", progress.nextId);
}

function note(writer: RecordingWriter, t: number, name: string, value: number): void {
  const table = writer.tables.metrics;
  const i = table.next();
  const c = table.columns;
  c.t[i] = t;
  c.source[i] = writer.names.intern(SOURCE);
  c.name[i] = writer.names.intern(name);
  c.value[i] = value;
}

/** What the predecessor's last commit covered. */
export async function readProgress(writer: RecordingWriter): Promise<Progress> {
  const { rows } = await writer.query(
    `SELECT name, max(value) FROM metrics WHERE source = '${SOURCE}' GROUP BY name`,
  );
  const values = new Map(rows.map(([name, value]) => [name, Number(value)]));
  const read = (name: string, otherwise: number): number => values.get(name) ?? otherwise;
  return {
    place: {
      position: read("position", 0),
      nextNumber: read("frames", 0),
      nextEvents: read("events", 0),
    },
    nextId: read("next_id", 1),
  };
}
