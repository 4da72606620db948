import { tmpdir } from "node:os";
import path from "node:path";
import { atom, binary, charlist, encode, integer, list, tuple, type Term } from "@elixirscope/etf";
import { CAPTURED, FLAG, RECORD, STATE_PHASE } from "@elixirscope/trace";
import { describe, expect, it } from "vitest";
import { CollectedRows } from "../../../../../../tests/capture-pipeline/collected-rows.ts";
import {
  InstrumentedProcess,
  manifest,
  payloadOf,
} from "../../../../../../tests/capture-pipeline/instrumented-process.ts";
import {
  aliasTag,
  call,
  NODE,
  pid,
  ProbeStream,
  reference,
} from "../../../../../../tests/capture-pipeline/probe-stream.ts";
import { countEvents } from "../../record-walk.ts";
import { Correlator, type CorrelatorOptions } from "../correlator.ts";

const A = pid(1);
const B = pid(2);
const G = ["Elixir.N", "g", 0] as const;
const MS = 1_000_000;
const OK = atom("ok");

const F_ENTER = 1;
const F_RETURN = 2;
const F_MATCH = 3;
const G_ENTER = 4;
const G_RETURN = 5;
const F_SEND = 6;
const H_ENTER = 7;
const LINE = 8;
const TEST_ENTER = 9;
const CLAUSE = 10;

const SITES = manifest("M", [
  { site: F_ENTER, kind: "function_clause", names: ["x", null, "y"] },
  { site: F_RETURN, kind: "return" },
  { site: F_MATCH, kind: "match", names: ["z"] },
  { site: G_ENTER, kind: "function_clause", function: "g", arity: 0 },
  { site: G_RETURN, kind: "return", function: "g", arity: 0 },
  { site: F_SEND, kind: "send" },
  { site: H_ENTER, kind: "function_clause", function: "handle_call", arity: 3 },
  { site: LINE, kind: "line" },
  { site: CLAUSE, kind: "case_clause", names: ["w"] },
]);
const TEST_FILE = path.join(tmpdir(), "shop/test/m_test.exs");
const TESTS = manifest(
  "MTest",
  [{ site: TEST_ENTER, kind: "function_clause", function: "test adds", arity: 1, line: 5 }],
  TEST_FILE,
);

type Collected = CollectedRows & { correlator: Correlator };

function correlate(
  fill: (stream: ProbeStream, push: () => CollectedRows) => void,
  options: Partial<CorrelatorOptions> = {},
): Collected {
  const rows = new CollectedRows();
  const correlator = new Correlator(rows, { node: NODE, ...options });
  correlator.addSites(SITES);
  correlator.addSites(TESTS);
  const stream = new ProbeStream();
  const push = (): CollectedRows => {
    const records = stream.take();
    expect(countEvents(records, 0, records.length).ok).toBe(true);
    correlator.batch(records, 0, records.length);
    return rows;
  };
  fill(stream, push);
  push();
  correlator.settle();
  return Object.assign(rows, { correlator });
}

