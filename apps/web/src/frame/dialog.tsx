// What lies over the page until it is closed: by Escape, its button or a click beside it. The browser keeps
// the focus inside and gives it back afterwards.

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useApp, type Overlay } from "./app-context.ts";

export function Dialog(props: {
  readonly overlay: Overlay;
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element | null {
  const { overlay } = useApp();
  return overlay.value === props.overlay ? <OpenDialog {...props} /> : null;
}

function OpenDialog(props: {
  readonly overlay: Overlay;
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { overlay } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const onClosed = (): void => {
    if (overlay.peek() === props.overlay) overlay.value = null;
  };
  // at once: the next key may follow before anything is painted
  useLayoutEffect(() => {
    const element = dialog.current;
    const close = (): void => element?.close();
    element?.showModal();
    // where nothing is to be typed one begins at the top, not at the first button
    if (document.activeElement instanceof HTMLInputElement) return close;
    element?.focus();
    element?.scrollTo({ top: 0 });
    return close;
  }, []);
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      class={`dialog ${props.overlay}`}
      aria-label={props.name}
      // Escape: `close` follows later than the next key may
      onCancel={onClosed}
      onClose={onClosed}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClosed();
      }}
    >
      {props.children}
    </dialog>
  );
}

export function CloseButton(): JSX.Element {
  const { overlay } = useApp();
  return (
    <button type="button" class="button" onClick={() => (overlay.value = null)}>
      Close
    </button>
  );
}
