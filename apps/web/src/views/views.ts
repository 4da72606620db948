// The views that fill the middle of the page. Each is fetched when it is first looked at, so that opening
// the page costs nothing for those that are not.

import type { ComponentType } from "preact";
import type { ViewName } from "@elixirscope/wire";

export type View = {
  readonly title: string;
  /** what it answers, for the palette and the tooltip of its tab */
  readonly hint: string;
  /** null: the lanes of the timeline themselves */
  readonly load: (() => Promise<ComponentType>) | null;
};

/** The list of recordings is no view of a recording and has no entry. */
export const MAIN_VIEWS: Readonly<Partial<Record<ViewName, View>>> = {
  timeline: { title: "Timeline", hint: "Every process as a lane", load: null },
  system: {
    title: "System",
    hint: "Processes, who supervises them, and the messages between them",
    load: async () => (await import("./system/system-view.tsx")).SystemView,
  },
  process: {
    title: "Process",
    hint: "Messages between chosen processes, one after another",
    load: async () => (await import("./process/process-view.tsx")).ProcessView,
  },
  state: {
    title: "State",
    hint: "The selected process's state through time, compared and searched",
    load: async () => (await import("./state/state-view.tsx")).StateView,
  },
  performance: {
    title: "Performance",
    hint: "Where time went: flame graph, functions, processes, critical path, comparison",
    load: async () => (await import("./performance/performance-view.tsx")).PerformanceView,
  },
  code: {
    title: "Code",
    hint: "Source with how often each line ran, values beside it, and prints after the fact",
    load: async () => (await import("./code/code-view.tsx")).CodeView,
  },
  causality: {
    title: "Causality",
    hint: "Why an event happened, where a value came from, why a clause was chosen",
    load: async () => (await import("./causality/causality-view.tsx")).CausalityView,
  },
  insights: {
    title: "Insights",
    hint: "Crashes, races, deadlocks, piled up mailboxes, slow functions, surprising clauses, loss",
    load: async () => (await import("./insights/insights-view.tsx")).InsightsView,
  },
  query: {
    title: "Query",
    hint: "SQL over the recording, as a table, a chart or marks on the timeline",
    load: async () => (await import("./query/query-view.tsx")).QueryView,
  },
};
