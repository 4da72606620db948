// Values at the end of a line: of variables that it bound in the selected call, and of prints. Text from the target
// is only ever a text node.

import { WidgetType } from "@codemirror/view";

export type BesideValue = {
  /** what a click hands back; null: it leads nowhere */
  readonly key: string | null;
  readonly kind: "value" | "print" | "failed";
  readonly name: string;
  readonly text: string;
  /** its scope is over, or it is of another time */
  readonly dim: boolean;
  readonly title: string;
};

const LONGEST = 70;

export class ValuesWidget extends WidgetType {
  readonly #values: readonly BesideValue[];
  readonly #onValue: (key: string) => void;

  constructor(values: readonly BesideValue[], onValue: (key: string) => void) {
    super();
    this.#values = values;
    this.#onValue = onValue;
  }

  override eq(other: WidgetType): boolean {
    return (
      other instanceof ValuesWidget &&
      JSON.stringify(other.#values) === JSON.stringify(this.#values)
    );
  }

  override toDOM(): HTMLElement {
    const dom = document.createElement("span");
    dom.className = "cm-beside";
    for (const value of this.#values) dom.append(this.#chip(value));
    return dom;
  }

  override ignoreEvent(): boolean {
    return true;
  }

  #chip({ key, kind, name, text, dim, title }: BesideValue): HTMLElement {
    const chip = document.createElement(key === null ? "span" : "button");
    chip.className = `cm-value ${kind}${dim ? " dim" : ""}`;
    chip.title = title;
    const label = document.createElement("span");
    label.className = "cm-value-name";
    label.textContent = `${name} = `;
    chip.append(label, text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
    if (key !== null) chip.addEventListener("click", () => this.#onValue(key));
    return chip;
  }
}
