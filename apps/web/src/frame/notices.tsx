// The page when it cannot show a recording, and the strip above it when the connection is gone.

import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { useApp } from "./app-context.ts";

export function FullNotice(props: {
  readonly title: string;
  readonly busy?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <main class="full-notice">
      <div class="card" role={props.busy === true ? "status" : "alert"}>
        {props.busy === true && <span class="spinner" aria-hidden="true" />}
        <h1>{props.title}</h1>
        {props.children}
      </div>
    </main>
  );
}

export function NoToken(): JSX.Element {
  return (
    <FullNotice title="This page needs its link">
      <p>
        ElixirScope prints a link with a secret when it starts, so that only you can read what it
        recorded. Open that link; this tab then remembers it.
      </p>
      <p class="mono">elixirscope open RECORDING.escope</p>
    </FullNotice>
  );
}

export function Refused(): JSX.Element {
  return (
    <FullNotice title="The link is out of date">
      <p>
        The server answers but does not accept this link’s secret: it was probably restarted. Open
        the link that it printed last.
      </p>
    </FullNotice>
  );
}

export function Connecting(): JSX.Element {
  const { cinema } = useApp();
  const state = cinema.connection.state.value;
  const failure = cinema.failure.value;
  if (failure !== null) {
    return (
      <FullNotice title="The recording could not be read">
        <p>{failure}</p>
        <button type="button" class="button" onClick={() => (cinema.main.value = "recordings")}>
          Other recordings
        </button>
      </FullNotice>
    );
  }
  if (state.kind !== "waiting" || state.attempts < 2) {
    return (
      <FullNotice title="Opening the recording…" busy>
        <p class="muted">Connecting to ElixirScope on this machine.</p>
      </FullNotice>
    );
  }
  return (
    <FullNotice title="ElixirScope does not answer">
      <p>
        Its process seems to have ended. Start it again with{" "}
        <span class="mono">elixirscope open</span>; this page tries again by itself.
      </p>
      <RetryButton />
    </FullNotice>
  );
}

/** Above everything while the connection is gone; what was loaded stays in sight. */
export function ConnectionStrip(): JSX.Element | null {
  const { cinema } = useApp();
  const state = cinema.connection.state.value;
  if (state.kind === "open") return null;
  return (
    <div class="connection-strip" role="alert">
      <span>
        <strong>Disconnected from ElixirScope.</strong> What was loaded stays here; nothing new
        arrives.
      </span>
      {state.kind === "waiting" ? <RetryButton /> : <span class="muted">Connecting…</span>}
    </div>
  );
}

function RetryButton(): JSX.Element {
  const { cinema } = useApp();
  const state = cinema.connection.state.value;
  const now = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = performance.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds =
    state.kind === "waiting" ? Math.max(0, Math.ceil((state.retryAt - now.value) / 1000)) : 0;
  return (
    <button type="button" class="button" onClick={() => cinema.connection.retryNow()}>
      Try now{seconds > 0 ? ` (${seconds} s)` : ""}
    </button>
  );
}

export function Toast(): JSX.Element {
  const { cinema } = useApp();
  return (
    <div class={cinema.notice.value === null ? "toast" : "toast shown"} role="status">
      {cinema.notice.value}
    </div>
  );
}
