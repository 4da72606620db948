// Evaluation that nests as deep as its input does, without the machine's stack: a generator asks for
// the value of a part by yielding the part's own generator.

/** Answers the index of a definition, or CONSTANT; yields the parts whose values it needs. */
export interface Steps extends Generator<Steps | number, number, number> {}

/** The value that depends on no variable and no call: a literal, or a container of literals. */
export const CONSTANT = -1;

export function run(first: Steps): number {
  const stack = [first];
  let value = CONSTANT;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const step = top.next(value);
    if (step.done === true) {
      stack.pop();
      value = step.value;
    } else if (typeof step.value === "number") {
      value = step.value;
    } else {
      stack.push(step.value);
    }
  }
  return value;
}
