// Capabilities that both sides of a connection announce (`DFLAG_*` of the distribution protocol).
// PUBLISHED is left out: that keeps us hidden. Without DIST_HDR_ATOM_CACHE and FRAGMENTS every frame
// is a whole message of plain terms.

export const FLAG = {
  EXTENDED_REFERENCES: 0x4n,
  DIST_MONITOR: 0x8n,
  FUN_TAGS: 0x10n,
  DIST_MONITOR_NAME: 0x20n,
  NEW_FUN_TAGS: 0x80n,
  EXTENDED_PIDS_PORTS: 0x100n,
  EXPORT_PTR_TAG: 0x200n,
  BIT_BINARIES: 0x400n,
  NEW_FLOATS: 0x800n,
  UNICODE_IO: 0x1000n,
  SMALL_ATOM_TAGS: 0x4000n,
  UTF8_ATOMS: 0x10000n,
  MAP_TAG: 0x20000n,
  BIG_CREATION: 0x40000n,
  SEND_SENDER: 0x80000n,
  BIG_SEQTRACE_LABELS: 0x100000n,
  EXIT_PAYLOAD: 0x400000n,
  HANDSHAKE_23: 0x1000000n,
  UNLINK_ID: 0x2000000n,
  MANDATORY_25_DIGEST: 0x4000000n,
  SPAWN: 0x100000000n,
  V4_NC: 0x400000000n,
  ALIAS: 0x800000000n,
} as const;

export type FlagName = keyof typeof FLAG;

/** All that we can do. */
export const OUR_FLAGS: bigint = Object.values(FLAG).reduce((all, flag) => all | flag, 0n);

/** What a node must be able to do for us; every OTP since 25 is. */
const REQUIRED: readonly FlagName[] = [
  "DIST_MONITOR",
  "DIST_MONITOR_NAME",
  "EXTENDED_PIDS_PORTS",
  "EXTENDED_REFERENCES",
  "UTF8_ATOMS",
  "BIG_CREATION",
  "SEND_SENDER",
  "EXIT_PAYLOAD",
  "UNLINK_ID",
  "SPAWN",
  "V4_NC",
  "ALIAS",
];

// A node of OTP 25 or newer may announce the digest instead of the flags that 25 made mandatory.
const IN_DIGEST =
  FLAG.EXTENDED_REFERENCES | FLAG.EXTENDED_PIDS_PORTS | FLAG.UTF8_ATOMS | FLAG.BIG_CREATION;

export function missingFlags(announced: bigint): FlagName[] {
  const digest = (announced & FLAG.MANDATORY_25_DIGEST) !== 0n;
  const able = digest ? announced | IN_DIGEST : announced;
  return REQUIRED.filter((name) => (able & FLAG[name]) === 0n);
}

/** Only nodes of OTP 25 and newer set the digest. */
export function isTooOld(announced: bigint): boolean {
  return (announced & FLAG.MANDATORY_25_DIGEST) === 0n;
}
