// What the control side needs of a compiled module: its functions and their tail calls, from the code
// itself, so that stripped modules (no debug info, no table of local functions) serve as well.
//
// The compiler marks most tail calls by their instruction; a call of a fun is one when nothing but
// `deallocate` and `return` follows, as the VM's loader also sees it.

import { err, messageOf, ok, type Result } from "@elixirscope/base";
import { BeamFault, readChunks, type BeamChunks } from "./chunks.ts";
import { OP, operandCount } from "./opcodes.ts";
import { OperandReader, TAG } from "./operand-reader.ts";

export type TailCall =
  | { readonly kind: "local"; readonly function: string; readonly arity: number }
  | {
      readonly kind: "remote";
      readonly module: string;
      readonly function: string;
      readonly arity: number;
    }
  /** a fun that came from anywhere */
  | { readonly kind: "fun"; readonly arity: number }
  /** `module.function(…)` with a module (and perhaps a function) known only at run time */
  | { readonly kind: "apply"; readonly function: string | null; readonly arity: number };

export type FunctionCode = {
  readonly name: string;
  readonly arity: number;
  readonly tailCalls: readonly TailCall[];
  /** the closures that it makes, as functions of this module */
  readonly makes: readonly Lambda[];
};

/** A closure's own function takes what it closes over after its arguments. */
export type Lambda = { readonly name: string; readonly arity: number; readonly free: number };

export type ModuleCode = {
  readonly module: string;
  readonly functions: readonly FunctionCode[];
  readonly lambdas: readonly Lambda[];
};

export type BeamError = { readonly code: "bad_beam"; readonly message: string };

/** From a `.beam` file, or from its chunks `AtU8`, `Code`, `ImpT` and `FunT`. */
export function readModuleCode(source: Uint8Array | BeamChunks): Result<ModuleCode, BeamError> {
  try {
    const chunks = source instanceof Uint8Array ? readChunks(source) : source;
    return ok(new CodeReader(chunks).read());
  } catch (thrown) {
    if (!(thrown instanceof BeamFault || thrown instanceof RangeError || isZlibError(thrown))) {
      throw thrown;
    }
    return err({ code: "bad_beam", message: messageOf(thrown) });
  }
}

function isZlibError(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && /^(Z_|ERR_)/.test(String(thrown.code));
}

type Import = { readonly module: string; readonly function: string; readonly arity: number };
type Draft = {
  readonly name: string;
  readonly arity: number;
  readonly calls: (TailCall | { readonly kind: "label"; readonly label: number })[];
  readonly makes: Lambda[];
};

class CodeReader {
  readonly #chunks: BeamChunks;
  readonly #atoms: readonly string[];
  readonly #imports: readonly Import[];
  readonly #lambdas: readonly Lambda[];
  readonly #functions: Draft[] = [];
  /** entry label to function */
  readonly #entries: Map<number, Draft> = new Map();
  #current: Draft | null = null;
  #atEntry = false;
  /** a fun call that is a tail call if only `deallocate` and `return` follow */
  #pending: TailCall | null = null;
  /** atoms that an unbroken run of moves put into x registers */
  readonly #moved: Map<number, string> = new Map();

