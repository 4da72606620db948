// The example shop's real message graph and supervision tree, written down by hand from its source.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { linkProject } from "./link-project.ts";
import { linkedFile } from "./linked-file.ts";
import type { ProjectGraphs } from "./project-graphs.ts";

const root = new URL("../../../../examples/shop/lib/", import.meta.url);
const graphs = linkProject(
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ex"))
    .map((name) => linkedFile(`lib/${name}`, readFileSync(new URL(name, root), "utf8"))),
);

/** `sender message -> function#clause confidence`, names without `Shop.` */
function messageLines({ messages }: ProjectGraphs): string[] {
  return messages.edges
    .map(({ send, handler, module, confidence }) => {
      const from = messages.sends[send];
      const to = messages.handlers[handler];
      const place = to === undefined ? `${module} (agent)` : `${to.function}#${to.order}`;
      return `${from?.function} ${from?.kind} ${from?.shape} -> ${place} ${confidence}`;
    })
    .map((line) => line.replaceAll("Shop.", ""))
    .toSorted();
}

function treeLines({ supervision }: ProjectGraphs): string[] {
  return supervision.edges
    .map(({ parent, child, restart, dynamic, conditional, order }) => {
      const ids = [parent, child].map((node) => supervision.processes[node]?.id);
      const marks = [dynamic ? "dynamic" : `#${order}`, conditional ? "conditional" : ""];
      return `${ids.join(" -> ")} ${restart} ${marks.join(" ").trim()}`;
    })
    .map((line) => line.replaceAll("Shop.", ""))
    .toSorted();
}

describe("the shop's messages", () => {
  it("go from each sender to the clauses that can take them", () => {
    expect(messageLines(graphs)).toEqual(
      [
        // guarded, so the first clause may refuse and the second may be passed over
        "Cart.add/3 call {:add, _, _} -> Cart.handle_call/3#0 possible",
        "Cart.add/3 call {:add, _, _} -> Cart.handle_call/3#1 possible",
        // a cart is a pid from elsewhere
        "Cart.remove/2 call {:remove, _} -> Cart.handle_call/3#2 inferred",
        "Cart.items/1 call :items -> Cart.handle_call/3#3 inferred",
        "Courier.deliver/1 cast {:deliver, _} -> Courier.handle_cast/2#0 exact",
        "Feed.publish/2 send {:price, _, _} -> Feed.loop/1#0 exact",
        "Feed.latest/0 send {:latest, pid(), reference()} -> Feed.loop/1#1 exact",
        // the answer to latest/0, which takes only its own reference
        "Feed.loop/1 send {_, _} -> Feed.latest/0#0 possible",
        "Inventory.level/1 call {:level, _} -> Inventory.handle_call/3#0 exact",
        "Inventory.set_level/2 call {:set_level, _, _} -> Inventory.handle_call/3#1 exact",
        "Inventory.restock/1 cast {:restock, _, 500} -> Inventory.handle_cast/2#0 exact",
        "Load.init/1 send_after :tick -> Load.handle_info/2#0 exact",
        "Load.handle_info/2 send_after :tick -> Load.handle_info/2#0 exact",
        "Notifier.notify/2 cast {:notify, _, _} -> Notifier.handle_cast/2#0 exact",
        // a state machine takes it in whichever state it is
        "Order.pay/2 call {:pay, _} -> Order.placed/3#0 possible",
        "Order.pay/2 call {:pay, _} -> Order.paid/3#1 possible",
        "Order.pay/2 call {:pay, _} -> Order.shipped/3#0 possible",
        "Order.ship/1 call :ship -> Order.placed/3#1 possible",
        "Order.ship/1 call :ship -> Order.paid/3#0 possible",
        "Order.ship/1 call :ship -> Order.shipped/3#0 possible",
        "Order.status/1 call :status -> Order.placed/3#1 possible",
        "Order.status/1 call :status -> Order.paid/3#1 possible",
        "Order.status/1 call :status -> Order.shipped/3#0 possible",
        "Payments.charge/2 call {:charge, _, _} -> Payments.Gateway.handle_call/3#0 exact",
        "Payments.Fraud.check/2 call {:check, _, _} -> Payments.Fraud.handle_call/3#0 exact",
        "Payments.Ledger.book/1 call fn -> Payments.Ledger (agent) exact",
      ].toSorted(),
    );
  });

  it("all have a receiver, and all handlers a sender", () => {
    const { unmatchedSends, openSends, unsentHandlers } = graphs.messages;
    expect({ unmatchedSends, openSends, unsentHandlers }).toEqual({
      unmatchedSends: [],
      openSends: [],
      unsentHandlers: [],
    });
  });
});

