// The output of one print over the recording, and steps from one match to the next.

import type { Direction, PrintsReply, PrintView, TimeRange } from "@elixirscope/wire";
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import type { Cinema } from "../../model/cinema.ts";
import { askedAt } from "../../model/place.ts";
import { timeText } from "../../model/time-text.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { MomentLink } from "../../panels/moment-link.tsx";
import { waitingNote } from "../../panels/panel-note.tsx";
import { stepStart } from "./go-to-execution.ts";
import { paramsOf, type PrintSpec } from "./prints.ts";
import { RefusalNote } from "./refusal-note.tsx";

const MOST = 300;

export function PrintOutput(props: {
  readonly print: PrintSpec;
  readonly range: ReadonlySignal<TimeRange | null>;
  readonly onRemove: () => void;
}): JSX.Element {
  const { cinema } = useApp();
  const { print, range } = props;
  const loaded = useLoader("prints", () => {
    const within = range.value === null ? {} : { range: range.value };
    return { subject: "print", params: { ...paramsOf(print), ...within, limit: MOST } };
  });
  const { value } = loaded;
  return (
    <section class="print-output" aria-label={`Output of ${print.expression} at ${print.at}`}>
      <div class="side-bar">
        <span class="mono clip print-title" title={`${print.expression} at ${print.at}`}>
          {print.expression}
          {print.when !== "" && <span class="muted"> when {print.when}</span>}
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label="Previous match"
          title="Back to the print before the cursor"
          onClick={() => void goToPrint(cinema, print, "previous")}
        >
          <Icon name="previous" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Next match"
          title="On to the print after the cursor"
          onClick={() => void goToPrint(cinema, print, "next")}
        >
          <Icon name="next" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Remove this print"
          title="Remove this print"
          onClick={props.onRemove}
        >
          <Icon name="close" />
        </button>
      </div>
      <p class="muted small clip" title={print.at}>
        {print.at}
        {value?.kind === "prints" && ` · ${outputText(cinema, value)}`}
      </p>
      {value === null ? (
        waitingNote(loaded, "output")
      ) : value.kind === "prints" ? (
        <>
          <Limits limits={limitsOf(value)} />
          <Lines prints={value.prints} />
        </>
      ) : (
        <RefusalNote refusal={value} expression={print.expression} when={print.when} />
      )}
    </section>
  );
}

type Output = Extract<PrintsReply, { kind: "prints" }>;

function outputText(cinema: Cinema, { prints, more, searchedTo }: Output): string {
  const count = prints.length.toLocaleString("en");
  if (searchedTo !== null) {
    return `${count} up to ${timeText(cinema, searchedTo, 1e6)}, not searched further: select a range of time`;
  }
  if (more) return `the first ${count}: select a range of time, or say when`;
  if (prints.length === 0) return "the place was not reached so";
  return prints.length === 1 ? "printed once" : `${count} prints`;
}

function limitsOf({ raised, firstRaised, unknown, limits }: Output): readonly string[] {
  return [
    ...(raised > 0 ? [`raised ${raised.toLocaleString("en")} times: ${firstRaised ?? ""}`] : []),
    ...(unknown > 0
      ? [`${unknown.toLocaleString("en")} times part of it was cut or not recorded`]
      : []),
    ...limits,
  ];
}

function Lines({ prints }: { readonly prints: readonly PrintView[] }): JSX.Element {
  const { cinema } = useApp();
  const event = cinema.cursor.value?.event ?? null;
  return (
    <ol class="print-lines">
      {prints.map((one) => (
        <li
          key={`${one.event} ${one.t}`}
          class={one.event === event ? "here" : ""}
          aria-current={one.event === event ? "true" : undefined}
        >
          <MomentLink t={one.t} event={one.event} pid={one.pid} />
          <span class="mono muted">{one.pid}</span>
          <PrintedValue print={one} />
        </li>
      ))}
    </ol>
  );
}

function PrintedValue({ print: { printed } }: { readonly print: PrintView }): JSX.Element {
  if (printed.kind === "value") {
    return (
      <span class="mono clip" title={printed.text}>
        {printed.text}
      </span>
    );
  }
  if (printed.kind === "unknown") return <span class="muted">cut or not recorded</span>;
  return (
    <span class="error clip" title={printed.message}>
      {printed.message}
    </span>
  );
}

async function goToPrint(cinema: Cinema, print: PrintSpec, direction: Direction): Promise<void> {
  await cinema.attempt(async () => {
    const reply = await cinema.connection.request("printNear", {
      ...paramsOf(print),
      ...askedAt(stepStart(cinema, direction)),
      direction,
    });
    if (reply.kind !== "print") cinema.notify(reply.message);
    else if (reply.print === null) cinema.notify(`No ${direction} match was recorded.`);
    else cinema.goTo(reply.print);
  });
}