describe("events of instrumented code", () => {
  it("become calls, events and bindings, with times to the nanosecond", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(100, F_ENTER, [integer(1), tuple(OK)], [binary("why")]);
      p.within(CAPTURED.BIND, 110, F_MATCH, list([integer(300)]));
      p.enter(120, G_ENTER);
      p.within(CAPTURED.LINE, 121, LINE);
      p.return(130, G_RETURN, OK).return(151, F_RETURN, atom("done"));
      p.flush(s, 200);
    });
    expect(rows.calls).toMatchObject([
      {
        call: 3,
        parent: 1,
        fn: "M.g/0",
        site: G_ENTER,
        depth: 1,
        tEnter: 120,
        tExit: 130,
        outcome: "returned",
        exitEvent: 5,
      },
      {
        call: 1,
        parent: 0,
        fn: "M.f/1",
        site: F_ENTER,
        depth: 0,
        tEnter: 100,
        tExit: 151,
        selfNs: 41,
        outcome: "returned",
        exitEvent: 6,
      },
    ]);
    expect(rows.events.map((e) => [e.t, e.kind, e.site, e.frame, e.correlation])).toEqual([
      [100, "call", F_ENTER, 1, 1],
      [110, "bind", F_MATCH, 1, 1],
      [120, "call", G_ENTER, 3, 1],
      [121, "line", LINE, 3, 1],
      [130, "return", G_RETURN, 3, 1],
      [151, "return", F_RETURN, 1, 1],
    ]);
    const [enter, bind, inner] = rows.events;
    expect(rows.value(enter?.payload ?? 0)).toEqual(list([integer(1), tuple(OK)]));
    expect(enter?.flags).toBe(2);
    expect(rows.value(bind?.payload ?? 0)).toEqual(list([integer(300)]));
    // no arguments are an empty list, arguments that the plan left out are nothing
    expect(rows.value(inner?.payload ?? 0)).toEqual(list([]));
    expect(rows.bound).toMatchObject([{ event: 1, call: 1, site: F_ENTER, elements: 1 }]);
    expect(rows.value(rows.bound[0]?.value ?? 0)).toEqual(list([binary("why")]));
    expect(rows.calls[1]?.args).toBe(enter?.payload);
    expect(rows.value(rows.calls[1]?.result ?? 0)).toEqual(atom("done"));
    expect(rows.gaps).toEqual([]);
    expect(rows.correlator.counters).toMatchObject({ events: 6, openCalls: 0, unknownSites: 0 });
  });

  it("end raised, also where a frame did not tell, by tail calls, and without a clause", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER, [OK]);
      p.enter(20, G_ENTER);
      p.frames.pop();
      p.raise(30, F_ENTER, atom("error"), atom("badarg"), list([atom("stack")]));
      p.enter(40, F_ENTER, [OK]);
      p.tail(50, F_RETURN);
      p.event(CAPTURED.NO_CLAUSE, 60, F_ENTER, 0, list([integer(9)]));
      p.event(CAPTURED.RAISE, 70, G_ENTER, 0, atom("exit"), atom("kill"), list([]));
      p.flush(s, 100);
    });
    expect(rows.calls.map((c) => [c.call, c.outcome, c.tExit, c.exitEvent])).toEqual([
      [2, "raised", 30, 3],
      [1, "raised", 30, 3],
      [4, "tail", 50, 5],
    ]);
    const raised = tuple(atom("error"), atom("badarg"), list([atom("stack")]));
    for (const { result } of rows.calls.slice(0, 2)) expect(rows.value(result)).toEqual(raised);
    expect(rows.events.slice(5).map((e) => [e.kind, e.frame, e.site])).toEqual([
      ["no_clause", 0, F_ENTER],
      ["exception", 0, G_ENTER],
    ]);
  });

  it("that were not captured leave no payload", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER);
      p.within(CAPTURED.BRANCH, 20, CLAUSE, list([]));
      p.return(30, F_RETURN, OK).flush(s, 40);
    });
    expect(rows.events.map(({ payload }) => payload > 0)).toEqual([false, false, true]);
    expect(rows.calls).toMatchObject([{ args: 0, outcome: "returned" }]);
  });

  it("give states of behaviours whose probe does not", () => {
    const rows = correlate((s) => {
      const mfa = tuple(
        atom("proc_lib"),
        atom("init_p"),
        list([
          A,
          list([]),
          atom("gen"),
          atom("init_it"),
          list([atom("gen_server"), A, A, atom("Elixir.M"), OK, list([])]),
        ]),
      );
      s.record(RECORD.SPAWN, 1, s.index(A), s.index(B), encode(mfa));
      const p = new InstrumentedProcess(B);
      p.enter(10, H_ENTER, [OK, OK, integer(1)]);
      p.return(20, F_RETURN, tuple(atom("reply"), OK, integer(2))).flush(s, 30);
    });
    expect(rows.states).toMatchObject([{ pid: "<0.2.0>", version: 0, callback: "handle_call" }]);
    expect(rows.value(rows.states[0]?.state ?? 0)).toEqual(integer(2));
  });
});

