export { ByteWriter } from "./byte-writer.ts";
export { compare, equal } from "./compare.ts";
export { termKey } from "./term-key.ts";
export type { DecodeError, DecodeErrorCode } from "./decode-error.ts";
export { decode, decodeAt } from "./decode.ts";
export { encode, encodeTo } from "./encode.ts";
export type { DecodeOptions } from "./inflate.ts";
export { view, type LazyTerm } from "./lazy.ts";
export { inspect, type InspectOptions } from "./inspect.ts";
export { skip } from "./skip.ts";
export { termEnd } from "./term-end.ts";
export {
  atom,
  binary,
  bitstring,
  boolean,
  charlist,
  float,
  integer,
  list,
  map,
  tuple,
  type AtomTerm,
  type BinaryTerm,
  type BitstringTerm,
  type ExportTerm,
  type FloatTerm,
  type FunTerm,
  type IntegerTerm,
  type ListTerm,
  type MapTerm,
  type PidTerm,
  type PortTerm,
  type ReferenceTerm,
  type Term,
  type TermKind,
  type TupleTerm,
} from "./term.ts";
