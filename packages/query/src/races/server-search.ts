// Looks for lost updates through the servers of one stretch after the other. What a request writes is learnt
// once and remembered for the stretches to come.

import { printTerm, styleOf, type TermStyle } from "../print.ts";
import { processRefs, type ProcessRef } from "../process-refs.ts";
import type { Slice } from "../find/windows.ts";
import type { Source } from "../sql.ts";
import { HappensBefore, type SyncEdge } from "./happens-before.ts";
import type { ReadThenWrite } from "./lost-updates.ts";
import type { AccessFacts, ExampleFacts, RaceGroups } from "./race-groups.ts";
import { shapeOf } from "./request-shape.ts";
import {
  canSet,
  learnWrites,
  racesAmong,
  serverReadThenWrites,
  type FoundRace,
} from "./server-races.ts";
import {
  MOST_REQUESTS,
  serverRequests,
  sharedServers,
  type ServerRequest,
} from "./server-requests.ts";
import { pathText } from "./state-path.ts";
import { syncEdges } from "./sync-edges.ts";
import { WriteRules } from "./write-rules.ts";

const MOST_SERVERS = 40;
const MOST_REMEMBERED = 2_000;

export class ServerSearch {
  readonly #source: Source;
  readonly #groups: RaceGroups;
  readonly #style: TermStyle;
  readonly #rules = new Map<number, WriteRules>();
  #hasStateless = false;
  #crowded = false;
  #contradictions = 0;
  requests = 0;

  constructor(source: Source, groups: RaceGroups) {
    this.#source = source;
    this.#groups = groups;
    this.#style = styleOf(source.manifest);
  }

  /** Adds the races whose last access is at `newFrom` or later. */
  async look(slice: Slice, newFrom: number): Promise<void> {
    const servers = await sharedServers(this.#source, slice, MOST_SERVERS + 1);
    if (servers.length > MOST_SERVERS) this.#crowded = true;
    let edges: readonly SyncEdge[] | null = null;
    for (const { pid } of servers.slice(0, MOST_SERVERS)) {
      const requests = await serverRequests(this.#source, pid, slice);
      if (requests.length === MOST_REQUESTS) this.#crowded = true;
      this.requests += requests.filter(({ t }) => t >= newFrom).length;
      if (requests.every(({ after }) => after === null)) this.#hasStateless = true;
      if (!canSet(requests)) continue;
      const { pairs, rules } = this.#readThenWrites(pid, requests, newFrom);
      const news = pairs.filter(({ write }) => (requests[write]?.t ?? 0) >= newFrom);
      if (news.length === 0) continue;
      edges ??= await syncEdges(this.#source, slice);
      const order = new HappensBefore(edges, pid);
      this.#contradictions += order.contradictions;
      const races = racesAmong(news, requests, (a, b) => order.isOrdered(a, b));
      const process = (await processRefs(this.#source, [pid])).get(pid);
      if (process !== undefined) this.#add(process, requests, races, pairs, rules);
    }
  }

  limits(): readonly string[] {
    return [
      ...(this.#crowded
        ? [
            `of each stretch the ${MOST_SERVERS} busiest servers and ${MOST_REQUESTS} requests of each were looked at`,
          ]
        : []),
      ...(this.#hasStateless
        ? ["of servers without recorded states it is not known what their requests write"]
        : []),
      ...(this.#contradictions > 0
        ? [`${this.#contradictions} recorded links contradict others and were left out`]
        : []),
    ];
  }

  #readThenWrites(
    pid: number,
    requests: readonly ServerRequest[],
    newFrom: number,
  ): { readonly pairs: readonly ReadThenWrite[]; readonly rules: WriteRules } {
    const rules = this.#rulesOf(pid);
    const recorded = learnWrites(requests, rules, ({ t }) => t >= newFrom);
    return { pairs: serverReadThenWrites(requests, recorded, rules), rules };
  }

  /** Servers that were not heard for long are forgotten first. */
  #rulesOf(pid: number): WriteRules {
    const rules = this.#rules.get(pid) ?? new WriteRules();
    this.#rules.delete(pid);
    this.#rules.set(pid, rules);
    const [oldest] = this.#rules.keys();
    if (this.#rules.size > MOST_REMEMBERED && oldest !== undefined) this.#rules.delete(oldest);
    return rules;
  }

  #add(
    process: ProcessRef,
    requests: readonly ServerRequest[],
    races: readonly FoundRace[],
    pairs: readonly ReadThenWrite[],
    rules: WriteRules,
  ): void {
    const readOf = new Map(pairs.map(({ write, read }) => [write, read]));
    for (const race of races) {
      const [read, write] = [requests[race.found.read], requests[race.found.write]];
      if (read === undefined || write === undefined) continue;
      const facts = {
        kind: "lost_update",
        subject: { kind: "server", process },
        read: shapeOf(read.request),
        write: shapeOf(write.request),
        // seen once, a value that is the request's own may be by chance
        isExact: rules.timesSet(write.request) > 1,
      } as const;
      this.#groups.add(facts, race.happened, () => this.#example(race, requests, readOf));
    }
  }

  #example(
    { found, other, happened }: FoundRace,
    requests: readonly ServerRequest[],
    readOf: ReadonlyMap<number, number>,
  ): ExampleFacts {
    const kinds = new Map<number, "read" | "write">([
      [found.read, "read"],
      [found.write, "write"],
      [other, "write"],
    ]);
    const otherRead = readOf.get(other);
    if (otherRead !== undefined) kinds.set(otherRead, "read");
    const accesses = [...kinds]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([at, kind]) => {
        const request = requests[at];
        return request === undefined ? [] : [this.#access(request, kind, happened && at === other)];
      });
    const [read, write] = [requests[found.read], requests[found.write]];
    return {
      happened,
      what: pathText(found.path, this.#style),
      accesses,
      around: read === undefined || write === undefined ? null : [eventOf(read), eventOf(write)],
    };
  }

  #access(one: ServerRequest, kind: "read" | "write", isLost: boolean): AccessFacts {
    const result = one.reply?.result ?? null;
    return {
      kind,
      pid: one.client,
      event: eventOf(one),
      t: one.t,
      text: printTerm(one.request, "line", this.#style),
      result: result === null ? null : printTerm(result, "line", this.#style),
      isLost,
    };
  }
}

function eventOf({ sendEvent, message }: ServerRequest): number {
  return sendEvent ?? message;
}
