// Headers of a POSIX ustar archive (pubs.opengroup.org, pax, "ustar Interchange Format"): 512 bytes of text in
// fixed columns. Only plain files with short names are written, and nothing else is read.

import { err, ok, type Result } from "@elixirscope/base";

export const TAR_BLOCK = 512;

export type TarEntry = { readonly name: string; readonly size: number };

const NAME_BYTES = 100;
const SIZE_AT = 124;
const SIZE_DIGITS = 11;
const CHECKSUM_AT = 148;
const TYPE_AT = 156;
const MAGIC_AT = 257;
const MAGIC = "ustar";
const VERSION = "00";
const REGULAR_FILE = 0x30;
/** More than eleven octal digits: the number is in binary, as GNU tar and BSD tar write it. */
const OCTAL_LIMIT = 8 ** SIZE_DIGITS;
const BINARY = 0x80;

/** Zeros after the content, to whole blocks. */
export function paddingOf(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}

export function tarHeader({ name, size }: TarEntry, modifiedSeconds: number): Uint8Array {
  const header = Buffer.alloc(TAR_BLOCK);
  header.write(name, 0, NAME_BYTES, "ascii");
  writeOctal(header, 0o644, 100, 7);
  writeOctal(header, 0, 108, 7);
  writeOctal(header, 0, 116, 7);
  if (size < OCTAL_LIMIT) writeOctal(header, size, SIZE_AT, SIZE_DIGITS);
  else {
    header[SIZE_AT] = BINARY;
    header.writeBigUInt64BE(BigInt(size), SIZE_AT + 4);
  }
  writeOctal(header, modifiedSeconds, 136, 11);
  header[TYPE_AT] = REGULAR_FILE;
  header.write(`${MAGIC}\0${VERSION}`, MAGIC_AT, "ascii");
  header.write(checksum(header).toString(8).padStart(6, "0") + "\0 ", CHECKSUM_AT, "ascii");
  return header;
}

/** Null: the block of zeros with which an archive ends. An error says in words what is wrong. */
export function readTarHeader(header: Buffer): Result<TarEntry | null, string> {
  if (header.every((byte) => byte === 0)) return ok(null);
  if (header.toString("ascii", MAGIC_AT, MAGIC_AT + MAGIC.length) !== MAGIC) {
    return err("it is not a tar archive");
  }
  const said = Number.parseInt(header.toString("ascii", CHECKSUM_AT, CHECKSUM_AT + 6), 8);
  if (said !== checksum(header)) return err("a header is damaged");
  const end = header.indexOf(0);
  const name = header.toString("ascii", 0, end < 0 ? NAME_BYTES : Math.min(end, NAME_BYTES));
  if (header[TYPE_AT] !== REGULAR_FILE) return err(`${JSON.stringify(name)} is not a plain file`);
  const size = readSize(header);
  if (!Number.isSafeInteger(size)) return err(`${JSON.stringify(name)} has no valid size`);
  return ok({ name, size });
}

function readSize(header: Buffer): number {
  if (header[SIZE_AT] === BINARY) return Number(header.readBigUInt64BE(SIZE_AT + 4));
  const digits = header.toString("ascii", SIZE_AT, SIZE_AT + SIZE_DIGITS);
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

function writeOctal(header: Buffer, value: number, at: number, digits: number): void {
  header.write(value.toString(8).padStart(digits, "0"), at, digits, "ascii");
}

/** The sum of all bytes, with spaces in place of the sum itself. */
function checksum(header: Uint8Array): number {
  let sum = 0;
  for (const [i, byte] of header.entries()) {
    sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + 8 ? 0x20 : byte;
  }
  return sum;
}