  constructor(chunks: BeamChunks) {
    this.#chunks = chunks;
    this.#atoms = readAtoms(chunks);
    this.#imports = readTable(chunks.get("ImpT"), 3, ([module, name, arity]) => ({
      module: this.#atom(module),
      function: this.#atom(name),
      arity: arity ?? 0,
    }));
    this.#lambdas = readTable(chunks.get("FunT"), 6, ([name, arity, , , free]) => ({
      name: this.#atom(name),
      arity: arity ?? 0,
      free: free ?? 0,
    }));
  }

  read(): ModuleCode {
    const code = this.#chunks.get("Code");
    if (code === undefined || code.length < 8) throw new BeamFault("there is no code");
    const header = new DataView(code.buffer, code.byteOffset, code.byteLength);
    this.#instructions(new OperandReader(code, 4 + header.getUint32(0)));
    return {
      module: this.#atom(1),
      functions: this.#functions.map((draft) => this.#finish(draft)),
      lambdas: this.#lambdas,
    };
  }

  #atom(index: number | undefined): string {
    const found = index === undefined ? undefined : this.#atoms[index - 1];
    if (found === undefined) throw new BeamFault(`there is no atom ${index}`);
    return found;
  }

  #instructions(reader: OperandReader): void {
    for (;;) {
      const opcode = reader.byte();
      if (opcode === OP.int_code_end) return;
      const count = operandCount(opcode);
      if (count === null) throw new BeamFault(`instruction ${opcode} is of a newer OTP`);
      this.#instruction(opcode, count, reader);
    }
  }

  #instruction(opcode: number, count: number, reader: OperandReader): void {
    const { tags, values } = operands(reader, count);
    if (opcode === OP.return && this.#pending !== null) this.#call(this.#pending);
    const { keepsPending, keepsMoves } = effect(opcode);
    if (!keepsPending) this.#pending = null;
    const [first = 0, second = 0, third = 0] = values;
    switch (opcode) {
      case OP.label:
        this.#moved.clear();
        if (this.#atEntry && this.#current !== null) this.#entries.set(first, this.#current);
        this.#atEntry = false;
        return;
      case OP.func_info:
        this.#current = { name: this.#atom(second), arity: third, calls: [], makes: [] };
        this.#functions.push(this.#current);
        this.#atEntry = true;
        return;
      case OP.move:
        if (tags[1] === TAG.x) {
          if (tags[0] === TAG.atom && first > 0) this.#moved.set(second, this.#atom(first));
          else this.#moved.delete(second);
        }
        return;
      case OP.call_only:
      case OP.call_last:
        this.#current?.calls.push({ kind: "label", label: second });
        break;
      case OP.call_ext_only:
      case OP.call_ext_last:
        this.#remote(second);
        break;
      case OP.apply_last:
        this.#call(this.#apply(first));
        break;
      case OP.apply:
        this.#pending = this.#apply(first);
        break;
      case OP.call_fun:
        this.#pending = { kind: "fun", arity: first };
        break;
      case OP.call_fun2:
        this.#pending = { kind: "fun", arity: second };
        break;
      case OP.make_fun2:
      case OP.make_fun3:
        this.#makes(first);
        break;
    }
    if (!keepsMoves) this.#moved.clear();
  }

  #call(call: TailCall): void {
    this.#current?.calls.push(call);
  }

  #remote(index: number): void {
    const target = this.#imports[index];
    if (target === undefined) throw new BeamFault(`there is no import ${index}`);
    const { module, function: name, arity } = target;
    if (module === "erlang" && name === "apply") this.#call({ kind: "fun", arity: -1 });
    else this.#call({ kind: "remote", module, function: name, arity });
  }

  #apply(arity: number): TailCall {
    return { kind: "apply", function: this.#moved.get(arity + 1) ?? null, arity };
  }

  #makes(index: number): void {
    const lambda = this.#lambdas[index];
    if (lambda === undefined) throw new BeamFault(`there is no lambda ${index}`);
    this.#current?.makes.push(lambda);
  }

  #finish({ name, arity, calls, makes }: Draft): FunctionCode {
    const tailCalls = calls.map((call): TailCall => {
      if (call.kind !== "label") return call;
      const target = this.#entries.get(call.label);
      if (target === undefined) throw new BeamFault(`label ${call.label} is no function`);
      return { kind: "local", function: target.name, arity: target.arity };
    });
    return { name, arity, tailCalls, makes };
  }
}

function operands(
  reader: OperandReader,
  count: number,
): { tags: readonly number[]; values: readonly number[] } {
  const tags: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    reader.read();
    tags.push(reader.tag);
    values.push(reader.value);
  }
  return { tags, values };
}

function effect(opcode: number): { keepsPending: boolean; keepsMoves: boolean } {
  return {
    keepsPending: opcode === OP.deallocate,
    keepsMoves: opcode === OP.move || opcode === OP.line || opcode === OP.deallocate,
  };
}

/** From OTP 28 the count is negative and lengths are compact terms, since atoms may be longer. */
function readAtoms(chunks: BeamChunks): readonly string[] {
  const chunk = chunks.get("AtU8");
  if (chunk === undefined) throw new BeamFault("there is no table of atoms");
  const text = new TextDecoder();
  const count = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength).getInt32(0);
  const reader = new OperandReader(chunk, 4);
  const atoms: string[] = [];
  for (let i = 0; i < Math.abs(count); i++) {
    let length: number;
    if (count < 0) {
      reader.read();
      length = reader.value;
    } else length = reader.byte();
    atoms.push(text.decode(chunk.subarray(reader.offset, reader.offset + length)));
    reader.offset += length;
  }
  return atoms;
}

function readTable<Row>(
  chunk: Uint8Array | undefined,
  width: number,
  row: (fields: readonly number[]) => Row,
): readonly Row[] {
  if (chunk === undefined) return [];
  const data = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const rows: Row[] = [];
  for (let i = 0, count = data.getUint32(0); i < count; i++) {
    const fields: number[] = [];
    for (let j = 0; j < width; j++) fields.push(data.getUint32(4 + (i * width + j) * 4));
    rows.push(row(fields));
  }
  return rows;
}
