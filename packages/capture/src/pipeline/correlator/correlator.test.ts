import { atom, binary, encode, integer, list, tuple } from "@elixirscope/etf";
import { FLAG, RECORD, STATE_PHASE } from "@elixirscope/trace";
import { describe, expect, it } from "vitest";
import { CollectedRows } from "../../../../../tests/capture-pipeline/collected-rows.ts";
import {
  aliasTag,
  call,
  NODE,
  pid,
  ProbeStream,
  reference,
} from "../../../../../tests/capture-pipeline/probe-stream.ts";
import { Correlator, type CorrelatorOptions } from "./correlator.ts";

const A = pid(1);
const B = pid(2);
const C = pid(3);
const F = ["Elixir.M", "f", 1] as const;
const G = ["Elixir.M", "g", 0] as const;
const H = ["Elixir.M", "h", 2] as const;
const MS = 1_000_000;

function correlate(
  fill: (stream: ProbeStream, now: () => CollectedRows) => void,
  options: Partial<CorrelatorOptions> = {},
): CollectedRows & { correlator: Correlator } {
  const rows = new CollectedRows();
  const correlator = new Correlator(rows, { node: NODE, ...options });
  const stream = new ProbeStream();
  const push = (): CollectedRows => {
    const records = stream.take();
    correlator.batch(records, 0, records.length);
    return rows;
  };
  fill(stream, push);
  push();
  correlator.settle();
  return Object.assign(rows, { correlator });
}

describe("calls", () => {
  it("nest by process, with own time and the id of their call event", () => {
    const { calls } = correlate((s) => {
      s.call(100, A, F).call(200, A, G).call(210, B, H);
      s.return(300, A, G).return(450, A, F).return(500, B, H);
    });
    expect(calls).toMatchObject([
      {
        call: 2,
        parent: 1,
        pid: "<0.1.0>",
        fn: "M.g/0",
        depth: 1,
        tEnter: 200,
        tExit: 300,
        selfNs: 100,
        outcome: "returned",
        exitEvent: 4,
      },
      {
        call: 1,
        parent: 0,
        fn: "M.f/1",
        depth: 0,
        tEnter: 100,
        tExit: 450,
        selfNs: 250,
        outcome: "returned",
        exitEvent: 5,
      },
      { call: 3, parent: 0, pid: "<0.2.0>", selfNs: 290 },
    ]);
  });

  it("end as raised by an exception and by the exit of their process", () => {
    const rows = correlate((s) => {
      s.call(1, A, F).call(2, A, G).exception(3, A, G, atom("badarg"));
      s.exit(9, A, atom("killed"));
    });
    expect(rows.calls).toMatchObject([
      { fn: "M.g/0", outcome: "raised", tExit: 3 },
      { fn: "M.f/1", outcome: "raised", tExit: 9, exitEvent: 4 },
    ]);
    expect(rows.value(rows.calls[1]?.result ?? 0)).toEqual(tuple(atom("exit"), atom("killed")));
  });

  it("traced without a return are leaves that end at once, left by a tail call", () => {
    const { calls } = correlate((s) => {
      s.call(1, A, F)
        .call(2, A, G, list([]), FLAG.NO_RETURN)
        .call(3, A, H)
        .return(4, A, H)
        .return(5, A, F);
    });
    expect(calls).toMatchObject([
      { fn: "M.g/0", outcome: "tail", tEnter: 2, tExit: 2, parent: 1, depth: 1 },
      { fn: "M.h/2", outcome: "returned", parent: 1, depth: 1 },
      { fn: "M.f/1", outcome: "returned", selfNs: 3 },
    ]);
  });

  it("that a return skips were left by a tail call; a return without a call ends nothing", () => {
    const { calls, correlator } = correlate((s) => {
      s.return(1, A, G).call(2, A, F).call(3, A, G).return(4, A, F).return(5, A, F);
    });
    expect(calls).toMatchObject([
      { fn: "M.g/0", outcome: "tail", tExit: 4 },
      { fn: "M.f/1", outcome: "returned", tExit: 4 },
    ]);
    expect(correlator.counters.unmatchedReturns).toBe(2);
  });

  it("are lost when something is missing in their process, or in the whole session", () => {
    const { calls, gaps } = correlate((s) => {
      s.call(1, A, F).call(2, B, F).call(3, C, F);
      s.gap(3, 5, A, "rate_limited", 7).return(6, B, F);
      s.gap(7, 9, null, "dropped", 3).return(10, C, F);
      s.call(11, A, F).gap(11, 12, null, "sampled", 3).return(13, A, F);
    });
    expect(calls.map(({ pid: who, outcome, tExit }) => [who, outcome, tExit])).toEqual([
      ["<0.1.0>", "lost", -1],
      ["<0.2.0>", "returned", 6],
      ["<0.3.0>", "lost", -1],
      ["<0.1.0>", "returned", 13],
    ]);
    expect(gaps).toMatchObject([
      { tFrom: 3, tTo: 5, reason: "rate_limited", count: 7 },
      { tFrom: 7, tTo: 9, pid: 0, reason: "dropped", count: 3 },
      { reason: "sampled" },
    ]);
  });

  it("above the bound are reported lost and do not confuse the rest", () => {
    const { calls, correlator } = correlate(
      (s) => {
        for (let i = 0; i < 10; i++) s.call(i, A, F);
        for (let i = 10; i < 20; i++) s.return(i, A, F);
      },
      { limits: { openCalls: 4 } },
    );
    expect(calls.filter(({ outcome }) => outcome === "lost")).toHaveLength(6);
    expect(
      calls
        .filter(({ outcome }) => outcome === "returned")
        .map(({ tEnter, tExit }) => tEnter + tExit),
    ).toEqual([19, 19, 19, 19]);
    expect(correlator.counters).toMatchObject({ openCalls: 0, expired: 6 });
  });

  it("still open can be looked at", () => {
    const { correlator } = correlate((s) =>
      s.call(1, A, F).call(2, A, G).send(3, A, B, atom("hi")).receive(4, B, null, atom("x")),
    );
    const open: number[] = [];
    const waiting: number[] = [];
    correlator.visitOpen(
      (row) => open.push(row.call),
      (row) => waiting.push(row.message),
      10,
    );
    expect(open).toEqual([1, 2]);
    expect(waiting).toEqual([3]);
  });
});