/** B says that it is a gen_server of M, whose callbacks are all recorded. */
const told = (s: ProbeStream): InstrumentedProcess => {
  const initialCall = tuple(atom("Elixir.M"), atom("init"), integer(1));
  const behaviour = atom("gen_server");
  s.facts(1, B, { initial_call: initialCall, behaviour, states: atom("callbacks") });
  return new InstrumentedProcess(B);
};
const reply = (state: number): Term => tuple(atom("reply"), OK, integer(state));
const requested = (tag: number): readonly [Term, Term] => [
  tuple(A, reference(tag)),
  tuple(atom("add"), integer(tag)),
];

/** Times of the states of two calls, the second with values that have these flags. */
const statesOf = (flags: number): number[] =>
  correlate((s) => {
    const p = told(s);
    const [from, body] = requested(1);
    p.enter(10, H_ENTER, [body, from, integer(1)]);
    p.return(20, F_RETURN, reply(1)).flush(s, 20);
    p.enter(30, H_ENTER, [body, from, integer(7)]);
    p.return(40, F_RETURN, reply(8)).flush(s, 40, false, flags);
  }).states.map(({ t }) => t);

describe("a server whose callbacks are all recorded", () => {
  it("tells what it handles, and its states with the message that caused them", () => {
    const rows = correlate((s) => {
      const p = told(s);
      for (const n of [1, 2]) {
        const [from, body] = requested(n);
        s.send(n * 10, A, B, tuple(atom("$gen_call"), from, body));
        s.receive(n * 10 + 1, B, A, tuple(atom("$gen_call"), from, body));
      }
      for (const n of [1, 2]) {
        const [from, body] = requested(n);
        p.enter(n * 100, H_ENTER, [body, from, integer(n)]);
        // inside the callback: none that the server handles
        s.receive(n * 100 + 1, B, A, tuple(reference(9), OK));
        p.return(n * 100 + 10, F_RETURN, reply(n + 1)).flush(s, n * 100 + 10);
      }
    });
    const handled = rows.events.filter(({ kind }) => kind === "handle");
    expect(handled.map(({ t }) => t)).toEqual([100, 200]);
    const [first, second] = rows.messages.filter(({ kind }) => kind === "call");
    expect(rows.states).toMatchObject([
      // nothing told what its state was before
      { t: 100, cause: 0, version: 0 },
      { t: 110, cause: first?.message, version: 1, callback: "handle_call" },
      { t: 210, cause: second?.message, version: 2, callback: "handle_call" },
    ]);
    expect(rows.states.map(({ state }) => rows.value(state))).toEqual(
      [1, 2, 3].map((n) => integer(n)),
    );
    expect(rows.links.filter((link) => link.includes("state"))).toHaveLength(2);
  });

  it("shows a state that changed unseen with the next call, but not from values that were cut", () => {
    expect(statesOf(0)).toEqual([10, 20, 30, 40]);
    expect(statesOf(FLAG.TRUNCATED)).toEqual([10, 20, 40]);
  });

  it("has no state of a callback that it calls itself", () => {
    const rows = correlate((s) => {
      const p = told(s);
      const [from, body] = requested(1);
      p.enter(10, H_ENTER, [body, from, integer(1)]);
      p.enter(11, H_ENTER, [body, from, integer(5)]);
      p.return(12, F_RETURN, reply(6)).return(20, F_RETURN, reply(2)).flush(s, 20);
    });
    expect(rows.states.map(({ t }) => t)).toEqual([10, 20]);
    expect(rows.events.filter(({ kind }) => kind === "handle")).toHaveLength(1);
  });

  it("is believed only until a state handler tells its states", () => {
    const rows = correlate((s) => {
      const p = told(s);
      const [from, body] = requested(1);
      s.state(5, B, STATE_PHASE.INITIAL, integer(1));
      p.enter(10, H_ENTER, [body, from, integer(1)]);
      p.return(20, F_RETURN, reply(2)).flush(s, 20);
    });
    expect(rows.states.map(({ t }) => t)).toEqual([5]);
    expect(rows.events.filter(({ kind }) => kind === "handle")).toEqual([]);
  });
});

