// A smaller program that still fails: lines are taken out for as long as what is left fails, in pieces
// that get smaller (delta debugging, after Zeller and Hildebrandt 2002).

/** `fails` is asked at most `budget` times; what does not compile does not fail. */
export async function shrink(
  source: string,
  fails: (source: string) => Promise<boolean>,
  budget: number,
): Promise<string> {
  let lines = source.split("\n");
  let asked = 0;
  for (let size = lines.length >> 1; size >= 1 && asked < budget;) {
    let removed = false;
    for (let at = 0; at < lines.length && asked < budget;) {
      const without = [...lines.slice(0, at), ...lines.slice(at + size)];
      asked += 1;
      if (await fails(without.join("\n"))) {
        lines = without;
        removed = true;
      } else {
        at += size;
      }
    }
    if (size === 1 && !removed) break;
    size = removed ? size : size >> 1;
  }
  return lines.join("\n");
}