describe("messages", () => {
  it("match in order per sender and receiver, and measure how long they waited", () => {
    const { messages } = correlate((s) => {
      s.send(10, A, B, atom("x")).send(20, A, B, atom("x")).send(25, C, B, atom("x"));
      s.receive(30, B, C, atom("x")).receive(31, B, A, atom("x")).receive(32, B, A, atom("x"));
    });
    expect(
      messages.map(({ from, tSent, tReceived, match }) => [from, tSent, tReceived, match]),
    ).toEqual([
      ["<0.3.0>", 25, 30, "exact"],
      ["<0.1.0>", 10, 31, "exact"],
      ["<0.1.0>", 20, 32, "exact"],
    ]);
  });

  it("wait for a send that is heard a little later, and so does all that the receiver does next", () => {
    const { messages, events } = correlate((s) => {
      s.send(1, A, C, atom("hello"));
      s.receive(1_000, B, A, atom("x")).call(1_100, B, F).send(1_200, B, C, atom("y"));
      s.call(900, A, G)
        .send(950, A, B, atom("x"))
        .return(1_300, B, F)
        .receive(1_400, C, B, atom("y"));
    });
    expect(
      messages.map(({ from, to, tSent, tReceived, match }) => [from, to, tSent, tReceived, match]),
    ).toEqual([
      ["<0.1.0>", "<0.2.0>", 950, 1_000, "exact"],
      ["<0.2.0>", "<0.3.0>", 1_200, 1_400, "exact"],
    ]);
    // the activity of A's call goes on in B and C
    const root = events.find(({ kind }) => kind === "call")?.id;
    expect(events.filter(({ t }) => t >= 900).map(({ correlation }) => correlation)).toEqual(
      Array.from({ length: 7 }, () => root),
    );
  });

  it("wait for their send also while processes are measured, which may be told of later times", () => {
    const n = Buffer.from([131, 116, 0, 0, 0, 1, 119, 1, 110, 97, 7]);
    const { messages, metrics } = correlate((s) => {
      s.send(1, A, C, atom("hello")).receive(1_000, B, A, atom("x"));
      s.record(RECORD.METRIC, 900 * MS, s.index(A), 0, n);
      s.record(RECORD.METRIC, 900 * MS, s.index(B), 0, n);
      s.send(950, A, B, atom("x"));
    });
    expect(messages).toMatchObject([{ tSent: 950, tReceived: 1_000, match: "exact" }]);
    expect(metrics).toEqual([
      [900 * MS, "<0.1.0>", "n", 7],
      [900 * MS, "<0.2.0>", "n", 7],
    ]);
  });

  it("from a sender that stays silent are given up after a while, without a match", () => {
    const { messages } = correlate((s) => {
      s.send(1, A, C, atom("hello"));
      s.receive(1_000, B, A, atom("x")).call(1_100, B, F);
      s.call(20 * MS, C, F);
      s.send(20 * MS + 1, A, B, atom("x"));
    });
    expect(messages).toMatchObject([
      { tSent: -1, tReceived: 1_000, match: "none", from: "<0.1.0>", to: "<0.2.0>" },
    ]);
  });

  it("of the VM, of ports and of other nodes are seen at one end", () => {
    const port = { kind: "port", node: NODE, id: 5, creation: 1 } as const;
    const far = pid(9, "other@127.0.0.1");
    const { messages } = correlate((s) => {
      s.receive(1, A, null, atom("timeout"))
        .receive(2, A, port, atom("data"))
        .receive(3, A, far, atom("hi"));
      s.send(4, A, far, atom("hi")).send(5, A, B, atom("gone"), FLAG.NO_PROCESS);
    });
    expect(messages.map(({ from, to, match, kind }) => [from, to, match, kind])).toEqual([
      ["", "<0.1.0>", "none", "plain"],
      ["#Port<0.5>", "<0.1.0>", "none", "plain"],
      ["<other@127.0.0.1.9.0>", "<0.1.0>", "none", "plain"],
      ["<0.1.0>", "<other@127.0.0.1.9.0>", "none", "plain"],
      ["<0.1.0>", "<0.2.0>", "none", "plain"],
    ]);
  });

  it("to a process that is not traced are written without a match, and not kept for long", () => {
    const { messages, correlator } = correlate((s, push) => {
      s.send(1, A, B, atom("x"));
      push();
      s.call(300 * MS, A, F);
    });
    expect(messages).toMatchObject([{ tSent: 1, tReceived: -1, match: "none" }]);
    expect(correlator.counters.pendingSends).toBe(0);
  });

  it("to a name go to the process that has it", () => {
    const { messages } = correlate((s) => {
      s.named(RECORD.REGISTER, 1, B, "cart")
        .send(2, A, atom("cart"), atom("x"))
        .receive(3, B, A, atom("x"));
      s.facts(4, C, { name: atom("Elixir.Shop.Stock") }).send(
        5,
        A,
        tuple(atom("Elixir.Shop.Stock"), atom(NODE)),
        atom("y"),
      );
      s.receive(6, C, A, atom("y"));
    });
    expect(messages).toMatchObject([
      { to: "<0.2.0>", match: "exact" },
      { to: "<0.3.0>", match: "exact" },
    ]);
  });

  it("to a name nobody knows match by their body, which is not certain", () => {
    const { messages } = correlate((s) => {
      s.send(2, A, atom("cart"), binary("x")).receive(3, B, A, binary("x"));
    });
    expect(messages).toMatchObject([{ to: "<0.2.0>", match: "ordered", tSent: 2, tReceived: 3 }]);
  });

  for (const [how, tag] of [
    ["a reference", reference(7)],
    ["an alias", aliasTag(reference(7))],
  ] as const) {
    it(`know the reply to a request by ${how}`, () => {
      const request = call(atom("total"), A, tag);
      const reply = tuple(tag, integer(5));
      const to = how === "an alias" ? reference(7) : A;
      const rows = correlate((s) => {
        s.send(1, A, B, request).receive(2, B, A, request);
        s.send(3, B, to, reply).receive(4, A, B, reply);
        s.send(5, B, A, tuple(tag, integer(6))).receive(6, A, B, tuple(tag, integer(6)));
      });
      expect(
        rows.messages.map(({ message, kind, replyTo, match, to: receiver }) => [
          message,
          kind,
          replyTo,
          match,
          receiver,
        ]),
      ).toEqual([
        [1, "call", 0, "exact", "<0.2.0>"],
        [3, "reply", 1, "exact", "<0.1.0>"],
        [5, "plain", 0, "exact", "<0.1.0>"],
      ]);
      expect(rows.links).toEqual(["1 -reply/exact-> 3"]);
    });
  }

  it("are told apart: casts, exits, downs, and information for a behaviour", () => {
    const down = tuple(atom("DOWN"), reference(1), atom("process"), A, atom("normal"));
    const { messages } = correlate((s) => {
      s.state(0, B, STATE_PHASE.INITIAL, atom("s"));
      const cast = tuple(atom("$gen_cast"), atom("x"));
      s.send(1, A, B, cast).receive(2, B, A, cast);
      s.receive(3, B, A, down).receive(4, B, A, tuple(atom("EXIT"), A, atom("normal")));
      s.send(5, A, B, atom("tick")).receive(6, B, A, atom("tick"));
    });
    expect(messages.map(({ kind }) => kind)).toEqual(["cast", "down", "exit", "info"]);
  });

  it("are not certain after a gap until one that no other can be mistaken for", () => {
    const request = call(atom("x"), A, reference(3));
    const { messages } = correlate((s) => {
      s.send(1, A, B, atom("tick")).receive(2, B, A, atom("tick"));
      s.gap(2, 10, null, "dropped", 4);
      s.send(11, A, B, atom("tick")).receive(12, B, A, atom("tick"));
      s.send(13, A, B, request).receive(14, B, A, request);
      s.send(15, A, B, atom("tick")).receive(16, B, A, atom("tick"));
    });
    expect(messages.map(({ match }) => match)).toEqual(["exact", "ordered", "exact", "exact"]);
  });

  it("whose receive is missing are written when the next one shows it", () => {
    const { messages } = correlate((s) => {
      s.send(1, A, B, atom("a")).send(2, A, B, atom("b")).receive(3, B, A, atom("b"));
      s.send(4, A, B, atom("c")).receive(5, B, A, atom("c"));
    });
    expect(messages.map(({ tSent, tReceived, match }) => [tSent, tReceived, match])).toEqual([
      [1, -1, "none"],
      [2, 3, "ordered"],
      [4, 5, "ordered"],
    ]);
  });

  it("still under way when their receiver ends have no match", () => {
    const { messages, correlator } = correlate((s) => {
      s.receive(0, B, null, atom("go")).send(1, A, B, atom("a")).exit(2, B, atom("normal"));
    });
    expect(messages[1]).toMatchObject({ tSent: 1, tReceived: -1, match: "none" });
    expect(correlator.counters.pendingSends).toBe(0);
  });

  it("are bounded in number, and what was given up is reported", () => {
    const { messages, gaps, correlator } = correlate(
      (s, push) => {
        s.receive(0, B, null, atom("go"));
        for (let i = 1; i <= 100; i++) s.send(i, A, B, integer(i));
        push();
        s.call(100 * MS, C, F);
      },
      { limits: { pendingSends: 30 } },
    );
    expect(messages.filter(({ sendEvent }) => sendEvent > 0)).toHaveLength(70);
    expect(correlator.counters).toMatchObject({ pendingSends: 30, expired: 70 });
    expect(gaps).toMatchObject([{ reason: "expired", count: 70 }]);
  });
});