describe("loss", () => {
  it("is counted to the event, and spoils only the calls whose end may lie in it", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER, [OK]);
      p.enter(20, G_ENTER).valueOf();
      p.flush(s, 25);
      p.return(30, G_RETURN, OK);
      p.enter(40, G_ENTER);
      expect(p.drop()).toBe(2);
      // within the unseen call
      p.enter(50, F_ENTER, [OK]);
      p.return(60, F_RETURN, OK);
      p.return(70, G_RETURN, OK);
      p.return(80, F_RETURN, OK);
      p.flush(s, 90);
    });
    expect(rows.gaps).toEqual([
      {
        tFrom: 20,
        tTo: 50,
        pid: expect.any(Number),
        reason: "dropped",
        count: 2,
        detail: expect.any(String),
      },
    ]);
    expect(rows.calls).toMatchObject([
      // its parent is not known, its depth is
      { tEnter: 50, parent: 0, depth: 2, outcome: "returned" },
      { tEnter: 20, parent: 1, outcome: "lost", tExit: -1 },
      { tEnter: 10, parent: 0, outcome: "returned", tExit: 80 },
    ]);
    expect(rows.events.find(({ t }) => t === 70)).toMatchObject({ kind: "return", frame: 0 });
  });

  it("of all that followed shows when the process says that nothing is open", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER, [OK]);
      p.flush(s, 20);
      p.return(30, F_RETURN, OK);
      p.drop();
      p.flush(s, 40);
    });
    expect(rows.calls).toMatchObject([{ tEnter: 10, outcome: "lost" }]);
  });

  it("at the beginning is counted from 0", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER, [OK]);
      p.drop();
      p.return(30, F_RETURN, OK).flush(s, 40);
    });
    expect(rows.gaps).toMatchObject([{ tFrom: 0, tTo: 30, count: 1 }]);
    expect(rows.correlator.counters.unmatchedReturns).toBe(1);
  });

  it("is not what came twice", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER, [OK]);
      p.flush(s, 20, true);
      p.within(CAPTURED.LINE, 30, LINE);
      const all = p.buffered;
      p.flush(s, 40);
      p.report(s, 41, all.slice(0, 1), 1);
      p.return(50, F_RETURN, OK).flush(s, 60);
    });
    expect(rows.events.map(({ t }) => t)).toEqual([10, 30, 50]);
    expect(rows.gaps).toEqual([]);
    expect(rows.calls).toMatchObject([{ outcome: "returned" }]);
  });

  it("by a process that begins to count anew is not taken for a copy", () => {
    const rows = correlate((s) => {
      new InstrumentedProcess(A).enter(10, F_ENTER, [OK]);
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER, [OK]);
      p.within(CAPTURED.LINE, 11, LINE).flush(s, 20);
      const again = new InstrumentedProcess(A);
      again.enter(100, G_ENTER);
      again.return(110, G_RETURN, OK).flush(s, 120);
    });
    expect(rows.calls.map((c) => [c.fn, c.outcome])).toEqual([
      ["M.f/1", "lost"],
      ["M.g/0", "returned"],
    ]);
    expect(rows.gaps).toMatchObject([{ tFrom: 11, tTo: 100, count: 0 }]);
  });

  it("of other processes' records leaves frames as they are", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER, [OK]);
      p.flush(s, 20);
      s.gap(20, 30, null, "dropped", 7);
      p.enter(40, G_ENTER);
      p.return(50, G_RETURN, OK).return(60, F_RETURN, OK).flush(s, 70);
    });
    expect(rows.calls).toMatchObject([
      { fn: "M.g/0", parent: 1, outcome: "returned" },
      { fn: "M.f/1", outcome: "returned" },
    ]);
  });
});

