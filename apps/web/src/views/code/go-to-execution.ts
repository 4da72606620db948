// Reverse-continue to a place of the code, and on to the next time that it runs.

import type { Cinema } from "../../model/cinema.ts";

export async function goToExecution(
  cinema: Cinema,
  at: string,
  direction: "previous" | "next",
  pid: string | null,
): Promise<void> {
  await cinema.attempt(async () => {
    const { t0, t1 } = cinema.bounds.peek();
    const start = { t: direction === "next" ? t0 - 1 : t1, event: null };
    const from = cinema.cursor.peek() ?? start;
    const reply = await cinema.connection.request("executions", {
      at,
      t: from.t,
      ...(from.event === null ? {} : { event: from.event }),
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
