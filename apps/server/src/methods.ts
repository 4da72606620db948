// One function per method that needs more than a recording: the session behind it, or the folder it lies in.

import {
  comparedCalls,
  comparedSides,
  recordingRange,
  sessionFacts,
  type RecordingMethod,
  type Side,
} from "@elixirscope/query";
import {
  MOST_RECORDINGS,
  RECORDINGS_PATH,
  type Method,
  type Params,
  type Reply,
} from "@elixirscope/wire";
import { messageOf } from "@elixirscope/base";
import { cancellable } from "./cancellable.ts";
import type { Desk } from "./desk.ts";
import {
  infoOf,
  recordingOf,
  underWay,
  type LiveCode,
  type LiveControl,
  type ServedSource,
} from "./served.ts";
import { ServerError } from "./server-error.ts";

export type OwnMethod = Exclude<Method, RecordingMethod>;

/** Whom a request comes from: the page of one recording. */
export type Asking = {
  readonly desk: Desk;
  /** null: what the server began with */
  readonly name: string | null;
  readonly source: () => Promise<ServedSource>;
};

type Own = {
  readonly [M in OwnMethod]: (
    asking: Asking,
    params: Params<M>,
    signal: AbortSignal,
  ) => Promise<Reply<M>>;
};

export const OWN: Own = {
  info: async ({ source }) => await infoOf(await source()),
  // what runs is cancelled before it gets here
  cancel: () => Promise.resolve({ cancelled: false }),
  stop: async ({ source }) => await stop(await source()),
  instrument: async ({ source }, { selectors }) =>
    await codeOf(await source()).instrument(selectors),
  restore: async ({ source }, { selectors }) => await codeOf(await source()).restore(selectors),
  session,
  planChange: async ({ source }, { change }) => await controlOf(await source()).plan(change),
  changeSession: async ({ source }, { change }) => await controlOf(await source()).change(change),
  attachNode: async ({ desk }, params) => await desk.needStarter().attach(params, desk.address),
  checkNode: async ({ desk }, target) => await desk.needStarter().check(target),
  localNodes: async ({ desk }) => await desk.needStarter().localNodes(),
  recordings,
  openRecording,
  deleteRecording: async ({ desk }, { name }) => ({ bytes: await remove(desk, name) }),
  pinRecording: async ({ desk }, { name, pin }) => {
    await desk.needShelf().pin(name, pin);
    return { pinned: pin === "on" };
  },
  planCleanUp: async ({ desk }, rule) => await desk.needShelf().planCleanUp(rule),
  cleanUp,
  packRecording,
  compareWith: async (asking, { limit, ...asked }, signal) =>
    await withOther(asking, asked, signal, async (a, b) => comparedSides(a, b, limit)),
  compareCallsWith: async (asking, { function: name, ...asked }, signal) =>
    await withOther(asking, asked, signal, async (a, b) => comparedCalls(a, b, name)),
};

async function stop(source: ServedSource): Promise<Reply<"stop">> {
  const live = underWay(source);
  if (live === null) return { stopped: false };
  await live.stop();
  return { stopped: true };
}

function codeOf(source: ServedSource): LiveCode {
  const live = underWay(source);
  if (live === null) {
    throw new ServerError("not_live", "only a recording that is being made can change its target");
  }
  if (live.code !== null) return live.code;
  throw new ServerError("refused", "code cannot be changed in this recording");
}

function controlOf(source: ServedSource): LiveControl {
  const live = underWay(source);
  if (live === null) {
    throw new ServerError("not_live", "only a recording that is being made can be changed");
  }
  if (live.control !== null) return live.control;
  throw new ServerError("refused", "what this session records cannot be changed");
}

async function session({ source }: Asking): Promise<Reply<"session">> {
  const served = await source();
  const facts = await sessionFacts(recordingOf(served));
  return { ...facts, live: underWay(served)?.control?.now() ?? null };
}

async function recordings({ desk, name }: Asking): Promise<Reply<"recordings">> {
  const listing = await desk.needShelf().list();
  const shownPath = name === null ? await desk.mainPath() : null;
  return {
    ...listing,
    canAttach: desk.starter !== null,
    recordings: listing.recordings.slice(0, MOST_RECORDINGS).map(({ path, ...view }) => ({
      ...view,
      shown: name === null ? path === shownPath : view.name === name,
    })),
  };
}

async function openRecording(
  { desk }: Asking,
  { name }: Params<"openRecording">,
): Promise<Reply<"openRecording">> {
  const shelf = desk.needShelf();
  if ((await shelf.pathOf(name)) === (await desk.mainPath())) return { kind: "here", name: null };
  const url = await shelf.elsewhere(name);
  if (url !== null) return { kind: "elsewhere", url };
  // what cannot be opened is said in the list, before the page leaves what it shows
  await desk.find(name)?.source();
  // the page that comes for it takes it over
  desk.left(name);
  return { kind: "here", name };
}

async function remove(desk: Desk, name: string): Promise<number> {
  const shelf = desk.needShelf();
  if (await desk.isOpen(name, await shelf.pathOf(name))) {
    throw new ServerError("in_use", `${name} is shown in a page: open another one there first`);
  }
  await desk.forget(name);
  return await shelf.remove(name);
}

async function cleanUp(
  { desk }: Asking,
  { names, ...rule }: Params<"cleanUp">,
): Promise<Reply<"cleanUp">> {
  const plan = await desk.needShelf().planCleanUp(rule);
  const deleted: string[] = [];
  const problems: string[] = [];
  for (const { name } of plan.deleted) {
    if (!names.includes(name)) continue;
    try {
      await remove(desk, name);
      deleted.push(name);
    } catch (thrown) {
      problems.push(messageOf(thrown));
    }
  }
  return { deleted, problems };
}

async function packRecording(
  { desk }: Asking,
  { name }: Params<"packRecording">,
): Promise<Reply<"packRecording">> {
  const packed = await desk.needShelf().pack(name);
  const ticket = await desk.tickets.add(name, packed);
  const file = encodeURIComponent(name);
  const path = `${RECORDINGS_PATH}/${file}?ticket=${encodeURIComponent(ticket)}`;
  return { path, file: name, bytes: packed.bytes };
}

/** The other recording stays open for as long as it takes; `b` is in its time. */
async function withOther<T>(
  { desk, source }: Asking,
  { other, a, b }: Omit<Params<"compareWith">, "limit">,
  signal: AbortSignal,
  ask: (shown: Side, other: Side) => Promise<T>,
): Promise<T> {
  const shown = cancellable(recordingOf(await source()), signal);
  return await desk.use(other, async (found) => {
    const held = cancellable(recordingOf(found), signal);
    return await ask(
      { source: shown, range: a },
      { source: held, range: b ?? (await recordingRange(held)) },
    );
  });
}