describe("the end of a process", () => {
  it("ends the calls of one that sat still, and loses those of one that did not", () => {
    const rows = correlate((s) => {
      const still = new InstrumentedProcess(A);
      still.enter(10, F_ENTER, [OK]);
      still.flush(s, 20);
      s.exit(20 + 200 * MS, A, atom("killed"));
      const busy = new InstrumentedProcess(B);
      busy.enter(300 * MS, F_ENTER, [OK]);
      busy.flush(s, 301 * MS);
      s.exit(302 * MS, B, atom("killed"));
    });
    expect(rows.calls.map((c) => [c.pid, c.outcome])).toEqual([
      ["<0.1.0>", "raised"],
      ["<0.2.0>", "lost"],
    ]);
    expect(rows.value(rows.calls[0]?.result ?? 0)).toEqual(tuple(atom("exit"), atom("killed")));
    expect(rows.gaps).toMatchObject([{ tFrom: 301 * MS, tTo: 302 * MS, count: 0 }]);
  });
});

describe("order with what the VM traces", () => {
  it("is that of time: records wait for reports, and reports for records", () => {
    const rows = correlate((s, push) => {
      const p = new InstrumentedProcess(A);
      s.receive(5, A, B, OK);
      p.enter(10, F_ENTER, [OK]);
      p.flush(s, 11);
      push();
      // sent within g, of which nothing is reported yet
      p.enter(20, G_ENTER);
      s.send(30, A, B, OK);
      p.return(40, G_RETURN, OK);
      push();
      expect(rowsOf(push())).toEqual(["receive 5 0", "call 10 2"]);
      p.return(50, F_RETURN, OK).flush(s, 55);
      // heard later, but it happened before
      s.send(45, A, B, OK);
      s.send(60, A, B, OK);
    });
    expect(rowsOf(rows)).toEqual([
      "receive 5 0",
      "call 10 2",
      "call 20 3",
      "send 30 3",
      "return 40 3",
      "send 45 2",
      "return 50 2",
      "send 60 0",
    ]);
  });

  it("waits 150 ms at most", () => {
    correlate((s, push) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER, [OK]);
      p.flush(s, 20);
      s.send(30, A, B, OK);
      s.facts(100 * MS, B, {});
      expect(push().events).toHaveLength(1);
      s.facts(151 * MS, B, {});
      expect(push().events.map(({ kind }) => kind)).toEqual(["call", "send"]);
    });
  });

  it("gives the next message the place that sends it", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, F_ENTER, [OK]);
      p.within(CAPTURED.SEND, 19, F_SEND);
      s.send(20, A, B, OK);
      s.send(25, A, B, atom("by library code"));
      p.within(CAPTURED.SEND, 30, F_SEND);
      p.within(CAPTURED.LINE, 31, LINE);
      s.send(35, A, B, atom("sent nowhere before"));
      p.return(40, F_RETURN, OK).flush(s, 50);
    });
    expect(
      rows.events.filter(({ kind }) => kind === "send").map((e) => [e.t, e.site, e.frame]),
    ).toEqual([
      [20, F_SEND, 1],
      [25, 0, 1],
      [35, 0, 1],
    ]);
  });

  it("keeps a receiver waiting for a sender that is held back", () => {
    const rows = correlate((s) => {
      const request = call(OK, A, aliasTag(reference(1)));
      const p = new InstrumentedProcess(A);
      s.facts(1, A, {}).facts(1, B, {});
      p.enter(10, F_ENTER, [OK]);
      p.flush(s, 11);
      s.send(20 * MS, A, B, request);
      s.receive(21 * MS, B, A, request);
      // half of the time that the sender may be held
      s.call(90 * MS, B, G);
      p.return(95 * MS, F_RETURN, OK).flush(s, 96 * MS);
    });
    expect(rows.messages).toMatchObject([{ match: "exact", tSent: 20 * MS, tReceived: 21 * MS }]);
    const kinds = rows.events.map(({ kind }) => kind);
    expect(kinds.indexOf("send")).toBeLessThan(kinds.indexOf("receive"));
  });
});

