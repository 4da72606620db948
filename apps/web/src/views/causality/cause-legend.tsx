// What the lines mean: the types of causes that are in the drawing, how sure they are, whose lanes these are.

import type { CauseLane } from "@elixirscope/timeline";
import type { CauseEdge, CauseType } from "@elixirscope/wire";
import type { JSX } from "preact";
import { laneColour } from "./cause-lines.tsx";

export const CAUSE_WORDS: Readonly<
  Record<CauseType, { readonly word: string; readonly help: string }>
> = {
  call: { word: "call", help: "Done inside of that call" },
  return: { word: "return", help: "The end of the call" },
  raise: { word: "raise", help: "An exception that went through its caller" },
  message: { word: "message", help: "Sent and received" },
  reply: { word: "reply", help: "The request that a reply answers" },
  handle: { word: "handle", help: "A message, and what was done for it" },
  spawn: { word: "spawn", help: "The process was started" },
  link: { word: "link", help: "Two processes were linked" },
  monitor: { word: "monitor", help: "A monitor told of an end" },
  exit: { word: "exit", help: "The end of a process, and what it led to" },
  timer: { word: "timer", help: "A timer that was started, and its message" },
  state_write: { word: "new state", help: "The message that a new state came of" },
  state_read: { word: "state", help: "The state that a message found" },
  ets: { word: "ETS", help: "What was last written under a key that was read" },
  telemetry: { word: "telemetry", help: "The start of a span, and its stop" },
  program_order: { word: "then", help: "What the process took or began with before it went on" },
};

/** Types that are drawn alike, in one colour. */
const ALIKE: readonly (readonly CauseType[])[] = [
  ["message", "reply"],
  ["call", "return", "handle", "program_order"],
  ["spawn"],
  ["exit", "link", "monitor", "raise"],
  ["state_write", "state_read", "ets"],
  ["timer", "telemetry"],
];

const SURE = [
  ["exact", "the VM or the code says so"],
  ["ordered", "it follows from the order of events"],
  ["inferred", "told by equal values or positions: likely, not certain"],
] as const;

export function Legend(props: {
  readonly edges: readonly CauseEdge[];
  readonly lanes: readonly CauseLane[];
}): JSX.Element {
  const drawn = new Set(props.edges.map(({ type }) => type));
  const groups = ALIKE.map((types) => types.filter((type) => drawn.has(type)));
  const sure = new Set<string>(props.edges.map(({ confidence }) => confidence));
  return (
    <div class="cause-legend small">
      <ul aria-label="Lanes" class="cause-lane-names">
        {props.lanes.map(({ process }, lane) => (
          <li key={process.pid} title={process.pid}>
            <i class="lane-dot" style={{ background: laneColour(lane) }} />
            <span class="clip">{process.name ?? process.pid}</span>
          </li>
        ))}
      </ul>
      <ul aria-label="Lines" class="cause-lines-legend">
        {groups.map((types) => {
          const [first] = types;
          if (first === undefined) return null;
          const help = types.map((type) => `${CAUSE_WORDS[type].word}: ${CAUSE_WORDS[type].help}`);
          return (
            <li key={first} title={help.join("\n")}>
              <svg width="16" height="8" aria-hidden="true">
                <path class={`cause-edge by-${first} main`} d="M0 4H16" />
              </svg>
              {types.map((type) => CAUSE_WORDS[type].word).join(", ")}
            </li>
          );
        })}
        {SURE.map(([confidence, help]) =>
          sure.has(confidence) ? (
            <li key={confidence} title={help}>
              <svg width="20" height="8" aria-hidden="true">
                <path class={`cause-edge ${confidence}`} d="M0 4H20" />
              </svg>
              {confidence}
            </li>
          ) : null,
        )}
      </ul>
    </div>
  );
}
