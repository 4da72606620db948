// Looks at everything that recording a node needs, one thing after the other, and says what to do
// about each. Changes nothing on the target.

import { createServer, type Server } from "node:net";
import { messageOf } from "@elixirscope/base";
import {
  connect,
  type Cookie,
  epmdNames,
  findCookie,
  parseNodeName,
  type Connection,
  type CookieSources,
  type NodeName,
  type TlsOptions,
} from "@elixirscope/dist";
import { charlist, integer } from "@elixirscope/etf";
import { listenAddress } from "./session/listen-address.ts";
import { evaluate } from "./target/evaluate.ts";
import { ownCode } from "./target/own-applications.ts";
import { surveyTarget, type TargetSurvey } from "./target/survey.ts";

export type Check = {
  readonly name: string;
  readonly result: "ok" | "warn" | "fail";
  readonly detail: string;
  /** what to do; empty when it is well */
  readonly advice: string;
};

export type DoctorOptions = {
  readonly target: string;
  readonly cookie?: CookieSources | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly epmdPort?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

const OLDEST_OTP = 25;
const BACK_CONNECT_MS = 3_000;

/** The checks in order; it ends early after one that the others need. */
export async function doctor(options: DoctorOptions): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const name = parseNodeName(options.target);
  if (!name.ok) return [fail("node name", name.error.message, "write it as name@host")];
  const target = name.value;
  checks.push(ok("node name", `${target.full}, a ${target.kind} name`));
  if (!(await checkEpmd(target, options, checks))) return checks;
  const connection = await checkConnection(target, options, checks);
  if (connection === null) return checks;
  try {
    const survey = await surveyTarget(connection, signalOf(options));
    checks.push(...surveyChecks(survey), await checkWayBack(connection, target));
  } catch (thrown) {
    checks.push(fail("survey", messageOf(thrown), "see whether the node is overloaded"));
  } finally {
    await connection.close();
  }
  return checks;
}

async function checkEpmd(
  target: NodeName,
  options: DoctorOptions,
  checks: Check[],
): Promise<boolean> {
  try {
    const nodes = await epmdNames(target.host, { epmdPort: options.epmdPort });
    checks.push(ok("port mapper", `EPMD answers on ${target.host}`));
    const node = nodes.find(({ name }) => name === target.name);
    if (node !== undefined) {
      checks.push(ok("registration", `${target.name} listens on port ${node.port}`));
      return true;
    }
    const others = nodes.map(({ name }) => name).toSorted();
    checks.push(
      fail(
        "registration",
        `EPMD on ${target.host} does not know ${target.name}, only ${others.join(", ") || "no node at all"}`,
        "start the node with --name or --sname, or correct the name",
      ),
    );
  } catch (thrown) {
    const advice = "start a named node there, open port 4369, or set ERL_EPMD_PORT";
    checks.push(fail("port mapper", messageOf(thrown), advice));
  }
  return false;
}

async function checkConnection(
  target: NodeName,
  options: DoctorOptions,
  checks: Check[],
): Promise<Connection | null> {
  let cookie: Cookie;
  try {
    cookie = await findCookie(options.cookie);
    checks.push(ok("cookie", `from ${cookie.origin}`));
  } catch (thrown) {
    checks.push(fail("cookie", messageOf(thrown), "give --cookie or --cookie-file"));
    return null;
  }
  try {
    const { epmdPort, tls, signal } = options;
    const connection = await connect({ target: target.full, cookie, epmdPort, tls, signal });
    checks.push(ok("handshake", `${target.full} accepts us as ${connection.localNode}`));
    return connection;
  } catch (thrown) {
    checks.push(fail("handshake", messageOf(thrown), ""));
    return null;
  }
}

