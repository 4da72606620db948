// A session as the server shows it: its recording, its figures, its end.

import {
  type DeepReport,
  moduleText,
  type Session,
  type SessionStatus,
} from "@elixirscope/capture";
import type { LiveSource } from "@elixirscope/server";
import { liveControl } from "./live-control.ts";
import type { Manifest } from "@elixirscope/trace";
import type { Instrumentation, Status } from "@elixirscope/wire";

export function liveSource(session: Session): LiveSource & { readonly current: Status } {
  let status = startingStatus(session.manifest);
  session.on("status", (latest) => {
    status = statusOf(session, latest);
  });
  session.on("paused", (paused) => {
    status = { ...status, paused, eventsPerSecond: 0 };
  });
  session.on("stopped", (manifest) => {
    status = endedStatus(manifest, status);
  });
  return {
    recording: session.pipeline,
    get current() {
      return status;
    },
    status: () => status,
    onStatus: (listener) => {
      const heard = [
        session.on("paused", () => listener(status)),
        session.on("stopped", (manifest) => listener(endedStatus(manifest, status))),
      ];
      return {
        [Symbol.dispose]: () => {
          for (const one of heard) one[Symbol.dispose]();
        },
      };
    },
    stop: async () => {
      await session.stop({ code: "user", message: "stopped by the user" }, "page");
    },
    code: {
      instrument: async (selectors) => instrumentation(await session.deepen(selectors, "page")),
      restore: async (selectors) => instrumentation(await session.shallow(selectors, "page")),
    },
    control: liveControl(session, () => status),
  };
}

function instrumentation({ modules, refused }: DeepReport): Instrumentation {
  return {
    modules: modules.map(({ module, functions, sites, placed }) => ({
      module: moduleText(module),
      functions: functions.size,
      sites,
      placed,
    })),
    refused: refused.map(({ module, code, message }) => ({
      module: moduleText(module),
      code,
      message,
    })),
  };
}

export function lostEvents(loss: Manifest["loss"]): number {
  const missing = ["dropped", "rate_limited", "disconnected"];
  return missing.reduce((sum, reason) => sum + (loss[reason] ?? 0), 0);
}

function startingStatus(manifest: Manifest): Status {
  return {
    state: manifest.state,
    paused: false,
    durationNs: 0,
    events: 0,
    eventsPerSecond: 0,
    lost: 0,
    targetProbeBytes: null,
    ringUse: null,
    message: null,
  };
}

function statusOf(
  { manifest, paused }: Session,
  { elapsedMs, pipeline, probe }: SessionStatus,
): Status {
  return {
    state: manifest.state,
    paused,
    durationNs: Math.round(elapsedMs * 1e6),
    events: pipeline.events,
    eventsPerSecond: pipeline.eventsPerSecond,
    lost: lostEvents(manifest.loss) + pipeline.ring.droppedEvents,
    targetProbeBytes: probe?.["memory"] ?? null,
    ringUse: pipeline.ring.utilisation,
    message: probe === null ? "the target answers late" : null,
  };
}

function endedStatus(manifest: Manifest, last: Status): Status {
  return {
    ...last,
    state: manifest.state,
    paused: false,
    durationNs: manifest.durationNs,
    events: manifest.counts["events"] ?? last.events,
    eventsPerSecond: 0,
    lost: lostEvents(manifest.loss),
    ringUse: null,
    message: manifest.stopped?.message ?? null,
  };
}
