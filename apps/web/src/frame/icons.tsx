// Line icons, drawn in the page: no font, no request. Always beside a name for those who cannot see them.

import type { JSX } from "preact";

const PATHS = {
  play: "M5 3.5v9l7.5-4.5z",
  pause: "M5 3.5v9M11 3.5v9",
  previous: "M12 3.5 6 8l6 4.5zM4.5 3.5v9",
  next: "m4 3.5 6 4.5-6 4.5zM11.500 3.5v9",
  stepInto: "M8 2.500v7M4.800 6.500 8 9.700l3.200-3.200M3 13h10",
  stepOut: "M8 10V3M4.800 6.200 8 3l3.200 3.200M3 13h10",
  skipIdle: "M2.500 4v8M13.500 4v8M5 8h6M8.800 5.800 11 8 8.800 10.200",
  runNext: "M3 3.500v9L8.500 8zM8.500 3.500v9L14 8z",
  runPrevious: "M13 3.500v9L7.500 8zM7.500 3.500v9L2 8z",
  zoomTo: "M2.500 3.500v9M13.500 3.500v9M5 8h6M6.800 6 5 8l1.800 2M9.200 6 11 8l-1.800 2",
  sidePanel: "M2.500 3h11v10h-11zM10 3v10",
  bottomPanel: "M2.500 3h11v10h-11zM2.500 9.500h11",
  settings:
    "M8 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM8 8.600a.6.6 0 1 0 0-1.200.6.6 0 0 0 0 1.200zM8 2v2.500M8 11.500V14M2 8h2.500M11.500 8H14M3.760 3.760l1.770 1.770M10.470 10.470l1.770 1.770M3.760 12.240l1.770-1.770M10.470 5.530l1.770-1.770",
  command: "M3 4.500 6 8l-3 3.500M8 11.500h5",
  fit: "M2.500 8h11M5 5.500 2.500 8 5 10.500M11 5.500 13.500 8 11 10.500",
  zoomIn: "M8 3.500v9M3.500 8h9",
  zoomOut: "M3.500 8h9",
  search: "M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM10.500 10.500 14 14",
  stop: "M4.500 4.500h7v7h-7z",
  link: "M6.500 9.500 9.500 6.500M7 4.500l1.200-1.200a3.100 3.100 0 0 1 4.500 4.500L11.500 9M9 11.500l-1.200 1.200a3.100 3.100 0 0 1-4.500-4.500L4.500 7",
  help: "M6 6a2 2 0 1 1 2.800 1.900c-.6.3-.8.6-.8 1.300M8 11.800v.2",
  chevron: "m6 4 4 4-4 4",
  left: "m10 4-4 4 4 4",
  right: "m6 4 4 4-4 4",
  warning: "M8 2.500 14.500 13.500h-13zM8 6.500v3.500M8 11.800v.1",
  close: "m4 4 8 8M12 4l-8 8",
  live: "M8 10.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM3.800 12.200a6 6 0 0 1 0-8.400M12.200 3.800a6 6 0 0 1 0 8.400",
  in: "M8 2.500v8M4.500 7.500 8 11l3.500-3.500M3 13.500h10",
  out: "M8 11V3M4.500 6 8 2.500 11.500 6M3 13.500h10",
  tree: "M3 2.500h4v2.500h-4zM9 7h4v2.500h-4zM9 11.500h4v2.500h-4zM5 5v7.800h4M5 8.300h4",
  recordings: "M2.500 4h11M2.500 8h11M2.500 12h11M5 3v2M10 7v2M7 11v2",
  pin: "M5.500 2.500h5M6.500 2.500v4L4.500 9h7l-2-2.500v-4M8 9v4.500",
  download: "M8 2.500v7.500M4.800 7 8 10.200 11.200 7M3 13.500h10",
  upload: "M8 10V2.500M4.800 5.700 8 2.500l3.200 3.200M3 13.500h10",
  trash: "M3 4.500h10M6.500 4.500v-2h3v2M4.500 4.500l.6 9h5.800l.6-9M6.800 7v4M9.200 7v4",
} as const;

export type IconName = keyof typeof PATHS;

const FILLED: ReadonlySet<IconName> = new Set([
  "play",
  "previous",
  "next",
  "stop",
  "runNext",
  "runPrevious",
]);

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg
      class={FILLED.has(name) ? "icon filled" : "icon"}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