describe("tests", () => {
  const file = TEST_FILE;
  const stack = list([
    tuple(
      atom("m"),
      atom("f"),
      integer(1),
      list([tuple(atom("file"), charlist("lib/m.ex")), tuple(atom("line"), integer(3))]),
    ),
    tuple(
      atom("t"),
      atom("test adds"),
      integer(1),
      list([tuple(atom("file"), charlist("test/m_test.exs")), tuple(atom("line"), integer(7))]),
    ),
  ]);

  function ended(
    s: ProbeStream,
    t: number,
    outcome: string,
    more: readonly (readonly [Term, Term])[] = [],
  ): void {
    const entries: readonly (readonly [Term, Term])[] = [
      [atom("module"), atom("Elixir.MTest")],
      [atom("name"), atom("test adds")],
      [atom("file"), binary(file)],
      [atom("line"), integer(5)],
      [atom("outcome"), atom(outcome)],
      [atom("time_us"), integer(1)],
      [atom("pid"), A],
      ...more,
    ];
    s.record(RECORD.TEST, t, s.index(B), 0, encode({ kind: "map", entries }));
  }

  it("are linked to their call, and a failed one to where the exception left its file", () => {
    const rows = correlate((s) => {
      const p = new InstrumentedProcess(A);
      p.enter(10, TEST_ENTER, [list([])]);
      p.within(CAPTURED.BIND, 20, F_MATCH, list([OK]));
      p.enter(30, F_ENTER, [OK]);
      p.raise(40, F_ENTER, atom("error"), atom("badarg"));
      p.raise(50, TEST_ENTER, atom("error"), atom("badarg")).flush(s, 60);
      ended(s, 70, "failed", [
        [atom("failures"), list([tuple(atom("error"), atom("badarg"), stack)])],
      ]);
    });
    expect(rows.tests).toMatchObject([
      {
        module: "MTest",
        name: "test adds",
        file,
        line: 5,
        outcome: "failed",
        tStart: 10,
        tEnd: 70,
        call: 1,
        failingEvent: 2,
        failingSite: F_MATCH,
        failingLine: 7,
        note: null,
      },
    ]);
    expect(rows.value(rows.tests[0]?.failure ?? 0)).toEqual(
      list([tuple(atom("error"), atom("badarg"), stack)]),
    );
  });

  it("say why a link is missing, and take no earlier exception for theirs", () => {
    const rows = correlate((s) => {
      ended(s, 5, "failed");
      const p = new InstrumentedProcess(A);
      p.enter(10, TEST_ENTER, [list([])]);
      p.enter(30, F_ENTER, [OK]);
      p.raise(40, F_ENTER, atom("error"), atom("rescued"));
      p.return(50, TEST_ENTER, OK).flush(s, 60);
      ended(s, 70, "passed");
    });
    expect(rows.tests).toMatchObject([
      {
        outcome: "failed",
        call: null,
        failingEvent: null,
        note: "the test's function was not recorded",
      },
      { outcome: "passed", call: 1, failingEvent: null, note: null, failure: null },
    ]);
  });
});

