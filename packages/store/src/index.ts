export { unpackedFolder } from "./archive/archive-cache.ts";
export { packRecording, type ArchiveOptions } from "./archive/pack.ts";
export { isArchive, unpackRecording } from "./archive/unpack.ts";
export {
  CodeStore,
  type CodeProgress,
  type CodeSource,
  type CodeWriteOptions,
  type CodeWritten,
} from "./code-store.ts";
export { type ColumnBuffer, type Columns } from "./column-buffer.ts";
export type {
  FunctionDictionary,
  FunctionFacts,
  NameDictionary,
  PidDictionary,
} from "./dictionary.ts";
export { MARK_KINDS, type MarkKind } from "./digest.ts";
export { outputError } from "./io-error.ts";
export { expiry, type Expired, type Expiry, type KeepRule } from "./keep-rule.ts";
export { listRecordings, type ListedRecording } from "./list.ts";
export { NAME_SEPARATOR, type BaseRow } from "./physical.ts";
export { setPinned } from "./pin.ts";
export { readManifest } from "./manifest-file.ts";
export {
  exportParquet,
  TERM_FORMS,
  type ParquetExport,
  type ParquetOptions,
  type TermForm,
} from "./parquet.ts";
export type { Rotation } from "./parts.ts";
export type { Retention } from "./retention.ts";
export { removeRecording } from "./remove-recording.ts";
export { RecordingReader } from "./reader.ts";
export type { Recording } from "./recording.ts";
export type { QueryColumn, QueryOptions, QueryResult } from "./sql.ts";
export { StoreError, type StoreErrorCode } from "./store-error.ts";
export { type ManifestPatch, RecordingWriter, type WriterOptions } from "./writer.ts";
export { parseTermPath, type PathError, type TermPath, type TermStep } from "./term-path.ts";
export type { SqlParameter, SqlValue } from "./values.ts";
