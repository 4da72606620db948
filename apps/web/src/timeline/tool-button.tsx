// A button that is an icon, which names itself and its key.

import type { JSX } from "preact";
import { Icon, type IconName } from "../frame/icons.tsx";

export function ToolButton(props: {
  readonly icon: IconName;
  readonly name: string;
  readonly hint: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.name}
      title={`${props.name} (${props.hint})`}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}
