// Rules about atoms made while running: they are never collected, and there is room for about a million.

import { isCall, keyword, remoteCall, type Node } from "@elixirscope/syntax";
import type { Call } from "../code/call.ts";
import type { FileCode } from "../code/file-code.ts";
import { isInterpolatedAtom, isLiteral } from "../code/literals.ts";
import { isFixedCollection, loopsAround, variesWith } from "../code/loops.ts";
import { callGiven, originsOf } from "../code/origins.ts";
import { rolesOf } from "../code/roles.ts";
import { inputIn, type Input } from "../code/trust.ts";
import type { FileRule } from "../rule.ts";

type AtomSite = {
  readonly node: Node;
  /** what the atom's name is made of */
  readonly value: Node;
  readonly how: string;
};

export const atomsFromInput: FileRule = {
  id: "atoms-from-input",
  category: "security",
  severity: "warning",
  title: "Atoms are made of input",
  about:
    "String.to_atom and its like, and JSON keys as atoms, given what callers or clients choose",
  inTests: false,
  check: (code, report) => {
    for (const { node, value, how } of atomSites(code)) {
      const input = inputIn(value, code);
      if (input === null || input.confidence < 0.6) continue;
      report(node, {
        explanation: `\`${how}\` makes an atom of ${input.text}. Atoms are never freed, so enough different values stop the whole VM. Use \`String.to_existing_atom/1\`, keep it a string, or map the allowed values one by one.`,
        confidence: input.confidence,
        severity: severityOf(input),
      });
    }
  },
};

export const atomInLoop: FileRule = {
  id: "atom-in-loop",
  category: "anti_pattern",
  severity: "warning",
  title: "Atoms are made in a loop",
  about: "An atom made for each element of a collection whose size is not written in the program",
  inTests: false,
  check: (code, report) => {
    for (const { node, value, how } of atomSites(code)) {
      const input = inputIn(value, code);
      if (input !== null && input.confidence >= 0.6) continue;
      const loop = loopsAround(node, code).find((around) => variesWith(value, around, code));
      const over = loop?.over ?? capturedOver(node, code);
      if (over === null || over === undefined || isFixedCollection(over, code)) continue;
      if (isAboutFixed(over, code)) continue;
      report(node, {
        explanation: `\`${how}\` makes an atom for each element of \`${code.text(over, 40)}\`, whose number nothing here bounds. Atoms are never freed; use strings as keys, or \`String.to_existing_atom/1\`.`,
        confidence: 0.7,
      });
    }
  },
};

function severityOf({ confidence }: Input): "error" | "warning" {
  return confidence >= 0.9 ? "error" : "warning";
}

/** Everything that comes from literals or from the code's own structure. */
function isAboutFixed(over: Node, code: FileCode): boolean {
  const origins = originsOf(over, code);
  return origins.every(
    ({ kind, node }) =>
      kind === "call" && /__schema__|__info__|module_info|Application\.spec/.test(code.text(node)),
  );
}

/** The collection of `Enum.map(list, &String.to_atom/1)`. */
function capturedOver(node: Node, code: FileCode): Node | null {
  if (!isCall(node, "&", 1)) return null;
  const call = callGiven(node, code);
  return call?.args.find((arg) => arg !== node) ?? null;
}

function atomSites(code: FileCode): readonly AtomSite[] {
  const sites: AtomSite[] = [];
  for (const name of MAKERS) {
    for (const call of code.calls(name)) {
      const site = madeBy(call, code);
      if (site !== null) sites.push(site);
    }
  }
  for (const call of code.calls("&")) {
    const site = captured(call, code);
    if (site !== null) sites.push(site);
  }
  return sites.filter(({ node, value }) => !isLiteral(value) && runsLater(node, code));
}

const MAKERS = ["to_atom", "binary_to_atom", "list_to_atom", "decode", "decode!"];

function madeBy(call: Call, code: FileCode): AtomSite | null {
  const [value] = call.args;
  if (value === undefined) return null;
  if (isInterpolatedAtom(call.node))
    return { node: call.node, value, how: code.text(call.node, 40) };
  const module = code.moduleOf(call);
  if (module === null) return null;
  if (/^decode!?$/.test(call.name)) {
    const atoms = /^(Jason|Poison)$/.test(module) && keyword(call.args[1], "keys");
    if (atoms === undefined || atoms === false || atoms.kind !== "atom" || atoms.name !== "atoms")
      return null;
    return { node: call.node, value, how: `${module}.${call.name} with keys: :atoms` };
  }
  return makesAtoms(module, call.name)
    ? { node: call.node, value, how: `${module}.${call.name}` }
    : null;
}

function makesAtoms(module: string, name: string): boolean {
  if (name === "to_atom") return module === "String" || module === "List";
  return module === ":erlang" && /^(binary|list)_to_atom$/.test(name);
}

/** `Enum.map(keys, &String.to_atom/1)` */
function captured(call: Call, code: FileCode): AtomSite | null {
  const inner = call.args[0];
  if (!isCall(inner, "/", 2)) return null;
  const name = inner.args[0];
  const remote = name === undefined ? null : remoteCall(name);
  if (remote === null) return null;
  const module = code.moduleNamed(remote.receiver);
  if (module === null || !makesAtoms(module, remote.name)) return null;
  const given = callGiven(call.node, code);
  const over = given?.args.find((arg) => arg !== call.node);
  return over === undefined
    ? null
    : { node: call.node, value: over, how: `&${module}.${remote.name}/1` };
}

/** Inside a function that runs in the finished system: no macro, no build tool. */
function runsLater(node: Node, code: FileCode): boolean {
  const place = code.placeOf(node);
  if (place === null || place.function === null) return false;
  if (rolesOf(place.module.data).has("mix_task")) return false;
  return place.function.data.kind === "def" || place.function.data.kind === "defp";
}