function surveyChecks(survey: TargetSurvey): readonly Check[] {
  return [
    versionCheck(survey),
    tracerCheck(survey),
    probeCheck(survey),
    survey.compiler
      ? ok("compiler", "the compiler is on the node")
      : warn(
          "compiler",
          "the node has no compiler",
          "calls and messages are recorded all the same",
        ),
    ownCheck(survey),
    survey.tickSeconds >= 8
      ? ok("tick time", `${survey.tickSeconds} s`)
      : warn(
          "tick time",
          `net_ticktime is only ${survey.tickSeconds} s`,
          "a short pause of this machine ends the recording; raise net_ticktime",
        ),
  ];
}

function versionCheck({ otpRelease, elixir, system, schedulers }: TargetSurvey): Check {
  const found = `OTP ${otpRelease}, ${elixir === null ? "no Elixir" : `Elixir ${elixir}`}, ${system}, ${schedulers} schedulers`;
  return otpRelease >= OLDEST_OTP
    ? ok("versions", found)
    : fail("versions", found, `OTP ${OLDEST_OTP} is the oldest that can be recorded`);
}

function tracerCheck({ tracers, traceSessions }: TargetSurvey): Check {
  if (tracers.length === 0) return ok("other tracers", "none");
  const who = tracers
    .map(
      ({ name, processes }) =>
        `${name} (of ${processes} ${processes === 1 ? "process" : "processes"})`,
    )
    .join(", ");
  return traceSessions
    ? ok("other tracers", `${who}; isolated from ours by trace sessions`)
    : warn(
        "other tracers",
        who,
        "before OTP 27 a process has one tracer: those processes will be missing; end the other tracing (:dbg.stop_clear())",
      );
}

function probeCheck({ probe }: TargetSurvey): Check {
  if (probe === "absent") return ok("probe", "no other session is there");
  return probe === "running"
    ? fail("probe", "another session records this node", "stop that session first")
    : warn("probe", "modules of an earlier session are left", "attach replaces them");
}

function ownCheck(survey: TargetSurvey): Check {
  const own = ownCode(survey);
  const modules = `${own.modules.length} modules`;
  if (own.applications.length > 0) {
    return ok("own applications", `${own.applications.join(", ")} with ${modules}`);
  }
  if (own.modules.length > 0) {
    return ok("own applications", `none; ${modules} that belong to no application`);
  }
  return warn(
    "own applications",
    "nothing but OTP, Elixir and dependencies is loaded",
    "name what to record, as Shop.* or :ets.insert/2",
  );
}

async function checkWayBack(connection: Connection, target: NodeName): Promise<Check> {
  let server: Server | null = null;
  try {
    const host = await listenAddress(target.host);
    const listening = createServer((socket) => socket.destroy());
    server = listening;
    const port = await new Promise<number>((resolve, reject) => {
      listening.once("error", reject);
      listening.listen(0, host, () => {
        const address = listening.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const source =
      "case gen_tcp:connect(Host, Port, [], Timeout) of {ok, S} -> gen_tcp:close(S), ok; {error, R} -> R end";
    const bindings = {
      Host: charlist(host),
      Port: integer(port),
      Timeout: integer(BACK_CONNECT_MS),
    };
    const answer = await evaluate(connection, source, bindings);
    const reason = answer.kind === "atom" ? answer.name : answer.kind;
    if (reason === "ok") return ok("event socket", `the target reaches us at ${host}`);
    return fail(
      "event socket",
      `the target cannot connect to ${host}: ${reason}`,
      "a firewall is between; attach from a machine that the target can reach",
    );
  } catch (thrown) {
    return fail("event socket", messageOf(thrown), "check this machine's network");
  } finally {
    server?.close();
  }
}

function signalOf({ signal }: DoctorOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function ok(name: string, detail: string): Check {
  return { name, result: "ok", detail, advice: "" };
}

function warn(name: string, detail: string, advice: string): Check {
  return { name, result: "warn", detail, advice };
}

function fail(name: string, detail: string, advice: string): Check {
  return { name, result: "fail", detail, advice };
}
