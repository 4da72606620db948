// Search over functions, processes, events and messages; Enter or a click moves the cursor there.

import type { SearchHit } from "@elixirscope/wire";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { useApp } from "./app-context.ts";
import { Icon } from "./icons.tsx";
import { goToHit, HitRow } from "./search-hits.tsx";
import { useLoader } from "./use-loader.ts";

const LIMIT = 40;

export function SearchBox(): JSX.Element {
  const { cinema, searchOpen } = useApp();
  const text = useSignal("");
  const chosen = useSignal(0);
  const input = useRef<HTMLInputElement>(null);
  const found = useLoader(
    "search",
    () => {
      const words = text.value.trim();
      return words === "" ? null : { subject: "", params: { text: words, limit: LIMIT } };
    },
    "still",
  );
  const open = searchOpen.value;
  // what is shown may still be of fewer letters: Enter then means the first of what is to come
  const isOfText = found.params?.text === text.value.trim();
  const awaited = useSignal<string | null>(null);
  const hits = text.value.trim() === "" ? [] : (found.value ?? []);
  // at once: the next key may follow before anything is painted
  useLayoutEffect(() => {
    if (open) input.current?.focus();
  }, [open]);

  const close = (): void => {
    searchOpen.value = false;
    input.current?.blur();
  };
  const goTo = (hit: SearchHit): void => {
    close();
    goToHit(cinema, hit);
  };
  useEffect(() => {
    if (awaited.value === null || !isOfText) return;
    const [first] = awaited.value === text.value ? hits : [];
    awaited.value = null;
    if (first !== undefined && searchOpen.peek()) goTo(first);
  }, [awaited.value, isOfText, found.value]);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter") {
      const hit = hits[chosen.value];
      if (!isOfText && text.value.trim() !== "") awaited.value = text.value;
      else if (hit !== undefined) goTo(hit);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = chosen.value + (event.key === "ArrowDown" ? 1 : -1);
      chosen.value = Math.min(Math.max(0, next), Math.max(0, hits.length - 1));
    } else return;
    event.preventDefault();
  };
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        placeholder="Search functions, processes, messages"
        aria-label="Search the recording"
        role="combobox"
        list={undefined}
        aria-expanded={open && text.value !== ""}
        aria-controls="search-hits"
        aria-activedescendant={hits.length > 0 ? `search-hit-${chosen.value}` : undefined}
        value={text.value}
        onFocus={() => (searchOpen.value = true)}
        onBlur={() => (searchOpen.value = false)}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <kbd aria-hidden="true">/</kbd>
      {open && text.value.trim() !== "" && (
        <ul id="search-hits" class="search-hits" role="listbox" aria-label="Search results">
          {hits.map((hit, i) => (
            <li
              key={`${hit.kind} ${hit.event ?? ""} ${hit.title} ${i}`}
              id={`search-hit-${i}`}
              role="option"
              aria-selected={i === chosen.value}
              class={i === chosen.value ? "chosen" : ""}
              // before the input loses focus
              onPointerDown={(event) => {
                event.preventDefault();
                goTo(hit);
              }}
            >
              <HitRow hit={hit} />
            </li>
          ))}
          {hits.length === 0 && (
            <li class="muted note" role="option" aria-selected={false}>
              {found.error ?? (found.busy ? "Searching…" : "Nothing recorded matches.")}
            </li>
          )}
        </ul>
      )}
    </div>
  );
}
