// The ends of events: processes with what is known and open about them, and the other things that a
// message can be sent to (a registered name, a process alias) until they are known to mean a process.

import type { Pair } from "./pair.ts";
import type { Frame } from "./frame.ts";
import type { CapturedStream } from "./instrumented/captured-stream.ts";
import type { ProcessRecord } from "./process-record.ts";

/** A message that came in and was not yet seen to be handled by a callback. */
export type Inbox = {
  readonly message: number;
  readonly receiveEvent: number;
  readonly hash: number;
  readonly length: number;
  readonly correlation: number;
  readonly body: number;
};

export type ExitFacts = {
  readonly event: number;
  readonly t: number;
  readonly reasonHash: number;
  readonly reasonBytes: number;
};

export class Process {
  readonly kind = "process";
  /** number in the recording */
  readonly pid: number;
  readonly text: string;
  /** the term's bytes */
  readonly key: string;
  /** a process of the target that has shown an event or facts of its own, or was spawned by one that did */
  traced = false;
  /** ports and pids of other nodes never send or receive traced messages */
  readonly foreign: boolean;
  /** has a row in `processes` */
  listed = false;
  name = "";
  isBehaviour = false;
  behaviour = "";
  exit: ExitFacts | null = null;

  readonly stack: Frame[] = [];
  depth = 0;
  /** frames below this may have ended unseen: nothing but an event of their own says that they are open */
  doubt = 0;
  /** what its instrumented code reports; null: nothing yet */
  captured: CapturedStream | null = null;
  /** calls above the bound, which are not on the stack */
  unstacked = 0;

  /** the activity that its latest message belongs to, 0: none yet */
  correlation = 0;
  /** of the outermost call when no message gave one */
  ownCorrelation = 0;
  parent: Process | null = null;
  /** event that spawned it, until its first own event is linked to it */
  spawnEvent = 0;

  /** messages on their way to it, by sender */
  readonly inbound: Map<Process, Pair> = new Map();
  /** sends to names and aliases not known yet */
  unresolved: Pair | null = null;
  readonly received: Inbox[] = [];
  /** it reports what it handles: only then `received` is kept */
  reportsHandling = false;
  lastMessage = 0;
  lastReceiveEvent = 0;
  lastCallback = 0;

  /** whose callbacks it runs, when its spawn said so */
  callbackModule: string | null = null;
  /** all of these are recorded: they tell what it handles and its states */
  callbacksTell = false;
  /** the probe tells its states: what its callbacks return adds nothing */
  reportsState = false;
  /** of a gen_statem whose states are read from what its callbacks return */
  machineState: Buffer | null = null;
  stateVersion = 0;
  stateHash = -1;
  stateBytes = -1;
  stateRef = 0;

  readonly links: Set<Process> = new Set();
  /** LINK events whose other side was not seen yet; negative: GETTING_LINKED events likewise */
  linkEvents: Map<Process, number> | null = null;
  /** DOWN and EXIT messages about it that came before its exit: receive event and link type */
  awaitingExit: { event: number; type: number }[] | null = null;

  /** number of gaps of the session when it was spawned; -1: that was not seen */
  bornAt = -1;
  /** time of the latest record that the VM itself made of it */
  vmTime = -1;
  /** what its state handler reported and the VM's own records have not caught up with */
  reports: ProcessRecord[] | null = null;

  /** what gaps have hit it; a pair that saw another number is not certain */
  gaps = 0;
  /** records that wait, because the process waits for the sender of a message to be heard */
  deferred: ProcessRecord[] | null = null;
  /** stream time at which it stops waiting */
  deferredUntil = 0;
  /** fingerprint of the message it waits for */
  awaitedHash = 0;
  awaitedFrom: Process | null = null;
  /** how often others waited for a message of it that never came */
  vainHolds = 0;

  constructor(pid: number, text: string, key: string, foreign: boolean) {
    this.pid = pid;
    this.text = text;
    this.key = key;
    this.foreign = foreign;
  }
}

export class NameParty {
  readonly kind = "name";
  readonly pid: number;
  readonly name: string;

  constructor(pid: number, name: string) {
    this.pid = pid;
    this.name = name;
  }
}

/** A reference as receiver: an alias of some process. Made for each request, so it must stay small. */
export class AliasParty {
  readonly kind = "alias";
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }
}

export type Party = Process | NameParty | AliasParty;