describe("activities", () => {
  it("begin with an outermost call and go along with calls, sends and spawns", () => {
    const { events } = correlate((s) => {
      s.call(1, A, F)
        .call(2, A, G)
        .send(3, A, B, atom("x"))
        .spawn(4, A, C)
        .return(5, A, G)
        .return(6, A, F);
      s.receive(7, B, A, atom("x")).call(8, B, F).return(9, B, F).call(10, C, F).return(11, C, F);
      s.call(12, A, F).return(13, A, F).send(14, A, B, atom("y"));
    });
    expect(events.map(({ correlation }) => correlation)).toEqual([
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 12, 12, 14,
    ]);
  });

  it("of a server are those of the message it handles, not of the one that came last", () => {
    const first = call(integer(1), A, reference(1));
    const second = call(integer(2), C, reference(2));
    const { events } = correlate((s) => {
      s.send(1, A, B, first).send(2, C, B, second);
      s.receive(3, B, A, first).receive(4, B, C, second);
      s.handle(5, B, first).call(6, B, F).return(7, B, F);
      s.handle(8, B, second).call(9, B, F).return(10, B, F);
      s.receive(11, B, A, first).handle(12, B, first);
    });
    const of = (t: number): number | undefined =>
      events.find((event) => event.t === t)?.correlation;
    expect([6, 7, 9, 10].map(of)).toEqual([1, 1, 2, 2]);
  });
});

