// Keys that work anywhere on the page, except while typing.

import { panBy, spanOf, zoomAbout } from "@elixirscope/timeline";
import { TABS } from "../model/place.ts";
import type { App } from "./app-context.ts";

const ZOOM = 1.35;
const PAN = 0.15;

export function attachKeyboard(app: App, target: Window): () => void {
  // a button that was clicked keeps the focus; Space presses it again only for who came to it by keyboard
  let chosenByKey = false;
  const onFocus = ({ target: focused }: FocusEvent): void => {
    chosenByKey = focused instanceof HTMLElement && focused.matches(":focus-visible");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target) || app.helpOpen.peek()) return;
    if (event.key === " " && event.target instanceof HTMLButtonElement && chosenByKey) return;
    const action = actionOf(app, event);
    if (action === null) return;
    event.preventDefault();
    action();
  };
  target.addEventListener("focusin", onFocus);
  target.addEventListener("keydown", onKeyDown);
  return () => {
    target.removeEventListener("focusin", onFocus);
    target.removeEventListener("keydown", onKeyDown);
  };
}

function actionOf(app: App, event: KeyboardEvent): (() => void) | null {
  const { cinema, playback, stage, helpOpen, searchOpen } = app;
  switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
    case "w":
      return () => zoom(app, 1 / ZOOM);
    case "s":
      return () => zoom(app, ZOOM);
    case "a":
      return () => pan(app, -PAN);
    case "d":
      return () => pan(app, PAN);
    case "f":
      return () => cinema.fit();
    case ".":
      return () => void cinema.step("next");
    case ",":
      return () => void cinema.step("previous");
    case "]":
      return () => void cinema.stepState("next");
    case "[":
      return () => void cinema.stepState("previous");
    case "ArrowLeft":
      return () => nudge(app, event.shiftKey ? -0.1 : -0.01);
    case "ArrowRight":
      return () => nudge(app, event.shiftKey ? 0.1 : 0.01);
    case "ArrowUp":
      return () => stage.peek()?.selectNeighbour(-1);
    case "ArrowDown":
      return () => stage.peek()?.selectNeighbour(1);
    case " ":
      return () => playback.toggle();
    case "/":
      return () => (searchOpen.value = true);
    case "?":
      return () => (helpOpen.value = true);
    case "Escape":
      return () => (cinema.selection.value = null);
    default: {
      const tab = TABS[Number(event.key) - 1];
      return tab === undefined ? null : () => (cinema.tab.value = tab);
    }
  }
}

function zoom({ cinema, stage }: App, factor: number): void {
  const view = cinema.view.peek();
  const cursor = cinema.cursor.peek()?.t ?? null;
  const inView = cursor !== null && cursor >= view.t0 && cursor <= view.t1;
  const middle = inView ? cursor : (view.t0 + view.t1) / 2;
  const anchor = stage.peek()?.pointerTime ?? middle;
  cinema.setView(zoomAbout(view, anchor, factor, cinema.bounds.peek()));
}

function pan({ cinema }: App, share: number): void {
  const view = cinema.view.peek();
  cinema.setView(panBy(view, spanOf(view) * share, cinema.bounds.peek()));
}

function nudge({ cinema }: App, share: number): void {
  const view = cinema.view.peek();
  const { t0, t1 } = cinema.bounds.peek();
  const from = cinema.cursor.peek()?.t ?? (view.t0 + view.t1) / 2;
  const t = Math.min(Math.max(t0, from + spanOf(view) * share), t1);
  cinema.goTo({ t, event: null });
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && target.type !== "checkbox")
  );
}
