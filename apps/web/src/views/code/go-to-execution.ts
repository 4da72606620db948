// Reverse-continue to a place of the code, and on to the next time that it runs.

import type { Direction } from "@elixirscope/wire";
import type { Cinema } from "../../model/cinema.ts";
import { askedAt, type Cursor } from "../../model/place.ts";

/** Without a cursor all of the recording is ahead. */
export function stepStart(cinema: Cinema, direction: Direction): Cursor {
  const { t0, t1 } = cinema.bounds.peek();
  return cinema.cursor.peek() ?? { t: direction === "next" ? t0 - 1 : t1, event: null };
}

export async function goToExecution(
  cinema: Cinema,
  at: string,
  direction: Direction,
  pid: string | null,
): Promise<void> {
  await cinema.attempt(async () => {
    const from = stepStart(cinema, direction);
    const reply = await cinema.connection.request("executions", {
      at,
      ...askedAt(from),
      ...(pid === null ? {} : { pid }),
      before: 2,
      after: 1,
    });
    if (reply.kind === "unknown") {
      cinema.notify(reply.message);
      return;
    }
    const { executions, before, first } = reply;
    // where one stands already is no step
    const found =
      direction === "next"
        ? executions[before - first]
        : executions.slice(0, before - first).findLast(({ event }) => event !== from.event);
    if (found === undefined) cinema.notify(`No ${direction} execution was recorded.`);
    else cinema.goTo(found);
  });
}
