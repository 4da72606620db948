// Recognisers of design patterns as Elixir has them.

import { children, isCall, walk, type Node } from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax, ModuleSyntax } from "../../module/module-syntax.ts";
import { callOf, isModuleName, tupleItems } from "../code/call.ts";
import type { FileCode } from "../code/file-code.ts";
import { results } from "../code/origins.ts";
import { rolesOf } from "../code/roles.ts";
import type { FileRule } from "../rule.ts";
import { listed } from "./places.ts";

const strategy: FileRule = {
  id: "strategy",
  category: "design",
  severity: "info",
  title: "An implementation that is chosen while running",
  about: "A behaviour's callback called on a module that is a value",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      for (const callback of module.data.callbacks) {
        for (const call of code.calls(callback.name)) {
          if (
            call.args.length !== callback.arity ||
            call.receiver === null ||
            isModuleName(call.receiver)
          )
            continue;
          if (code.placeOf(call.node)?.module !== module) continue;
          report(call.node, {
            explanation: `\`${code.text(call.node, 50)}\` calls the callback \`${callback.name}/${callback.arity}\` of ${module.data.name} on whatever module \`${code.text(call.receiver, 30)}\` is: implementations can be exchanged.`,
            confidence: 0.95,
          });
        }
      }
    }
  },
};

const protocolDispatch: FileRule = {
  id: "protocol-dispatch",
  category: "design",
  severity: "info",
  title: "A protocol",
  about: "defprotocol and defimpl",
  inTests: true,
  check: (code, report) => {
    for (const { node, data } of code.syntax.modules) {
      if (data.kind === "protocol") {
        const names = data.functions.map(({ name, arity }) => `${name}/${arity}`);
        report(node, {
          explanation: `${data.name} is a protocol with ${listed(names)}: which code runs is decided by the type of the first argument.`,
          confidence: 1,
        });
      } else if (data.kind === "implementation" && data.implementation !== null) {
        report(node, {
          explanation: `${data.implementation.protocol} is implemented for ${data.implementation.target}.`,
          confidence: 1,
        });
      }
    }
  },
};

const pipeline: FileRule = {
  id: "pipeline",
  category: "design",
  severity: "info",
  title: "A pipeline",
  about: "Pipes of four steps and more",
  inTests: true,
  check: (code, report) => {
    for (const node of code.nodes) {
      if (!isCall(node, "|>", 2) || isCall(code.parentOf(node) ?? undefined, "|>", 2)) continue;
      const steps = stepsOf(node);
      if (steps.length < 4) continue;
      report(node, { explanation: `${steps.length} steps: ${listed(steps, 10)}.`, confidence: 1 });
    }
  },
};

/** Names of the calls of a pipe, from first to last. */
function stepsOf(pipe: Node): readonly string[] {
  const steps: string[] = [];
  for (let at: Node | undefined = pipe; isCall(at, "|>", 2); at = at.args[0]) {
    const target: Node | undefined = at.args[1];
    const call = target === undefined ? null : callOf(target);
    steps.unshift(call?.name ?? (target?.kind === "variable" ? target.name : "…"));
  }
  return steps;
}

const decorator: FileRule = {
  id: "decorator",
  category: "design",
  severity: "info",
  title: "A module around another",
  about: "defdelegate to a module, beside own functions that add something to calls of it",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      const delegates = code
        .calls("defdelegate")
        .filter(({ node }) => code.placeOf(node)?.module === module);
      const targets = new Map<string, number>();
      for (const { args } of delegates) {
        const to = targetOf(args.at(-1), code);
        if (to !== null) targets.set(to, (targets.get(to) ?? 0) + 1);
      }
      for (const target of targets.keys()) {
        const added = module.functions.filter(
          (fn) => fn.data.kind === "def" && addsTo(fn, target, code),
        );
        const [first] = delegates;
        if (added.length === 0 || first === undefined) continue;
        report(first.node, {
          explanation: `${module.data.name} passes calls on to ${target} and adds something in ${listed(added.map(({ data }) => `${data.name}/${data.arity}`))}.`,
          confidence: 0.85,
        });
      }
    }
  },
};

function targetOf(options: Node | undefined, code: FileCode): string | null {
  if (options?.kind !== "list") return null;
  for (const item of options.items) {
    if (item.kind === "pair" && item.left.kind === "atom" && item.left.name === "to")
      return code.moduleNamed(item.right);
  }
  return null;
}

/** It calls the function of the same name in the wrapped module, and more. */
function addsTo(fn: FunctionSyntax, target: string, code: FileCode): boolean {
  return code
    .callsTo(target, fn.data.name)
    .some(({ node }) => code.placeOf(node)?.function === fn && node !== fn.clauses[0]?.body);
}

const builder: FileRule = {
  id: "builder",
  category: "design",
  severity: "info",
  title: "A builder",
  about: "Three and more functions that take a struct and give a changed copy of it, beside new",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      if (module.data.structFields === null) continue;
      const isNew = module.functions.some(
        ({ data }) => /^(new|build|create)$/.test(data.name) && data.kind === "def",
      );
      const steps = module.functions.filter(isStep);
      const at = steps[0]?.clauses[0]?.node;
      if (!isNew || steps.length < 3 || at === undefined) continue;
      report(at, {
        explanation: `A ${module.data.name} is put together step by step: ${listed(steps.map(({ data }) => `${data.name}/${data.arity}`))} each give a changed copy.`,
        confidence: 0.85,
      });
    }
  },
};

