// Ways from what is shown to another place of the page.

import { batch } from "@preact/signals";
import type { Cinema } from "../model/cinema.ts";

/** `line` null: the file, at no line of it. */
export function openCode(cinema: Cinema, file: string, line: number | null): void {
  batch(() => {
    cinema.param("code.file").value = file;
    cinema.param("code.line").value = line === null ? "" : String(line);
    cinema.main.value = "code";
  });
}

/** With what is known of it in the side panel. */
export function openEvent(cinema: Cinema, event: number): void {
  cinema.tab.value = "event";
  void cinema.goToEvent(event);
}