describe("states", () => {
  it("have versions, the message that caused them and its callback", () => {
    const request = call(atom("add"), A, reference(1));
    const cast = tuple(atom("$gen_cast"), atom("x"));
    const rows = correlate((s) => {
      s.state(0, B, STATE_PHASE.INITIAL, integer(0));
      s.send(1, A, B, request)
        .receive(2, B, A, request)
        .handle(3, B, request)
        .state(4, B, STATE_PHASE.AFTER_CALLBACK, integer(1));
      s.send(5, A, B, cast)
        .receive(6, B, A, cast)
        .handle(7, B, cast)
        .state(8, B, STATE_PHASE.AFTER_CALLBACK, integer(1));
      s.receive(9, B, null, atom("timeout"))
        .handle(10, B, atom("timeout"))
        .state(11, B, STATE_PHASE.AFTER_CALLBACK, integer(2));
    });
    expect(rows.states.map(({ version, cause, callback }) => [version, cause, callback])).toEqual([
      [0, 0, ""],
      [1, 1, "handle_call"],
      [2, 4, "handle_cast"],
      [3, 10, "handle_info"],
    ]);
    // an unchanged state is stored once
    expect(rows.states[2]?.state).toBe(rows.states[1]?.state);
    expect(rows.links).toEqual([
      "3 -state/exact-> 6",
      "7 -state/exact-> 9",
      "10 -state/exact-> 12",
    ]);
  });

  it("are caused by the message that was handled, not by one that arrived meanwhile", () => {
    const [first, second] = [call(integer(1), A, reference(1)), call(integer(2), C, reference(2))];
    const { states, links } = correlate((s) => {
      s.state(0, B, STATE_PHASE.INITIAL, integer(0));
      s.send(1, A, B, first).receive(2, B, A, first).handle(3, B, first);
      s.send(4, C, B, second).receive(5, B, C, second);
      s.state(6, B, STATE_PHASE.AFTER_CALLBACK, integer(1)).handle(7, B, second);
      s.state(8, B, STATE_PHASE.AFTER_CALLBACK, integer(2));
    });
    expect(states.map(({ cause }) => cause)).toEqual([0, 1, 4]);
    expect(links).toEqual(["3 -state/exact-> 7", "6 -state/exact-> 9"]);
  });
});

