// The frame of a call as the transformer sees it: where its events go, what is to be recorded, and which
// variables are bound at the point that is being transformed.

import type { Term } from "@elixirscope/etf";
import type { Site, SiteKind } from "@elixirscope/trace";
import { placeOf } from "./annotations.ts";
import { targetText, type CallTarget, type LocalFunctions } from "./call-targets.ts";
import {
  blockNode,
  listNode,
  matchNode,
  NOWHERE,
  remoteCall,
  siteNode,
  variable,
} from "./forms.ts";
import type { Recording } from "./recording.ts";
import type { FunctionName, SiteList } from "./site-list.ts";
import type { TailCalls } from "./tail-calls.ts";
import { type FreshVariables, sourceName } from "./variables.ts";

/** The module in the target that receives what instrumented code reports. */
export const CAPTURE = "elixir_scope_capture";

export type ModuleState = {
  readonly locals: LocalFunctions;
  readonly elixir: boolean;
  readonly sites: SiteList;
  readonly tailCalls: TailCalls;
  /** `name/arity` of functions whose code the compiler copies into their callers */
  readonly inlined: ReadonlySet<string>;
  /** callbacks that take and give the state of a server */
  readonly callbacks: ReadonlySet<Term>;
  /** all of these are recorded */
  readonly tellsStates: boolean;
  /** a `fun` with frames of its own */
  readonly closure: (form: Term, frame: Frame) => Term;
};

export type Frame = {
  readonly module: ModuleState;
  readonly owner: FunctionName;
  readonly recording: Recording;
  /** the variable that holds the frame; null: there is none */
  readonly variable: string | null;
  /** of a fun's frame */
  readonly closure: Site["closure"];
  /** the named fun whose frame it is */
  readonly selfName: string | null;
  /** what is being transformed ends a fun that shares this frame: no event may come behind a tail call */
  readonly endsFun: boolean;
  readonly fresh: FreshVariables;
  /** names bound here; grows as the transformer goes on */
  readonly scope: Set<string>;
};

/** What a branch binds stays in it. */
export function fork(frame: Frame): Frame {
  return { ...frame, scope: new Set(frame.scope) };
}

/** After branches: what any of them bound must not be taken for a new name. */
export function join(frame: Frame, branches: readonly Frame[]): void {
  for (const branch of branches) for (const name of branch.scope) frame.scope.add(name);
}

/**
 * A call of the capture module, on no line. With the line of what it is about, the compiler would leave the
 * line out of the next instruction, and the loader drops the line of a tail call: none would be left.
 */
export function captureCall(name: string, args: readonly Term[]): Term {
  return remoteCall(NOWHERE, CAPTURE, name, args);
}

/** A call of the capture module about this frame: `name(Frame, Site, Rest…)`. */
export function frameCall(
  frame: Frame,
  name: string,
  site: Term,
  rest: readonly Term[] = [],
): Term {
  const holder = variable(frame.variable ?? "");
  return captureCall(name, [holder, siteNode(site), ...rest]);
}

/** The event that a match bound variables; null when it bound none that has a name in the source. */
export function bindEvent(frame: Frame, anno: Term, bound: readonly string[]): Term | null {
  if (frame.variable === null || frame.endsFun || !frame.recording.bindings) return null;
  const named = namedVariables(frame, bound);
  if (named.length === 0) return null;
  const { site, values } = valuesSite(frame, anno, "match", named, null);
  return frameCall(frame, "bind", site, [values]);
}

/** The event that the named variables got this value; null when nothing is to be reported. */
export function namedValueEvent(
  frame: Frame,
  anno: Term,
  variables: readonly string[],
  value: Term,
): Term | null {
  if (frame.variable === null || !frame.recording.bindings) return null;
  const named = namedVariables(frame, variables);
  if (named.length === 0) return null;
  const names = named.map(({ name }) => name);
  const site = frame.module.sites.add({ kind: "match", anno, owner: frame.owner, names });
  const values = listNode(named.map(() => value));
  return frameCall(frame, "bind", site, [values]);
}

/** The event that a clause was chosen; null when branches are not recorded. */
export function branchEvent(
  frame: Frame,
  anno: Term,
  kind: SiteKind,
  clause: number | null,
  bound: readonly string[],
): Term | null {
  if (frame.variable === null || !frame.recording.branches) return null;
  const named = frame.recording.bindings ? namedVariables(frame, bound) : [];
  const { site, values } = valuesSite(frame, anno, kind, named, clause);
  return frameCall(frame, "branch", site, [values]);
}

/** The event just before a message is sent; null when messages are not recorded. */
export function sendEvent(frame: Frame, anno: Term, target: CallTarget | null): Term | null {
  if (frame.variable === null || !frame.recording.messages) return null;
  const { sites, locals } = frame.module;
  const text = target === null ? null : targetText(target, locals);
  const site = sites.add({ kind: "send", anno, owner: frame.owner, target: text });
  return frameCall(frame, "send", site);
}

/** The event that a line begins; null when lines are not recorded. */
export function lineEvent(frame: Frame, anno: Term): Term | null {
  if (frame.variable === null || !frame.recording.lines || placeOf(anno).line === 0) return null;
  const site = frame.module.sites.add({ kind: "line", anno, owner: frame.owner });
  return frameCall(frame, "line", site);
}

/** The expression with its value reported; `target` when it is a call. */
export function withValue(frame: Frame, expression: Term, anno: Term, target: string | null): Term {
  if (frame.variable === null || frame.endsFun || !frame.recording.values) return expression;
  const site = frame.module.sites.add({ kind: "value", anno, owner: frame.owner, target });
  return frameCall(frame, "value", site, [expression]);
}

type Named = { readonly variable: string; readonly name: string };

export function namedVariables(frame: Frame, variables: readonly string[]): Named[] {
  return variables.flatMap((name) => {
    const source = sourceName(name, frame.module.elixir);
    return source === null ? [] : [{ variable: name, name: source }];
  });
}

/** Evaluates the parts in order before the rest: `make` gets variables in their places. */
export function evaluatedFirst(
  frame: Frame,
  parts: readonly Term[],
  make: (values: readonly Term[]) => readonly Term[],
): Term {
  const values = parts.map(() => variable(frame.fresh.next()));
  const matches = parts.map((value, i) => matchNode(values[i] ?? value, value));
  return blockNode([...matches, ...make(values)]);
}

function valuesSite(
  frame: Frame,
  anno: Term,
  kind: SiteKind,
  named: readonly Named[],
  clause: number | null,
): { site: Term; values: Term } {
  const names = named.map(({ name }) => name);
  const place = clause === null ? {} : { clause };
  const site = frame.module.sites.add({ kind, anno, owner: frame.owner, names, ...place });
  const variables = named.map((entry) => variable(entry.variable));
  return { site, values: listNode(variables) };
}