describe("the shop's supervision tree", () => {
  it("has the children that the application and its supervisors list or start later", () => {
    expect(treeLines(graphs)).toEqual(
      [
        "Supervisor -> Carts permanent #0",
        "Supervisor -> CartSupervisor permanent #1",
        "Supervisor -> Inventory permanent #2",
        "Supervisor -> Payments permanent #3",
        "Supervisor -> Tasks permanent #4",
        "Supervisor -> Notifier permanent #5",
        "Supervisor -> Feed permanent #6",
        "Supervisor -> Courier permanent #7",
        // unless SHOP_LOAD is off
        "Supervisor -> Load permanent #8 conditional",
        "Payments -> Payments.Ledger permanent #0",
        "Payments -> Payments.Fraud permanent #1",
        "Payments -> Payments.Gateway permanent #2",
        // use GenServer, restart: :temporary
        "CartSupervisor -> Cart temporary dynamic",
        "Tasks -> Load.visit/1 temporary dynamic",
        "Tasks -> Reports.stock_value/0 temporary dynamic",
        "Tasks -> Reports.value/1 temporary dynamic",
      ].toSorted(),
    );
  });

  it("has one root, and knows strategies", () => {
    const { processes, roots } = graphs.supervision;
    expect(roots.map((node) => processes[node]?.id)).toEqual(["Shop.Supervisor"]);
    const strategies = processes
      .filter((process) => process.type === "supervisor")
      .map((process) => [process.id, process.strategy]);
    expect(Object.fromEntries(strategies)).toEqual({
      "Shop.Supervisor": "one_for_one",
      "Shop.CartSupervisor": "one_for_one",
      "Shop.Payments": "rest_for_one",
      "Shop.Tasks": "one_for_one",
      "Shop.Carts": null,
    });
  });
});

describe("the shop's other graphs", () => {
  it("who calls Shop.Inventory.level/1", () => {
    const { calls } = graphs;
    const level = calls.indexOf("Shop.Inventory.level/1") ?? -1;
    const callers = [...calls.graph.predecessors(level)].map((node) => calls.keys[node] ?? "");
    expect(callers.toSorted()).toEqual(["Shop.Inventory.reserve/2", "Shop.Reports.value/1"]);
  });

  it("who starts processes, and which", () => {
    const started = graphs.spawns.edges
      .filter(({ site }) => site.kind !== "start_link")
      .map(({ from, to, site }) => `${from} ${site.kind} ${to}`.replaceAll("Shop.", ""));
    expect(started.toSorted()).toEqual([
      "CartSupervisor.open/1 start_child Cart",
      "Feed.start_link/0 spawn_link Feed.run/0",
      "Load.handle_info/2 task Load.visit/1",
      "Load.handle_info/2 task Reports.stock_value/0",
      "Payments.Ledger.start_link/1 agent null",
      "Reports.stock_value/0 task Reports.value/1",
    ]);
  });

  it("which of the shop's modules Shop.Payments.Gateway needs", () => {
    const { modules } = graphs;
    const gateway = modules.indexOf("Shop.Payments.Gateway") ?? -1;
    const needed = [...modules.graph.successors(gateway)]
      .map((node) => modules.names[node] ?? "")
      .filter((name) => name.startsWith("Shop."));
    expect(needed.toSorted()).toEqual([
      "Shop.Notifier",
      "Shop.Payments.Fraud",
      "Shop.Payments.Ledger",
    ]);
  });
});