describe("reports of a state handler", () => {
  it("are put in their place among what the VM tells later", () => {
    const cast = tuple(atom("$gen_cast"), atom("x"));
    const rows = correlate((s) => {
      s.send(10, A, B, cast);
      // heard first, happened last
      s.handle(12, B, cast)
        .state(20, B, STATE_PHASE.AFTER_CALLBACK, integer(1))
        .handle(22, B, cast);
      s.receive(11, B, A, cast).call(13, B, F).return(14, B, F);
      s.send(15, A, B, cast).receive(21, B, A, cast).call(23, B, F).return(24, B, F);
    });
    const server = rows.events.filter(({ pid: who }) => who === "<0.2.0>");
    expect(server.map(({ t }) => t)).toEqual([11, 12, 13, 14, 20, 21, 22, 23, 24]);
    expect(rows.states).toMatchObject([{ cause: 1, callback: "handle_cast" }]);
    expect(server.at(-1)?.correlation).not.toBe(server[0]?.correlation);
  });

  it("do not wait for a process that does nothing else", () => {
    const { states } = correlate((s) => {
      s.state(10, B, STATE_PHASE.INITIAL, integer(1)).call(10 * MS, A, F);
      s.state(20 * MS, B, STATE_PHASE.AFTER_CALLBACK, integer(2))
        .call(21 * MS, A, F)
        .call(40 * MS, A, F);
    });
    expect(states.map(({ version }) => version)).toEqual([0, 1]);
  });
});