function isStep({ data, clauses }: FunctionSyntax): boolean {
  if (data.kind !== "def" || data.arity === 0 || clauses.length === 0) return false;
  return clauses.every(({ patterns: [subject], body }) => {
    const name = subject === undefined ? null : wholeName(subject);
    return (
      name !== null && body !== null && results(body).every((result) => isCopyOf(result, name))
    );
  });
}

function wholeName(pattern: Node): string | null {
  if (pattern.kind === "variable") return pattern.name;
  if (!isCall(pattern, "=", 2)) return null;
  const name = pattern.args.find(({ kind }) => kind === "variable");
  return name?.kind === "variable" ? name.name : null;
}

/** `%{name | …}`, `%M{name | …}`, `Map.put(name, …)`, `struct(name, …)` */
function isCopyOf(node: Node, name: string): boolean {
  const map = isCall(node, "%", 2) ? node.args[1] : node;
  if (isCall(map, "%{}")) {
    const [update] = map.args;
    return (
      isCall(update, "|", 2) && update.args[0]?.kind === "variable" && update.args[0].name === name
    );
  }
  const call = callOf(node);
  if (
    call === null ||
    !/^(put|update|update!|replace|replace!|struct|struct!|put_in|update_in)$/.test(call.name)
  )
    return false;
  return call.args[0]?.kind === "variable" && call.args[0].name === name;
}

const circuitBreaker: FileRule = {
  id: "circuit-breaker",
  category: "design",
  severity: "info",
  title: "A circuit breaker",
  about: ":fuse, and servers with the states :open, :closed and :half_open",
  inTests: true,
  check: (code, report) => {
    for (const name of ["install", "ask", "melt"]) {
      for (const call of code.callsTo(":fuse", name)) {
        report(call.node, {
          explanation: `\`${code.text(call.node, 50)}\`: calls are refused for a while after too many failures.`,
          confidence: 1,
        });
      }
    }
    for (const module of code.syntax.modules) {
      if (!hasBreakerStates(module)) continue;
      report(module.node, {
        explanation: `${module.data.name} has the states \`:closed\`, \`:open\` and \`:half_open\`: after failures it refuses calls, then tries again.`,
        confidence: 0.9,
      });
    }
  },
};

function hasBreakerStates({ node }: ModuleSyntax): boolean {
  const atoms = new Set<string>();
  walk(node, (at) => {
    if (at.kind === "atom") atoms.add(at.name);
    if (at.kind === "variable") return;
  });
  return atoms.has("half_open") && atoms.has("open") && atoms.has("closed");
}

const stateMachine: FileRule = {
  id: "state-machine",
  category: "design",
  severity: "info",
  title: "A state machine in clauses",
  about: "Functions whose clauses match on a state and an event and give the next state",
  inTests: true,
  check: (code, report) => {
    for (const module of code.syntax.modules) {
      if (rolesOf(module.data).has("gen_statem")) continue;
      for (const fn of module.functions) {
        const states = transitions(fn);
        const [first] = fn.clauses;
        if (states === null || first === undefined) continue;
        report(first.node, {
          explanation: `\`${fn.data.name}/${fn.data.arity}\` goes from state to state among ${listed(states.map((state) => `:${state}`))}.`,
          confidence: 0.85,
        });
      }
    }
  },
};

/** The states, when three clauses go from one atom to another of the same set; null otherwise. */
function transitions({ data, clauses }: FunctionSyntax): readonly string[] | null {
  if (data.arity < 2 || clauses.length < 3) return null;
  for (let index = 0; index < data.arity; index += 1) {
    const from = clauses.map((clause) => stateIn(clause.patterns[index]));
    const known = new Set(from.filter((state) => state !== null));
    if (known.size < 2) continue;
    const to = clauses.map(nextState);
    const moves = to.filter(
      (state, at) => state !== null && from[at] !== null && state !== from[at],
    );
    const back = to.some((state) => state !== null && known.has(state));
    if (moves.length >= 3 && back && hasEvent(clauses, index)) {
      return [...new Set([...known, ...to.filter((state) => state !== null)])];
    }
  }
  return null;
}

/** `:pending`, `%{state: :pending}`, `%Order{status: :pending}` */
function stateIn(pattern: Node | undefined): string | null {
  if (pattern === undefined) return null;
  if (pattern.kind === "atom") return pattern.name;
  let found: string | null = null;
  walk(pattern, (node) => {
    if (
      node.kind === "pair" &&
      node.left.kind === "atom" &&
      /^(state|status|phase)$/.test(node.left.name) &&
      node.right.kind === "atom"
    ) {
      found ??= node.right.name;
    }
  });
  return found;
}

/** `:paid`, `{:ok, :paid}`, `%{order | state: :paid}`, `{:ok, %{order | status: :paid}}` */
function nextState({ body }: ClauseSyntax): string | null {
  if (body === null) return null;
  const [result] = results(body);
  if (result === undefined) return null;
  if (result.kind === "atom") return result.name;
  const items = tupleItems(result);
  const last = items?.at(-1);
  if (items?.[0]?.kind === "atom" && items[0].name === "ok" && last?.kind === "atom")
    return last.name;
  return stateIn(last ?? result);
}

/** Another argument tells the clauses apart too. */
function hasEvent(clauses: readonly ClauseSyntax[], state: number): boolean {
  const others = clauses.flatMap(({ patterns }) => patterns.filter((_, index) => index !== state));
  return others.some(
    (pattern) => pattern.kind === "atom" || pattern.kind === "pair" || children(pattern).length > 0,
  );
}

export const DESIGN_RECOGNISERS: readonly FileRule[] = [
  strategy,
  protocolDispatch,
  pipeline,
  decorator,
  builder,
  circuitBreaker,
  stateMachine,
];