describe("what is no proper report", () => {
  const good = payloadOf(0, 0, 100, [
    tuple(integer(1), integer(1), integer(5), integer(1), list([]), list([])),
  ]);

  it("is refused when its head is none", () => {
    const hostile = [
      new Uint8Array(0),
      Uint8Array.of(131, 106),
      good.subarray(0, 12),
      payloadOf(-1, 0, 1, []),
      encode(tuple(integer(0), integer(0), integer(0), OK)),
      // more events than there are bytes
      Buffer.from([131, 104, 4, 97, 0, 97, 0, 97, 0, 108, 255, 255, 255, 255, 106]),
    ];
    for (const payload of hostile) {
      const bytes = recordOf(payload);
      expect(countEvents(bytes, 0, bytes.length)).toMatchObject({
        ok: false,
        error: { code: "malformed_events" },
      });
    }
    const bytes = recordOf(good);
    expect(countEvents(bytes, 0, bytes.length)).toEqual({ ok: true, value: 1 });
  });

  it("is a counted gap when it is inside", () => {
    const value = binary("long enough");
    const fine = tuple(integer(CAPTURED.VALUE), integer(LINE), integer(50), integer(0), value);
    const bad = [
      OK,
      tuple(integer(99), integer(1), integer(5), integer(1)),
      tuple(integer(CAPTURED.RETURN), integer(1), integer(5), integer(1)),
      tuple(integer(CAPTURED.LINE), integer(2 ** 40), integer(5), integer(1)),
      tuple(integer(CAPTURED.LINE), OK, integer(5), integer(1)),
      tuple(integer(CAPTURED.LINE), integer(1), integer(-5), integer(1)),
    ];
    for (const one of bad) {
      const rows = correlate((s) => {
        s.record(RECORD.EVENTS, 100, s.index(A), 0, payloadOf(0, 0, 100, [fine, one, fine]));
        s.record(RECORD.EVENTS, 200, s.index(A), 0, payloadOf(3, 0, 200, [fine]));
      });
      expect(rows.gaps).toMatchObject([{ count: 2, reason: "dropped" }]);
      expect(rows.events).toHaveLength(2);
    }
  });

  it("never harms, whatever byte is changed or cut", () => {
    const stream = new ProbeStream();
    const p = new InstrumentedProcess(A);
    p.enter(10, F_ENTER, [integer(300), binary("x")], [list([OK])]);
    p.within(CAPTURED.BIND, 20, F_MATCH, list([integer(1)]));
    p.raise(30, F_ENTER, OK, OK);
    const whole = payloadOf(
      0,
      0,
      40,
      p.buffered.map(({ term }) => term),
    );
    const rows = new CollectedRows();
    const correlator = new Correlator(rows, { node: NODE });
    let taken = 0;
    let refused = 0;
    for (let at = 0; at < whole.length; at += 1) {
      for (const value of [0, 1, 97, 104, 108, 110, 131, 255, null]) {
        const payload = value === null ? whole.slice(0, at) : whole.slice();
        if (value !== null) payload[at] = value;
        const index = stream.index(pid(10 + taken + refused));
        const definition = stream.take();
        correlator.batch(definition, 0, definition.length);
        stream.record(RECORD.EVENTS, 100, index, 0, payload);
        const bytes = stream.take();
        const counted = countEvents(bytes, 0, bytes.length);
        if (!counted.ok) {
          refused += 1;
          continue;
        }
        taken += 1;
        const before = rows.events.length + missing(rows);
        correlator.batch(bytes, 0, bytes.length);
        // each event is there or counted; a changed first number counts those before it
        expect(rows.events.length + missing(rows) - before).toBeGreaterThanOrEqual(
          counted.value - 1,
        );
      }
    }
    expect(Math.min(taken, refused)).toBeGreaterThan(50);
  });
});

function rowsOf(rows: CollectedRows): string[] {
  return rows.events.map(({ kind, t, frame }) => `${kind} ${String(t)} ${String(frame)}`);
}

function missing(rows: CollectedRows): number {
  return rows.gaps.reduce((sum, { count }) => sum + (count ?? 0), 0);
}

function recordOf(payload: Uint8Array): Buffer {
  const stream = new ProbeStream();
  return stream.record(RECORD.EVENTS, 100, stream.index(A), 0, payload).take();
}