describe("states of a process too young to be asked", () => {
  const INIT = ["Elixir.Shop.Cart", "init", 1] as const;
  const HANDLE_CALL = ["Elixir.Shop.Cart", "handle_call", 3] as const;

  it("are what its callbacks return, until the probe tells them", () => {
    const args = ["gen_server", "p", "p", "Elixir.Shop.Cart"].map((name) => atom(name));
    const genArgs = list([...args, list([]), list([])]);
    const inner = [atom("p"), list([]), atom("gen"), atom("init_it"), genArgs];
    const request = call(atom("add"), A, reference(1));
    const rows = correlate((s) => {
      const spawn = tuple(atom("proc_lib"), atom("init_p"), list(inner));
      s.record(RECORD.SPAWN, 1, s.index(A), s.index(B), encode(spawn));
      s.call(2, B, INIT).return(3, B, INIT, tuple(atom("ok"), integer(0)));
      s.send(4, A, B, request).receive(5, B, A, request);
      s.call(6, B, HANDLE_CALL).return(
        7,
        B,
        HANDLE_CALL,
        tuple(atom("reply"), atom("ok"), integer(1)),
      );
      s.call(7, B, F).return(8, B, F, tuple(atom("ok"), integer(9)));
      s.state(9, B, STATE_PHASE.INITIAL, integer(1));
      s.call(10, B, HANDLE_CALL).return(
        11,
        B,
        HANDLE_CALL,
        tuple(atom("reply"), atom("ok"), integer(2)),
      );
      s.state(12, B, STATE_PHASE.AFTER_CALLBACK, integer(2));
    });
    expect(
      rows.states.map(({ version, cause, callback, state }) => [
        version,
        cause,
        callback,
        rows.value(state),
      ]),
    ).toEqual([
      [0, 0, "init", integer(0)],
      [1, 4, "handle_call", integer(1)],
      [2, 0, "", integer(1)],
      [3, 4, "", integer(2)],
    ]);
    expect(rows.processes.get("<0.2.0>")).toMatchObject({
      initialCall: "Shop.Cart.init/1",
      behaviour: "gen_server",
    });
  });
});

