// How many operands each generic BEAM instruction has, by its number, and those that this package
// looks at. Numbers are never reused, so one table serves OTP 25 to 29. Source: the compiler's
// `beam_opcodes:opname/1` on OTP 25, 27 and 29.

export const OP = {
  label: 1,
  func_info: 2,
  int_code_end: 3,
  call_last: 5,
  call_only: 6,
  call_ext_last: 8,
  deallocate: 18,
  return: 19,
  move: 64,
  call_fun: 75,
  call_ext_only: 78,
  make_fun2: 103,
  apply: 112,
  apply_last: 113,
  line: 153,
  make_fun3: 171,
  call_fun2: 178,
} as const;

/** Operands of instruction 1, 2, 3, …, one digit each. */
const OPERANDS =
  "1302322324523232110000211244444444444333333322222222222223331212" +
  "3333321101132225554211225552101224444312111263512235777532256222" +
  "213408626545454333330117155233400222343224312111630153246243635";

/** How many operands an instruction has; null: an instruction of a newer OTP. */
export function operandCount(opcode: number): number | null {
  const digit = OPERANDS[opcode - 1];
  return digit === undefined ? null : Number(digit);
}
