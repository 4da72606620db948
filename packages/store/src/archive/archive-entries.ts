// What a recording in one file holds: a tar archive of the recording's own files, then their SHA-256 sums in the
// form of `sha256sum`. Terms are compressed already, so the archive is not: what it unpacks to is no larger than
// it is. Only these names are written and read, which leaves no way out of the folder.

const FOLDER = "recording.escope/";

/** Last, and whatever it does not name is refused. */
export const SUMS: string = `${FOLDER}SHA256SUMS`;
export const MANIFEST_ENTRY: string = `${FOLDER}recording.json`;

const FILES =
  /^(?:recording\.json|(?:base|code|parts\/\d{4,9})\.duckdb(?:\.wal)?|parts\/\d{4,9}\.payload)$/;

/** Whether the file of a recording's folder belongs into an archive; its path has `/`. */
export function isPacked(file: string): boolean {
  return FILES.test(file);
}

export function entryOf(file: string): string {
  return FOLDER + file;
}

/** Null: nothing that belongs into a recording. */
export function fileOf(entry: string): string | null {
  if (!entry.startsWith(FOLDER)) return null;
  const file = entry.slice(FOLDER.length);
  return isPacked(file) ? file : null;
}

export function sumLine(entry: string, sha256: string): string {
  return `${sha256}  ${entry}\n`;
}