describe("processes", () => {
  it("are caused by their spawn and know their parent", () => {
    const rows = correlate((s) => {
      s.spawn(1, A, B)
        .facts(2, B, { label: binary("worker") }, A)
        .call(3, B, F)
        .return(4, B, F)
        .exit(5, B, atom("normal"));
    });
    expect(rows.links).toEqual(["1 -spawn/exact-> 2"]);
    expect(rows.processes.get("<0.2.0>")).toMatchObject({
      tSpawned: 1,
      tExited: 5,
      label: "worker",
      initialCall: "erlang.apply/0",
    });
  });

  it("run what their spawn says until proc_lib has said it", () => {
    const wrapper = tuple(atom("proc_lib"), atom("init_p"), integer(5));
    const initialCall = tuple(atom("Elixir.Shop.Cart"), atom("init"), integer(1));
    const rows = correlate((s) => {
      s.spawn(1, A, B).facts(2, B, { initial_call: wrapper }, A);
      s.facts(3, C, { initial_call: wrapper }, A).facts(4, C, { initial_call: initialCall }, A);
    });
    expect(rows.processes.get("<0.2.0>")).toMatchObject({ initialCall: "erlang.apply/0" });
    expect(rows.processes.get("<0.3.0>")).toMatchObject({ initialCall: "Shop.Cart.init/1" });
  });

  it("pass on their exit along links, and tell their monitors", () => {
    const crash = tuple(atom("badmatch"), integer(1));
    const rows = correlate((s) => {
      s.between(RECORD.LINK, 1, A, B).between(RECORD.GETTING_LINKED, 2, B, A);
      s.exit(10, A, crash).exit(11, B, crash);
      s.receive(12, C, A, tuple(atom("DOWN"), reference(1), atom("process"), A, crash));
      s.receive(13, C, null, tuple(atom("EXIT"), B, crash));
    });
    expect(rows.links).toEqual([
      "1 -link/exact-> 2",
      "3 -exit/ordered-> 4",
      "3 -monitor/exact-> 5",
      "4 -exit/exact-> 6",
    ]);
  });

  it("are told of an exit before it is heard, and end with another reason for a reason of their own", () => {
    const rows = correlate((s) => {
      s.receive(1, C, null, tuple(atom("DOWN"), reference(1), atom("process"), A, atom("boom")));
      s.between(RECORD.LINK, 1, A, B).exit(2, A, atom("boom")).exit(3, B, atom("other"));
    });
    expect(rows.links).toEqual(["3 -monitor/exact-> 1"]);
  });

  it("that are not linked but end with their parent's reason may have ended because of it", () => {
    const { links } = correlate((s) => {
      s.spawn(1, A, B).call(2, B, F).exit(10, A, atom("shutdown")).exit(11, B, atom("shutdown"));
    });
    expect(links).toContain("3 -exit/inferred-> 4");
  });

  it("are forgotten when they have ended, ten thousand of them", () => {
    const { correlator } = correlate((s, push) => {
      for (let i = 0; i < 10_000; i++) {
        const worker = pid(1000 + i);
        s.spawn(i * MS, A, worker)
          .send(i * MS + 1, worker, A, atom("x"))
          .receive(i * MS + 2, A, worker, atom("x"))
          .exit(i * MS + 3, worker, atom("normal"));
        if (i % 500 === 0) push();
      }
      push();
      s.call(30_000 * MS, A, F);
    });
    expect(correlator.counters.pendingSends).toBe(0);
    expect(correlator.processCount).toBeLessThan(10);
  });
});

describe("what the session tells", () => {
  it("modules, metrics, clocks, and events of nobody", () => {
    const rows = correlate((s) => {
      s.record(
        RECORD.MODULE,
        5,
        0,
        0,
        Buffer.from([
          131,
          104,
          3,
          119,
          1,
          77,
          109,
          0,
          0,
          0,
          1,
          255,
          119,
          8,
          ...Buffer.from("reloaded"),
        ]),
      );
      s.record(RECORD.METRIC, 6, 0, 0, Buffer.from([131, 116, 0, 0, 0, 1, 119, 1, 110, 97, 7]));
      s.record(RECORD.CLOCK, 7, 0, 0, Buffer.from([131, 104, 1, 97, 9]));
    });
    expect(rows.modules).toEqual([{ module: "M", md5: "ff", event: "reloaded", t: 5 }]);
    expect(rows.metrics).toEqual([[6, "probe", "n", 7]]);
    expect(rows.clocks).toEqual([[7, 9n]]);
    expect(rows.events).toMatchObject([{ kind: "module", pid: "" }]);
  });

  it("nothing that makes no sense: hostile payloads in every kind", () => {
    for (let kind = 1; kind <= 22; kind++) {
      for (const payload of [
        [],
        [131],
        [131, 104, 5, 119, 4, 68, 79, 87, 78],
        [131, 104, 3, 119, 9, ...Buffer.from("$gen_call")],
        [131, 104, 2, 108, 0, 0, 0, 1],
        [255, 255],
      ]) {
        const { correlator } = correlate((s) => {
          s.call(1, A, F)
            .record(kind, 2, 1, 1, Buffer.from(payload))
            .record(kind, 3, 77, 99, Buffer.from(payload));
        });
        expect(correlator.nextId).toBeGreaterThan(1);
      }
    }
  });
});
