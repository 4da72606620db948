// The report of a crash: what failed with its values, on which message, in which state, who was started in its
// place, who else died.

import type { CrashContext, CrashView, FailureView } from "@elixirscope/wire";
import type { ComponentChildren, JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { timeText } from "../../model/time-text.ts";
import { WhyButton } from "../../panels/go-why.tsx";
import { Limits } from "../../panels/limits-note.tsx";
import { MomentLink, ProcessLink } from "../../panels/moment-link.tsx";
import { CodeLink } from "./code-link.tsx";

export function CrashReport({ crash }: { readonly crash: CrashView }): JSX.Element {
  const { process, failure, message, state, reason } = crash;
  const context = useLoader(
    "crashContext",
    () => ({ subject: String(crash.event), params: { event: crash.event } }),
    "still",
  );
  const around = context.value;
  return (
    <article class="crash-report" aria-label="Crash report">
      <header class="crash-head">
        <p class="mono crash-error">{failure.error}</p>
        <p class="small">
          <b>{process.name ?? process.pid}</b> <ProcessLink pid={process.pid} />
          {reason === null ? " failed at " : " ended at "}
          <MomentLink t={crash.t} event={crash.event} pid={process.pid} />
        </p>
      </header>
      <Failure failure={failure} pid={process.pid} />
      <Part title="The message it was working on">
        {message === null ? (
          <p class="muted small">No message that led to it is recorded.</p>
        ) : (
          <>
            <p class="mono value">{message.text}</p>
            <p class="small muted">
              taken at <MomentLink t={message.t} event={message.event} pid={process.pid} />
              {message.from !== null && (
                <>
                  {" from "}
                  {message.from.name} <ProcessLink pid={message.from.pid} />
                </>
              )}
              {message.confidence !== null && ` · ${message.confidence}`}{" "}
              {message.sendEvent !== null && (
                <WhyButton question={{ kind: "origin", event: message.sendEvent, what: "body" }}>
                  Where it came from
                </WhyButton>
              )}
            </p>
          </>
        )}
      </Part>
      <Part title="The state it found">
        {state === null ? (
          <p class="muted small">No state of this process was recorded before.</p>
        ) : (
          <>
            <p class="mono value">{state.text}</p>
            <p class="small muted">
              version {state.version}, since{" "}
              <MomentLink t={state.t} event={state.event} pid={process.pid} />
            </p>
          </>
        )}
      </Part>
      <Restarts crash={crash} context={around} />
      <Deaths crash={crash} />
      <Before pid={process.pid} context={around} error={context.error} />
      <Limits limits={crash.limits} />
    </article>
  );
}

function Part(props: {
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="section">
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}

function Failure(props: { readonly failure: FailureView; readonly pid: string }): JSX.Element {
  const { failure, pid } = props;
  const { mfa, file, line, source, locals, clauses, callers } = failure;
  return (
    <Part title="What failed">
      <p class="mono value">
        {mfa ?? "in a function that was not recorded"}
        {failure.arguments !== null && <span class="muted"> with {failure.arguments}</span>}
      </p>
      {file !== null && (
        <p class="small">
          <CodeLink file={file} line={line} />
        </p>
      )}
      {source !== null && <pre class="mono failing-line">{source.trim()}</pre>}
      {locals.length > 0 && (
        <dl class="crash-locals mono" aria-label="Variables">
          {locals.map((local) => (
            <div key={`${local.name} ${local.event}`} class={local.inScope === false ? "gone" : ""}>
              <dt>{local.name}</dt>
              <dd title={local.text}>
                {local.text}
                {local.truncated && <span class="muted"> (cut)</span>}
              </dd>
              <WhyButton question={{ kind: "origin", event: local.event, what: local.name }}>
                Origin
              </WhyButton>
            </div>
          ))}
        </dl>
      )}
      {clauses.length > 0 && (
        <ul class="crash-clauses small" aria-label="Clauses that did not match">
          {clauses.map((clause) => (
            <li key={clause}>{clause}</li>
          ))}
        </ul>
      )}
      {callers.length > 0 && (
        <p class="small muted">
          called by <span class="mono">{callers.join(" ← ")}</span>
        </p>
      )}
      <p class="small muted">
        at <MomentLink t={failure.t} event={failure.event} pid={pid} />
      </p>
    </Part>
  );
}

function Restarts(props: {
  readonly crash: CrashView;
  readonly context: CrashContext | null;
}): JSX.Element {
  const { crash, context } = props;
  const chain =
    context?.restarts ?? (crash.restart === null ? [] : [{ ...crash.restart, ended: null }]);
  return (
    <Part title="Restart chain">
      {chain.length === 0 ? (
        <p class="muted small">
          {crash.reason === null
            ? "The end of the process was not recorded, so no restart is looked for."
            : "No process that was started in its place was recorded."}
        </p>
      ) : (
        <ol class="restarts small">
          {chain.map((restart) => (
            <li key={restart.process.pid}>
              <MomentLink t={restart.t} event={restart.event} pid={restart.process.pid} />{" "}
              <b>{restart.process.name ?? "started"}</b> <ProcessLink pid={restart.process.pid} />{" "}
              <span class="muted">
                by {restart.by.name} <ProcessLink pid={restart.by.pid} />
                {restart.confidence === "exact" ? "" : ` · ${restart.confidence}`}
              </span>
              {restart.ended !== null && (
                <div class="mono crash-again">
                  ended at <MomentLink t={restart.ended.t} pid={restart.process.pid} />:{" "}
                  {restart.ended.reason}
                </div>
              )}
            </li>
          ))}
          {context?.more === true && <li class="muted">The chain goes on.</li>}
        </ol>
      )}
    </Part>
  );
}

function Deaths({ crash }: { readonly crash: CrashView }): JSX.Element {
  return (
    <Part title="Who else died or was told">
      {crash.deaths.length === 0 ? (
        <p class="muted small">Nobody, as far as links and monitors were recorded.</p>
      ) : (
        <ul class="deaths small">
          {crash.deaths.map((death) => (
            <li key={death.event}>
              <span class={death.fate === "died" ? "tag exit" : "tag"}>{death.fate}</span>{" "}
              <b>{death.process.name}</b> <ProcessLink pid={death.process.pid} />{" "}
              <MomentLink t={death.t} event={death.event} pid={death.process.pid} />
              {death.reason !== null && <div class="mono muted">{death.reason}</div>}
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Before(props: {
  readonly pid: string;
  readonly context: CrashContext | null;
  readonly error: string | null;
}): JSX.Element {
  const { cinema } = useApp();
  const { context, pid } = props;
  if (context === null) {
    return (
      <Part title="Last messages and states">
        <p class="muted small">{props.error ?? "Loading…"}</p>
      </Part>
    );
  }
  return (
    <>
      <Part title="Last messages">
        {context.messages.length === 0 ? (
          <p class="muted small">No message of this process was recorded.</p>
        ) : (
          <ol class="last small">
            {context.messages.map((step) => (
              <li key={step.event}>
                <MomentLink t={step.t} event={step.event} pid={pid} />{" "}
                <span title={timeText(cinema, step.t)}>{step.text}</span>
              </li>
            ))}
          </ol>
        )}
      </Part>
      <Part title="Last states">
        {context.states.length === 0 ? (
          <p class="muted small">No state of this process was recorded.</p>
        ) : (
          <ol class="last small">
            {context.states.map((state) => (
              <li key={state.event}>
                <MomentLink t={state.t} event={state.event} pid={pid} />{" "}
                <span class="muted">v{state.version}</span> <span class="mono">{state.text}</span>
              </li>
            ))}
          </ol>
        )}
      </Part>
    </>
  );
}
