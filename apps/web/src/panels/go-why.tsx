// Small buttons that lead from what is shown in a panel to the Causality view: why an event happened, where a
// value came from, why a clause was chosen, the test that a call makes.

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import type { Cinema } from "../model/cinema.ts";
import { useApp } from "../frame/app-context.ts";

export type Question =
  | { readonly kind: "causes"; readonly event: number }
  /** `what` as `args[0].qty`, `body`, `cart.items` */
  | { readonly kind: "origin"; readonly event: number; readonly what: string }
  | { readonly kind: "clauses"; readonly call: number }
  | { readonly kind: "test"; readonly call: number };

export function askWhy(cinema: Cinema, question: Question): void {
  batch(() => {
    const { kind } = question;
    cinema.param("causality.mode").value =
      kind === "causes" ? "" : kind === "test" ? "clauses" : kind;
    if (kind === "causes") {
      cinema.param("causality.event").value = String(question.event);
      cinema.param("causality.open").value = "";
    } else if (kind === "origin")
      cinema.param("causality.origin").value = `${question.event}:${question.what}`;
    else {
      cinema.param("causality.clauses").value = String(question.call);
      cinema.param("causality.show").value = kind === "test" ? "test" : "";
    }
    cinema.main.value = "causality";
  });
}

const TITLES: Readonly<Record<Question["kind"], string>> = {
  causes: "The chain of causes of this event, and its effects",
  origin: "Where this value was made, across processes",
  clauses: "Which clauses were skipped for these arguments, and why",
  test: "An ExUnit test that makes this call again",
};

export function WhyButton(props: {
  readonly question: Question;
  readonly children: string;
}): JSX.Element {
  const { cinema } = useApp();
  return (
    <button
      type="button"
      class="why-button"
      title={TITLES[props.question.kind]}
      onClick={(click) => {
        click.stopPropagation();
        askWhy(cinema, props.question);
      }}
    >
      {props.children}
    </button>
  );
}
