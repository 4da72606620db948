// Texts made wrong at random, the same for the same seed.

/** What is put in. */
const TOKENS = [
  "do end else rescue fn when not in nil Foo ( ) [ ] { } << >> -> | => .. ... & = + // ::".split(
    " ",
  ),
  `" ' """ ''' ~s( #{ \\ ~ # %{ % &1 @ a: "a": : . .( ? , ; 0x 0b2 1. 1_ e5`.split(" "),
  "é 日 \u{1f600} \0 \ufeff \u202e @a[ __block__ unquote_splicing(".split(" "),
  ["\n", "\r\n", "\\\n", " ", "  ", " -", "not in", "<<<<<<< "],
].flat();

export type Random = (below: number) => number;

/** Numbers from 0 up to `below`, the same for the same seed. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** `text` with one to three changes: something deleted, inserted, cut off, moved, doubled or garbled. */
export function mutate(text: string, next: Random): string {
  let changed = text;
  for (let count = 1 + next(3); count > 0; count -= 1) changed = change(changed, next);
  return changed;
}

function change(text: string, next: Random): string {
  const at = next(text.length + 1);
  const to = Math.min(text.length, at + 1 + next(12));
  const [before, middle, after] = [text.slice(0, at), text.slice(at, to), text.slice(to)];
  switch (next(7)) {
    case 0:
      return before + after;
    case 1:
      return before + (TOKENS[next(TOKENS.length)] ?? "") + middle + after;
    case 2:
      return before;
    case 3:
      return before + after.slice(0, 9) + middle + after.slice(9);
    case 4:
      return before + middle + middle + after;
    case 5:
      return (
        before + String.fromCharCode(next(next(8) === 0 ? 65_536 : 256)) + middle.slice(1) + after
      );
    default:
      return middle + after + before;
  }
}
